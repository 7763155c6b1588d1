import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { tradeFactLimit } from '../../subgraphs/insights/src/domain/facts.ts'
import { findWhatStandsOut } from '../../subgraphs/insights/src/domain/findings.ts'
import { writeRulesText } from '../../subgraphs/insights/src/domain/rules-text.ts'
import {
  sampleFigures,
  sampleNowMs,
  type Sample,
} from '../../subgraphs/insights/src/testing/sample-portfolio.ts'
import { sayInsight } from '../../web/src/pages/dashboard/insight-words.ts'

const worths = fc.integer({ min: 0, max: 900_000 }).map((cents) => (cents / 100).toFixed(2))
const samples: fc.Arbitrary<Sample> = fc.record({
  cash: worths,
  held: worths,
  assets: fc.dictionary(
    fc.constantFrom('BTC', 'ETH', '1INCH', 'SOL', 'USDC', 'DOGE'),
    fc.record({ worth: worths, dayAgo: worths, paid: worths, isStable: fc.boolean() }),
  ),
  trades: fc.array(fc.record({ minutesAgo: fc.integer({ min: 1, max: 5_000 }), total: worths }), {
    maxLength: tradeFactLimit,
  }),
})

const asset = (worth: string) => ({ worth, dayAgo: worth, paid: worth, isStable: false })
const busy = Array.from({ length: tradeFactLimit }, () => ({ minutesAgo: 1, total: '1.00' }))

/** What hardly ever comes up by chance: nothing at all, no prices, nothing that stands out, as many trades as are counted. */
const rare: [Sample, number][] = [
  [{}, 0],
  [{ assets: { BTC: asset('0.00') } }, 1],
  [{ cash: '40.00', assets: { BTC: asset('30.00'), ETH: asset('30.00') } }, 0],
  [{ cash: '40.00', trades: busy }, 0],
]

/** A translation that puts a mark before what it was asked for. */
const mark = (id: string, values: Readonly<Record<string, string>>): string => {
  const text = id.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
  return id === '{before} {sentence}' ? text : `«${text}`
}

it('has a message for every sentence that the rules write about a portfolio', () => {
  fc.assert(
    fc.property(samples, fc.nat(2), (sample, unpricedCount) => {
      const figures = { ...sampleFigures(sample), unpricedCount }
      const findings = findWhatStandsOut(figures, sampleNowMs)
      for (const text of [writeRulesText(figures, findings), ...findings.map(({ text }) => text)]) {
        const said = sayInsight(text, mark)
        expect(said.split(/(?<=[.!?]) /).filter((sentence) => !sentence.startsWith('«'))).toEqual(
          [],
        )
        expect(said.replaceAll('«', '')).toBe(text)
      }
    }),
    { numRuns: 500, examples: rare },
  )
})

it('leaves a text of a language model as it is', () => {
  const text = 'Most of it is BTC. A fall of it would be felt.'
  expect(sayInsight(text, mark)).toBe(text)
})
