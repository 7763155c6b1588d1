import type { Clock } from '@cnop/kit/clock'
import type { Db } from '@cnop/kit/dynamo'
import { invariant } from '@cnop/kit/errors'
import type { Price } from '@cnop/kit/money'
import { type Candle, type CandleInterval, intervalMs } from './candle.ts'
import { widenCandles } from './candle-merge.ts'
import { readCandleRows } from './candle-rows.ts'
import { bucketOf, type CandleSeries, seriesFor } from './candle-series.ts'
import { type FeedDescription, readFeed } from './feed-row.ts'
import { simulateMarket, type SimulatedMarket } from './simulation/market.ts'

export type { Candle, CandleInterval } from './candle.ts'

/** What an asset cost at one moment. */
export interface TimedPrice {
  readonly atMs: number
  readonly price: Price
}

export interface CandleQuery {
  readonly assetId: string
  readonly interval: CandleInterval
  readonly fromMs: number
  readonly toMs: number
}

/** Reads the price history of anything: computed for the simulated market, recorded for a real one. */
export interface CandleReader {
  /** Oldest first. The candle that `fromMs` lies in is the first one; at most 1,500 candles. */
  read(query: CandleQuery): Promise<readonly Candle[]>
  /** The last price of every candle alone, which costs far less to compute. */
  readCloses(query: CandleQuery): Promise<readonly Price[]>
  /** The same with the moment of each price: the end of its candle. A recorded history may have gaps. */
  readTimedCloses(query: CandleQuery): Promise<readonly TimedPrice[]>
}

interface Parts {
  readonly db: Db
  readonly now: Clock
}

const maxCandles = 1_500
const feedIsKnownMs = 60_000

export function openCandleReader(
  { db, now }: Parts,
  options: { readonly table: string },
): CandleReader {
  const { table } = options
  const feedOf = rememberFeed({ db, now }, table)
  const marketOf = rememberMarket()
  const checked = (query: CandleQuery): CandleQuery => {
    const toMs = Math.min(query.toMs, now())
    const count = (toMs - query.fromMs) / intervalMs[query.interval]
    invariant(count <= maxCandles, 'A price history has a bounded length.')
    return { ...query, toMs }
  }
  const read = async (query: CandleQuery): Promise<readonly Candle[]> => {
    const span = checked(query)
    const feed = await feedOf()
    if (feed?.feed !== 'simulated') return readRecorded(db, table, span)
    const length = intervalMs[query.interval]
    return marketOf(feed).candles(query.assetId, { ...span, intervalMs: length })
  }
  const readTimedCloses = async (query: CandleQuery): Promise<readonly TimedPrice[]> => {
    const span = checked(query)
    const feed = await feedOf()
    if (feed?.feed === 'simulated') return closesOf(marketOf(feed), span)
    const endOf = (startsAtMs: number): number =>
      Math.min(startsAtMs + intervalMs[query.interval], span.toMs)
    const candles = await read(query)
    return candles.map(({ startsAtMs, close }) => ({ atMs: endOf(startsAtMs), price: close }))
  }
  return {
    read,
    readTimedCloses,
    readCloses: async (query) => (await readTimedCloses(query)).map(({ price }) => price),
  }
}

function closesOf(market: SimulatedMarket, query: CandleQuery): readonly TimedPrice[] {
  const { assetId, fromMs, toMs } = query
  const length = intervalMs[query.interval]
  const firstMs = Math.floor(fromMs / length) * length
  const count = Math.max(0, Math.ceil((toMs - firstMs) / length))
  return Array.from({ length: count }, (_, place) => {
    const atMs = Math.min(firstMs + (place + 1) * length, toMs)
    return { atMs, price: market.priceAt(assetId, atMs) }
  }).flatMap(({ atMs, price }) => (price === undefined ? [] : [{ atMs, price }]))
}

/** The feed changes with the configuration only, so it is asked for rarely. */
function rememberFeed(
  { db, now }: Parts,
  table: string,
): () => Promise<FeedDescription | undefined> {
  let known: { readonly feed: FeedDescription; readonly readAtMs: number } | undefined
  return async () => {
    if (known && now() - known.readAtMs < feedIsKnownMs) return known.feed
    const feed = await readFeed(db, table)
    known = feed && { feed, readAtMs: now() }
    return feed
  }
}

/** Keeps the simulation, whose tables take a few milliseconds to make. */
function rememberMarket(): (feed: FeedDescription & { feed: 'simulated' }) => SimulatedMarket {
  let known: { readonly name: string; readonly market: SimulatedMarket } | undefined
  return ({ seed, scenario }) => {
    const name = JSON.stringify([seed, scenario])
    if (known?.name !== name) known = { name, market: simulateMarket({ seed, scenario }) }
    return known.market
  }
}

async function readRecorded(db: Db, table: string, query: CandleQuery): Promise<readonly Candle[]> {
  const { assetId, interval, fromMs, toMs } = query
  const series = seriesFor(interval)
  invariant(series !== undefined, `There is no recorded series for ${interval}.`)
  const length = intervalMs[interval]
  const firstMs = Math.floor(fromMs / length) * length
  const buckets = bucketsBetween(series, firstMs, toMs)
  const candles = await readCandleRows(db, table, { assetId, interval: series.interval, buckets })
  const inSpan = candles.filter(({ startsAtMs }) => startsAtMs >= firstMs && startsAtMs < toMs)
  return widenCandles(inSpan, length)
}

/** Every row of a span of time, found by walking over it in steps that no row is shorter than. */
function bucketsBetween(series: CandleSeries, fromMs: number, toMs: number): readonly string[] {
  const buckets = new Set<string>()
  const stepMs = series.prefixLength === 13 ? intervalMs['1h'] : intervalMs['1d']
  for (let timeMs = fromMs; timeMs < toMs; timeMs += stepMs) buckets.add(bucketOf(series, timeMs))
  buckets.add(bucketOf(series, Math.max(fromMs, toMs - 1)))
  return [...buckets]
}
