import { config } from '../config.ts'
import { LivePricesDocument } from '../generated/graphql.ts'
import { useReading } from './reading.ts'

type FeedState = 'connecting' | 'live' | 'interrupted'

/**
 * Keeps the prices of these assets fresh. They arrive as Asset entities in the cache, so every view that
 * shows one of them moves; a stream can replace the polling here without any page noticing.
 */
export function useLivePrices(ids: readonly string[]): FeedState {
  const { data, failure } = useReading(
    LivePricesDocument,
    { ids: [...ids], first: Math.max(ids.length, 1) },
    { pause: ids.length === 0, everyMs: config.pricesEveryMs },
  )
  if (failure) return 'interrupted'
  return data ? 'live' : 'connecting'
}
