import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { config } from '../config.ts'
import { LivePricesDocument } from '../generated/graphql.ts'
import type { LivePrice } from './price-feed.ts'
import { useReading } from './reading.ts'
import { usePriceFeed } from './SessionProvider.tsx'
import { useIsOffline } from './use-is-offline.ts'

/** The source of prices: a stream, polling, or none. */
export type FeedState = 'connecting' | 'live' | 'delayed' | 'polling' | 'offline'

/**
 * Keeps the prices of these assets current: over a stream, and by polling without one. Streamed prices go to the cells
 * that show them; polled ones enter the cache as Asset entities.
 */
export function useLivePrices(ids: readonly string[]): FeedState {
  const feed = usePriceFeed()
  // A stream notices only after a while that nothing arrives any more.
  const isOffline = useIsOffline()
  const stream = useSyncExternalStore(feed.subscribeState, feed.getState)
  const wanted = [...new Set(ids)].sort().join()
  useEffect(() => (wanted === '' ? undefined : feed.want(wanted.split(','))), [feed, wanted])
  const { data, failure } = useReading(
    LivePricesDocument,
    { ids: [...ids], first: Math.max(ids.length, 1) },
    { pause: ids.length === 0 || stream !== 'down', everyMs: config.pricesEveryMs },
  )
  if (isOffline) return 'offline'
  if (stream !== 'down') return stream
  if (failure) return 'offline'
  return data ? 'polling' : 'connecting'
}

function everySecond(listener: () => void): () => void {
  const timer = setInterval(listener, 1_000)
  return () => clearInterval(timer)
}

/** The seconds since the last event of the stream. */
export function useFeedAge(): number {
  const feed = usePriceFeed()
  return useSyncExternalStore(everySecond, () =>
    Math.max(0, Math.floor((Date.now() - feed.heardAtMs()) / 1000)),
  )
}

const none: ReadonlyMap<string, LivePrice> = new Map()
const noPrices = () => none
const noSubscription = () => () => undefined

/** All streamed prices of the latest tick as one value: figures of several prices never mix two ticks. Empty, and without a render for each tick, where they are not wanted. */
export function usePriceTable(isWanted = true): ReadonlyMap<string, LivePrice> {
  const feed = usePriceFeed()
  return useSyncExternalStore(
    isWanted ? feed.subscribeTable : noSubscription,
    isWanted ? feed.readTable : noPrices,
  )
}

type Quote = Pick<LivePrice, 'price' | 'quotedAt'> | null | undefined

/** The latest price of an asset: the streamed one, unless the page has read a newer one. */
export function useLivePrice(
  assetId: string,
  quote: Quote,
): Pick<LivePrice, 'price' | 'quotedAt' | 'changePercent24h'> | undefined {
  const feed = usePriceFeed()
  const subscribe = useCallback(
    (listener: () => void) => feed.subscribe(assetId, listener),
    [feed, assetId],
  )
  const live = useSyncExternalStore(subscribe, () => feed.read(assetId))
  if (live && (!quote || live.quotedAt > quote.quotedAt)) return live
  return quote ? { ...quote, changePercent24h: null } : undefined
}

/** Changes with every trade of the platform in the asset; undefined while none is known. */
export function useTradesMark(assetId: string): string | undefined {
  const feed = usePriceFeed()
  const subscribe = useCallback(
    (listener: () => void) => feed.subscribe(assetId, listener),
    [feed, assetId],
  )
  return useSyncExternalStore(subscribe, () => feed.read(assetId)?.tradesMark) ?? undefined
}

/** Whether an asset can be traded, as the page or the stream reports. */
export type TradingState = Pick<LivePrice, 'isActive' | 'haltedSince'>

/** The latest state of an asset: the streamed one while a stream is open, otherwise the one that the page read. */
export function useTradingState(
  assetId: string,
  read: TradingState | undefined,
): TradingState | undefined {
  const feed = usePriceFeed()
  const subscribe = useCallback(
    (listener: () => void) => feed.subscribe(assetId, listener),
    [feed, assetId],
  )
  const live = useSyncExternalStore(subscribe, () => feed.read(assetId))
  const stream = useSyncExternalStore(feed.subscribeState, feed.getState)
  return (stream === 'live' || stream === 'delayed') && live ? live : read
}
