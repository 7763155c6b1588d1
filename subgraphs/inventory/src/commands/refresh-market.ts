import { toIso } from '@cnop/kit/clock'
import type { PriceBand } from '@cnop/quotes/price-band'
import { isChanged, type Quote, type QuoteTick } from '@cnop/quotes/quote'
import type { Asset, Listing } from '../domain/asset.ts'
import { quoteOf } from '../domain/asset.ts'
import { adoptSources, mergeListings } from '../domain/merge-listings.ts'

/** What one read of the feed changes. */
export interface MarketChange {
  readonly assets: ReadonlyMap<string, Asset>
  readonly tick: QuoteTick
  /** Tickers whose state has changed. */
  readonly changes: StateChanges
}

export interface StateChanges {
  /** Traded before, and not any more. */
  readonly deactivated: readonly string[]
  readonly delisted: readonly string[]
  readonly halted: readonly string[]
  readonly resumed: readonly string[]
}

export interface KnownMarket {
  readonly assets: ReadonlyMap<string, Asset>
  /** The feed that the assets come from. */
  readonly feed: string | undefined
}

export interface FeedRead {
  readonly feed: string
  readonly listings: readonly Listing[]
  readonly nowMs: number
  readonly band: PriceBand
  /** Whether the tick has every quote, and not only those that changed. */
  readonly isComplete?: boolean
}

/** Decides what a reading of the feed changes. */
export function planRefresh(
  known: KnownMarket,
  { feed, listings, nowMs, band, isComplete }: FeedRead,
): MarketChange {
  const isNewFeed = known.feed !== feed
  const before = isNewFeed ? adoptSources(known.assets, listings) : known.assets
  const assets = mergeListings(before, listings, { nowMs, band, isNewFeed })
  const quotes = [...assets.values()].flatMap((asset) =>
    changedQuote(isComplete ? undefined : before.get(asset.assetId), asset),
  )
  const changes = changesOf(before, assets)
  return { assets, tick: { tickedAt: toIso(nowMs), quotes }, changes }
}

function changesOf(
  before: ReadonlyMap<string, Asset>,
  assets: ReadonlyMap<string, Asset>,
): StateChanges {
  const which = (is: (asset: Asset) => boolean): readonly string[] =>
    [...assets.values()]
      .filter((asset) => is(asset) && !is(before.get(asset.assetId) ?? asset))
      .map(({ assetId }) => assetId)
  return {
    deactivated: which(({ isActive }) => !isActive),
    delisted: which(({ delistedAt }) => delistedAt !== undefined),
    halted: which(({ haltedSince }) => haltedSince !== undefined),
    resumed: which(({ haltedSince }) => haltedSince === undefined),
  }
}

/** An asset that left the market, or is halted, has no new price after its last one. */
function changedQuote(before: Asset | undefined, asset: Asset): readonly Quote[] {
  const quote = quoteOf(asset)
  const known = before && quoteOf(before)
  return quote && (!known || isChanged(known, quote)) ? [quote] : []
}
