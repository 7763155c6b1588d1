import { formatPrice } from '@cnop/kit/money'
import type { Platform } from '@cnop/kit/platform'
import type { Quote } from './quote.ts'

/** Where the last price of an asset is in the shared cache. */
const priceKey = (assetId: string): string => `price:${assetId}`

const priceKeySeconds = 600

/** Stores the last price of every asset under its ticker. */
export type KeepPrices = (quotes: readonly Quote[]) => Promise<void>

/** In Redis, under the very key and in one round trip; in the process's own cache when there is no Redis. */
export function openPriceCache({
  cache,
  redis,
  log,
}: Pick<Platform, 'cache' | 'redis' | 'log'>): KeepPrices {
  if (!redis) {
    return async (quotes) => {
      await Promise.all(
        quotes.map((quote) =>
          cache.set(priceKey(quote.assetId), priceText(quote), priceKeySeconds),
        ),
      )
    }
  }
  let isFailing = false
  return async (quotes) => {
    const pipeline = redis.client.pipeline()
    for (const quote of quotes) {
      pipeline.set(priceKey(quote.assetId), priceText(quote), 'EX', priceKeySeconds)
    }
    try {
      const results = await pipeline.exec()
      const failure = results?.find(([error]) => error)?.[0]
      if (failure) throw failure
      isFailing = false
    } catch (error) {
      // One line per outage: ticks come every second.
      if (!isFailing)
        log.warn({ action: 'quotes.cache_failed', error }, 'Prices could not be written to Redis.')
      isFailing = true
    }
  }
}

const priceText = ({ assetId, price, quotedAt }: Quote): string =>
  JSON.stringify({ asset_id: assetId, price: formatPrice(price), updated_at: quotedAt })
