import { describe, expect, it } from '@jest/globals'
import {
  type Sample,
  sampleFacts,
  sampleFigures,
  sampleNowMs,
} from '../testing/sample-portfolio.ts'
import { computeFigures } from './figures.ts'
import { findWhatStandsOut } from './findings.ts'
import { writeRulesText } from './rules-text.ts'

function textOf(sample: Sample): string {
  const figures = sampleFigures(sample)
  return writeRulesText(figures, findWhatStandsOut(figures, sampleNowMs))
}

const sentences = (text: string): number => text.match(/[.!?](?=\s|$)/g)?.length ?? 0

describe('writeRulesText', () => {
  it.each<[string, Sample, string]>([
    [
      'an empty portfolio',
      {},
      'There is nothing in your portfolio yet. Deposit some cash to begin, and this is where you will read what stands out.',
    ],
    [
      'cash alone',
      { cash: '1250.5' },
      'Your portfolio is worth $1,250.50, all of it in cash. Cash makes up 100.0% of your portfolio.',
    ],
    [
      'assets alone',
      { assets: { A: { worth: '10' }, B: { worth: '20' }, C: { worth: '21' } } },
      'Your portfolio is worth $51.00, all of it in 3 assets. CONCENTRATION',
    ],
    [
      'next to nothing but cash',
      { cash: '9998', assets: { A: { worth: '2' } } },
      'Your portfolio is worth $10,000.00: $9,998.00 (99.9%) in cash and the rest in 1 asset. Cash makes up 99.9% of your portfolio.',
    ],
    [
      'next to no cash',
      { cash: '0.02', assets: { C: { worth: '99.98' } } },
      'Your portfolio is worth $100.00: $0.02 (0.1%) in cash and the rest in 1 asset. C makes up 99.9% of your portfolio.',
    ],
    [
      'a quiet mixture',
      { cash: '40', assets: { A: { worth: '39' }, B: { worth: '21' } } },
      'Your portfolio is worth $100.00: $40.00 (40.0%) in cash and the rest in 2 assets. Nothing in it stands out right now.',
    ],
  ])('describes %s', (_name, sample, expected) => {
    const reported = expected.replace('CONCENTRATION', 'C makes up 41.2% of your portfolio.')
    expect(textOf(sample)).toBe(reported)
  })

  it('writes at most four sentences', () => {
    const text = textOf({
      cash: '1000',
      assets: {
        A: { worth: '500', dayAgo: '1000', paid: '2000' },
        B: { worth: '500', dayAgo: '900', paid: '100' },
      },
      trades: Array.from({ length: 9 }, () => ({ minutesAgo: 1 })),
    })
    expect(sentences(text)).toBe(4)
  })

  it('says how many holdings have no price', () => {
    const facts = sampleFacts({ cash: '5', assets: { A: { worth: '1' } } })
    const figures = computeFigures(facts, new Map(), 0n)
    expect(writeRulesText(figures, [])).toContain('1 holding without a current price left out')
  })

  it('does not call a portfolio worthless when nothing in it has a price', () => {
    const figures = computeFigures(sampleFacts({ assets: { A: { worth: '1' } } }), new Map(), 0n)
    expect(writeRulesText(figures, [])).toMatch(/^None of your holdings has a current price/)
  })
})
