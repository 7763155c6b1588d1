import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { corpusPortfolio, falseSentences, trueSentences } from '../testing/prose-corpus.ts'
import { type Sample, sampleFigures, sampleNowMs } from '../testing/sample-portfolio.ts'
import { checkProse } from './check-prose.ts'
import { tradeFactLimit } from './facts.ts'
import { findWhatStandsOut } from './findings.ts'
import { writePrompt } from './prompt.ts'
import { writeRulesText } from './rules-text.ts'

const figures = sampleFigures(corpusPortfolio)
const prompt = writePrompt(figures, findWhatStandsOut(figures, sampleNowMs), sampleNowMs)

/** A text has two sentences or more; the other one claims nothing. */
const isShown = (sentence: string): boolean =>
  checkProse(`${sentence} It is worth a closer look.`, prompt).isGood

describe('the corpus', () => {
  it('has the figures that its sentences are written for', () => {
    const { holdings, ...rest } = JSON.parse(prompt.facts) as {
      readonly holdings: readonly Record<string, string>[]
    }
    expect(rest).toMatchObject({
      total: '$12,000.00',
      cash: '$1,345.60',
      cashShare: '11.2%',
      cashInOpenOrders: '$300.00',
      assetsValue: '$10,654.40',
      assetsChange24h: '+0.5%',
      assetCount: 5,
    })
    const table = holdings.map(
      ({ asset, value, share, change24h, paid, gainOrLoss, gainOrLossShare }) =>
        [asset, value, share, change24h, paid, gainOrLoss, gainOrLossShare].join(' '),
    )
    expect(table).toEqual([
      'BTC $6,000.00 50.0% +5.3% $5,000.00 +$1,000.00 +20.0%',
      'ETH $2,400.00 20.0% -4.0% $1,600.00 +$800.00 +50.0%',
      'USDC $1,000.00 8.3% +0.0% $1,000.00 +$0.00 +0.0%',
      '1INCH $800.00 6.7% -20.0% $1,600.00 -$800.00 -50.0%',
      'SOL $454.40 3.8% +13.6% $500.00 -$45.60 -9.1%',
    ])
  })

  it('is large and has no duplicates', () => {
    const all = [...trueSentences, ...falseSentences.map(([, sentence]) => sentence)]
    expect(new Set(all).size).toBe(all.length)
    expect(trueSentences.length).toBeGreaterThanOrEqual(150)
    expect(falseSentences.length).toBeGreaterThanOrEqual(300)
  })

  it.each(trueSentences)('is shown: %s', (sentence) => {
    expect(isShown(sentence)).toBe(true)
  })

  it.each(falseSentences)('is refused, %s: %s', (_kind, sentence) => {
    expect(isShown(sentence)).toBe(false)
  })

  it.each([
    [
      'of the one subject before',
      'BTC rose 5.3% over the last 24 hours. It makes up 50.0% of your portfolio.',
      true,
    ],
    [
      'of another one',
      'BTC rose 5.3% over the last 24 hours. It makes up 20.0% of your portfolio.',
      false,
    ],
    [
      'of two that may be meant',
      'ETH fell 4.0%, while BTC rose 5.3%. It makes up 20.0% of your portfolio.',
      false,
    ],
    [
      'with a loss that is a gain',
      'BTC makes up 50.0% of your portfolio. Its loss is $1,000.00.',
      false,
    ],
    ['of the largest holding', 'Your largest holding is BTC. It fell 5.3% today.', false],
  ])('follows a pronoun: %s', (_what, text, isGood) => {
    expect(checkProse(text, prompt).isGood).toBe(isGood)
  })
})

const worths = fc.integer({ min: 100, max: 900_000 }).map((cents) => (cents / 100).toFixed(2))
const assets = fc.record({ worth: worths, dayAgo: worths, paid: worths, isStable: fc.boolean() })
const samples: fc.Arbitrary<Sample> = fc.record({
  cash: worths,
  assets: fc.dictionary(fc.constantFrom('BTC', 'ETH', '1INCH', 'SOL', 'USDC', 'DOGE'), assets, {
    minKeys: 1,
  }),
  trades: fc.array(fc.record({ minutesAgo: fc.integer({ min: 1, max: 5_000 }), total: worths }), {
    maxLength: 10,
  }),
})

/** As many trades within a day as the facts list: the rules write "at least" of them. */
const busiest: Sample = {
  cash: '1.00',
  assets: { BTC: { worth: '1.00', dayAgo: '1.00', paid: '1.00', isStable: false } },
  trades: Array.from({ length: tradeFactLimit }, () => ({ minutesAgo: 1, total: '1.00' })),
}

/** The same text with every direction turned round. */
const turned = (text: string): string =>
  text.replace(/\b(?:gained|lost|more than you|less than you)\b/g, (word) => {
    const others: Readonly<Record<string, string>> = {
      gained: 'lost',
      lost: 'gained',
      'more than you': 'less than you',
      'less than you': 'more than you',
    }
    return others[word] ?? word
  })

describe('whatever the portfolio is', () => {
  it('shows what the rules themselves write, and nothing of it with a direction turned round', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const own = sampleFigures(sample)
        const findings = findWhatStandsOut(own, sampleNowMs)
        const facts = writePrompt(own, findings, sampleNowMs)
        // Not by its being one of the findings' own sentences, but by what it says.
        const unaware = { ...facts, reported: { ...facts.reported, sentences: [] } }
        const text = writeRulesText(own, findings)
        if (text.includes('Nothing in it stands out')) return true
        const isTurnable = turned(text) !== text
        return (
          checkProse(text, unaware).isGood &&
          (!isTurnable || !checkProse(turned(text), unaware).isGood)
        )
      }),
      { numRuns: 300, examples: [[busiest]] },
    )
  })
})
