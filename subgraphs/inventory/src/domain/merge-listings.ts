import { toIso } from '@cnop/kit/clock'
import { judgeReading, type PriceBand } from '@cnop/quotes/price-band'
import type { Asset, Listing } from './asset.ts'

/** A feed may omit an asset or its price by mistake; after this many consecutive reads the asset is delisted. */
export const delistAfterReads = 3

export interface MergeRules {
  readonly nowMs: number
  readonly band: PriceBand
  /** The first read of a feed may lack what the previous feed had. */
  readonly isNewFeed?: boolean
}

/**
 * Merges the listings of a feed with the known ones. A ticker belongs to the first asset that had it; another one
 * with the same ticker is left out, because holdings refer to assets by ticker. Nothing is ever removed.
 */
export function mergeListings(
  known: ReadonlyMap<string, Asset>,
  listings: readonly Listing[],
  rules: MergeRules,
): ReadonlyMap<string, Asset> {
  const found = ownListings(known, listings)
  const faults = rules.isNewFeed ? noFaults : faultsOf(known, found)
  const merged = new Map<string, Asset>()
  for (const listing of found.values()) {
    const present = known.get(listing.assetId)
    const isLeftAlone = present && faults.prices && !hasPrice(listing)
    merged.set(listing.assetId, isLeftAlone ? present : takeListing(present, listing, rules))
  }
  const missing = [...known].filter(([assetId]) => !merged.has(assetId))
  for (const [assetId, asset] of missing) {
    merged.set(assetId, faults.listings ? asset : missRead(asset, rules))
  }
  return merged
}

/** Of each ticker the listing of the asset that owns it, or else the first one. */
function ownListings(
  known: ReadonlyMap<string, Asset>,
  listings: readonly Listing[],
): ReadonlyMap<string, Listing> {
  const found = new Map<string, Listing>()
  for (const listing of listings) {
    const owner = known.get(listing.assetId)?.sourceId ?? listing.sourceId
    if (owner === listing.sourceId && !found.has(listing.assetId)) {
      found.set(listing.assetId, listing)
    }
  }
  return found
}

const hasPrice = ({ price }: Listing): boolean => price !== undefined && price > 0n

/** What an implausible read lacks. */
interface Faults {
  readonly listings: boolean
  readonly prices: boolean
}

const noFaults: Faults = { listings: false, prices: false }

/**
 * Looks for more missing listings, or missing prices, at once than delistings explain: more than a tenth of the market,
 * or of a small market more than half, up to ten. That is a fault of the feed, and delists no asset.
 */
function faultsOf(known: ReadonlyMap<string, Asset>, found: ReadonlyMap<string, Listing>): Faults {
  const present = [...known.values()].filter(
    ({ isActive, missedReads }) => isActive && missedReads === 0,
  )
  const listings = present.map(({ assetId }) => found.get(assetId))
  const { length } = present
  const explained = Math.max(1, Math.min(10, Math.floor(length / 2)), Math.floor(length / 10))
  const isTooMany = (is: (listing: Listing | undefined) => boolean): boolean =>
    listings.filter(is).length > explained
  return {
    listings: isTooMany((listing) => listing === undefined),
    prices: isTooMany((listing) => listing !== undefined && !hasPrice(listing)),
  }
}

const isOlder = (quotedAt: string, known: Asset): boolean =>
  known.quotedAt !== undefined && quotedAt < known.quotedAt

/** A price that the feed does not know leaves the last one, at which the asset is no longer traded. */
function takeListing(known: Asset | undefined, listing: Listing, rules: MergeRules): Asset {
  const { hourlyPrices: _, price, ...facts } = listing
  if (price === undefined || price <= 0n) return withoutPrice(known, facts, rules)
  const present = { isActive: true, missedReads: 0, delistedAt: undefined }
  const { quotedAt } = listing
  // A feed may reply from a cache; the time of a price never goes back.
  if (known && isOlder(quotedAt, known)) return { ...known, ...present }
  const reading = { price, quotedAt, readAtMs: rules.nowMs }
  const band = judgeReading(known?.band ?? {}, reading, rules.band)
  // The figures of a reading that is not accepted are as doubtful as its price.
  if (known && band.doubt) {
    return { ...known, ...present, band, haltedSince: known.haltedSince ?? toIso(rules.nowMs) }
  }
  return { ...facts, ...present, price, band, haltedSince: undefined }
}

function withoutPrice(
  known: Asset | undefined,
  facts: Omit<Listing, 'price' | 'hourlyPrices'>,
  rules: MergeRules,
): Asset {
  if (known) return { ...missRead(known, rules), isActive: false }
  const never = { price: undefined, quotedAt: undefined, haltedSince: undefined, band: {} }
  return { ...facts, ...never, isActive: false, missedReads: 1, delistedAt: undefined }
}

function missRead(asset: Asset, { nowMs }: MergeRules): Asset {
  const missedReads = Math.min(asset.missedReads + 1, delistAfterReads)
  // What never had a price was never traded, so that it cannot be delisted.
  if (missedReads < delistAfterReads || asset.price === undefined) return { ...asset, missedReads }
  const delistedAt = asset.delistedAt ?? toIso(nowMs)
  return { ...asset, missedReads, delistedAt, isActive: false, rank: undefined }
}

/**
 * Another feed has its own names for everything; what it lists under a known ticker is taken for the same asset, and
 * its price is compared with none of the feed before.
 */
export function adoptSources(
  assets: ReadonlyMap<string, Asset>,
  listings: readonly Listing[],
): ReadonlyMap<string, Asset> {
  const sources = new Map(
    [...listings].reverse().map(({ assetId, sourceId }) => [assetId, sourceId]),
  )
  return new Map(
    [...assets].map(([assetId, asset]) => [
      assetId,
      {
        ...asset,
        sourceId: sources.get(assetId) ?? asset.sourceId,
        band: {},
        haltedSince: undefined,
      },
    ]),
  )
}
