import { toIso } from '@cnop/kit/clock'
import type { Quote, QuoteTick } from '@cnop/quotes/quote'
import type { Asset, Listing } from '../domain/asset.ts'
import { quoteOf } from '../domain/asset.ts'
import { adoptSources, mergeListings } from '../domain/merge-listings.ts'

/** What one read of the feed changes. */
export interface MarketChange {
  readonly assets: ReadonlyMap<string, Asset>
  readonly tick: QuoteTick
  /** Tickers that were traded before and are not any more. */
  readonly deactivated: readonly string[]
}

export interface KnownMarket {
  readonly assets: ReadonlyMap<string, Asset>
  /** The feed that the assets come from. */
  readonly feed: string | undefined
}

/** Works out what a read of the feed means for everyone. */
export function planRefresh(
  known: KnownMarket,
  { feed, listings, nowMs }: { feed: string; listings: readonly Listing[]; nowMs: number },
): MarketChange {
  const before = known.feed === feed ? known.assets : adoptSources(known.assets, listings)
  const assets = mergeListings(before, listings)
  const quotes = [...assets.values()].flatMap((asset) =>
    changedQuote(before.get(asset.assetId), asset),
  )
  const deactivated = [...assets.values()]
    .filter(({ assetId, isActive }) => !isActive && before.get(assetId)?.isActive)
    .map(({ assetId }) => assetId)
  return { assets, tick: { tickedAt: toIso(nowMs), quotes }, deactivated }
}

/** An asset that left the market has nothing new to say after its last word. */
function changedQuote(before: Asset | undefined, asset: Asset): readonly Quote[] {
  const quote = quoteOf(asset)
  if (!quote) return []
  const isSame =
    before !== undefined &&
    before.price === asset.price &&
    before.quotedAt === asset.quotedAt &&
    before.isActive === asset.isActive
  return isSame ? [] : [quote]
}
