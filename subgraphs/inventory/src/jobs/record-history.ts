import type { Log } from '@cnop/kit/log'
import type { CandleStore } from '@cnop/quotes/candle-rows'
import { type PriceBand, withoutSpikes } from '@cnop/quotes/price-band'
import { isTraded } from '@cnop/quotes/quote'
import { backfillHistory, openCandleRecorder } from '@cnop/quotes/recorder'
import type { Asset, Listing } from '../domain/asset.ts'

/** Records the prices of feeds that have no history of their own. */
export interface HistoryRecorder {
  record(
    assets: ReadonlyMap<string, Asset>,
    listings: readonly Listing[],
    nowMs: number,
  ): Promise<void>
  flush(): Promise<void>
}

/** For a market whose past can be computed. */
export const recordNothing: HistoryRecorder = {
  record: () => Promise.resolve(),
  flush: () => Promise.resolve(),
}

interface RecorderParts extends CandleStore {
  readonly log: Log
  readonly band: PriceBand
}

/** Records accepted prices as candles; the hours before it began come from the feed, once. */
export function openHistoryRecorder({ band, ...store }: RecorderParts): HistoryRecorder {
  const recorder = openCandleRecorder(store)
  let isBackfilled = false
  return {
    record: async (assets, listings, nowMs) => {
      const traded = listings.flatMap((listing) => {
        const asset = assets.get(listing.assetId)
        const isOwn = asset?.sourceId === listing.sourceId
        return isOwn && isTraded(asset) ? [{ asset, listing }] : []
      })
      recorder.record(
        traded.flatMap(({ asset }) => toSample(asset)),
        nowMs,
      )
      if (!isBackfilled) {
        const histories = traded.flatMap(({ listing }) => toHistory(listing, band))
        await backfillHistory(store, histories, nowMs)
      }
      isBackfilled = true
      await recorder.flushDue(nowMs)
    },
    flush: () => recorder.flush(),
  }
}

function toSample({ assetId, price, figures }: Asset) {
  return price === undefined ? [] : [{ assetId, price, dailyVolume: figures.volume24h }]
}

function toHistory({ assetId, hourlyPrices, figures }: Listing, band: PriceBand) {
  if (hourlyPrices === undefined) return []
  const prices = withoutSpikes(hourlyPrices, band)
  return [{ assetId, prices, dailyVolume: figures.volume24h }]
}
