import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Sample } from './sample-portfolio.ts'

/**
 * What a language model may write about this portfolio, sentence by sentence, and what it may not. Figures are chosen
 * to be confused: 20.0% is the share of ETH, the loss of 1INCH in a day and the gain of BTC since it was bought.
 *
 * | asset | value     | share | 24 h   | paid      | gain              |
 * | ----- | --------- | ----- | ------ | --------- | ----------------- |
 * | BTC   | $6,000.00 | 50.0% | +5.3%  | $5,000.00 | +$1,000.00 +20.0% |
 * | ETH   | $2,400.00 | 20.0% | -4.0%  | $1,600.00 | +$800.00 +50.0%   |
 * | USDC  | $1,000.00 | 8.3%  | +0.0%  | $1,000.00 | +$0.00            |
 * | 1INCH | $800.00   | 6.7%  | -20.0% | $1,600.00 | -$800.00 -50.0%   |
 * | SOL   | $454.40   | 3.8%  | +13.6% | $500.00   | -$45.60 -9.1%     |
 *
 * Cash is $1,345.60 (11.2%), $300.00 of it in open orders; assets together $10,654.40, +0.5% in 24 h; the total $12,000.00.
 */
export const corpusPortfolio: Sample = {
  cash: '1345.60',
  held: '300.00',
  assets: {
    BTC: { worth: '6000', dayAgo: '5700', paid: '5000' },
    ETH: { worth: '2400', dayAgo: '2500', paid: '1600' },
    USDC: { worth: '1000', dayAgo: '1000', paid: '1000', isStable: true },
    '1INCH': { worth: '800', dayAgo: '1000', paid: '1600' },
    SOL: { worth: '454.40', dayAgo: '400', paid: '500' },
  },
  trades: [
    { minutesAgo: 300, total: '3000', assetId: 'BTC' },
    { minutesAgo: 3_010, total: '1200', assetId: 'ETH', side: 'SELL' },
  ],
}

const corpus = z
  .strictObject({
    /** Sentences that are so, and must be shown. */
    shown: z.array(z.string()),
    /** By what is wrong with them: sentences that are untrue, or not allowed here. */
    refused: z.record(z.string(), z.array(z.string())),
  })
  .parse(JSON.parse(readFileSync(new URL('prose-corpus.json', import.meta.url), 'utf8')))

export const trueSentences: readonly string[] = corpus.shown

export const falseSentences: readonly (readonly [kind: string, sentence: string])[] =
  Object.entries(corpus.refused).flatMap(([kind, sentences]) =>
    sentences.map((sentence) => [kind, sentence] as const),
  )
