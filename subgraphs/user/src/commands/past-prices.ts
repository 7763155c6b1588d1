import { averagePrice, type Price, priceFromUnits } from '@cnop/kit/money'
import { totalQuantity } from '@cnop/ledger/account'
import type { CandleReader, TimedPrice } from '@cnop/quotes/candles'
import { isTraded, type Quote } from '@cnop/quotes/quote'
import { type HistoryRange, historyRanges, type PriceAt } from '../domain/equity.ts'
import type { Rewind, TradePrice } from '../domain/rewind.ts'
import type { Standing } from './standing.ts'

export interface PastPriceQuestion extends Standing {
  readonly range: HistoryRange
  /** What was owned, and since when. */
  readonly rewind: Pick<Rewind, 'possessions' | 'trades' | 'averagePrices'>
}

/**
 * What everything that was owned cost: now by its quote, 24 hours ago by the price that the market measures its own
 * change from, in between by the candles and the account's own trades, whichever is later. Where there are none, the average cost
 * stands in.
 */
export async function readPrices(
  candles: CandleReader,
  question: PastPriceQuestion,
): Promise<PriceAt> {
  const { range, nowMs, quotes, rewind } = question
  const assetIds = new Set(rewind.possessions.flatMap(({ quantities }) => [...quantities.keys()]))
  const fromCandles = await readCandlePrices(candles, question, assetIds)
  const dayAgoMs = historyRanges[range].beginsExactly ? nowMs - dayMs : undefined
  return (assetId, atMs) => {
    const quote = quotes.get(assetId)
    const known = atMs === nowMs ? quote?.price : atMs === dayAgoMs ? dayAgoPrice(quote) : undefined
    return known ?? fromCandles(assetId, atMs)
  }
}

/** What each of these assets cost 24 hours ago: the first price of a DAY history, without reading the rest of it. */
export async function readDayAgoPrices(
  candles: CandleReader,
  question: Omit<PastPriceQuestion, 'range'>,
  assetIds: Iterable<string>,
): Promise<(assetId: string) => Price> {
  const { quotes, nowMs } = question
  const unknown = new Set([...assetIds].filter((id) => dayAgoPrice(quotes.get(id)) === undefined))
  const fromCandles = await readCandlePrices(candles, { ...question, range: 'DAY' }, unknown)
  return (assetId) => dayAgoPrice(quotes.get(assetId)) ?? fromCandles(assetId, nowMs - dayMs)
}

const dayMs = historyRanges.DAY.lengthMs

/** The last price of a halted or delisted asset does not imply a past one. */
function dayAgoPrice(quote: Quote | undefined): Price | undefined {
  return quote && isTraded(quote) && quote.dayAgoPrice ? quote.dayAgoPrice : undefined
}

async function readCandlePrices(
  candles: CandleReader,
  { range, nowMs, settled: { holdings }, rewind }: PastPriceQuestion,
  assetIds: ReadonlySet<string>,
): Promise<PriceAt> {
  const { possessions, trades, averagePrices } = rewind
  const oldestMs = possessions.at(-1)?.atMs ?? nowMs
  const { interval, stepMs } = historyRanges[range]
  const costs = new Map(
    holdings.map((holding) => [
      holding.assetId,
      averagePrice(holding.costBasis, totalQuantity(holding)),
    ]),
  )
  const prices = new Map<string, (atMs: number) => Price>()
  for (const assetId of assetIds) {
    const query = { assetId, interval, fromMs: oldestMs - stepMs, toMs: nowMs }
    const otherwise = averagePrices.get(assetId) ?? costs.get(assetId) ?? priceFromUnits(0n)
    const closes = await candles.readTimedCloses(query)
    const known = inOrder(closes, trades.get(assetId) ?? [])
    prices.set(assetId, priceFinder(known, otherwise))
  }
  return (assetId, atMs) => prices.get(assetId)?.(atMs) ?? priceFromUnits(0n)
}

/** The closes of candles, oldest first, and trades, newest first, as one list, oldest first. */
const inOrder = (closes: readonly TimedPrice[], trades: readonly TradePrice[]) =>
  trades.length === 0
    ? closes
    : [...closes, ...trades.toReversed()].sort((one, other) => one.atMs - other.atMs)

/** The last known price at a moment. Moments are asked for in their order. */
export function priceFinder(
  known: readonly TimedPrice[],
  otherwise: Price,
): (atMs: number) => Price {
  let next = 0
  let last = known[0]?.price ?? otherwise
  return (atMs) => {
    for (let point = known[next]; point && point.atMs <= atMs; point = known[next]) {
      last = point.price
      next += 1
    }
    return last
  }
}
