import type { Log } from '@cnop/kit/log'
import type { CandleStore } from '@cnop/quotes/candle-rows'
import { backfillHours, openCandleRecorder } from '@cnop/quotes/recorder'
import type { Asset, Listing } from '../domain/asset.ts'

/** Keeps what a feed told, for feeds that cannot be asked about the past. */
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

/** Records candles; the hours before it began come from the feed, once. */
export function openHistoryRecorder(store: CandleStore & { readonly log: Log }): HistoryRecorder {
  const recorder = openCandleRecorder(store)
  let isBackfilled = false
  return {
    record: async (assets, listings, nowMs) => {
      const traded = listings.filter(({ assetId, sourceId }) => {
        const asset = assets.get(assetId)
        return asset?.isActive && asset.sourceId === sourceId
      })
      recorder.record(traded.flatMap(toSample), nowMs)
      if (!isBackfilled) await backfillHours(store, traded.flatMap(toHistory), nowMs)
      isBackfilled = true
      await recorder.flushDue(nowMs)
    },
    flush: () => recorder.flush(),
  }
}

function toSample({ assetId, price, figures }: Listing) {
  return price === undefined ? [] : [{ assetId, price, dailyVolume: figures.volume24h }]
}

function toHistory({ assetId, hourlyPrices: prices, figures }: Listing) {
  return prices === undefined ? [] : [{ assetId, prices, dailyVolume: figures.volume24h }]
}
