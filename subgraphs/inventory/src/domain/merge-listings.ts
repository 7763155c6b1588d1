import type { Asset, Listing } from './asset.ts'

/** A feed may leave an asset out by accident; after this many reads in a row it means it. */
export const delistAfterReads = 3

/**
 * Brings what a feed tells together with what is known. A ticker belongs to the first asset that had it; another one
 * with the same ticker is left out, because whoever holds the ticker holds that asset. Nothing is ever removed.
 */
export function mergeListings(
  known: ReadonlyMap<string, Asset>,
  listings: readonly Listing[],
): ReadonlyMap<string, Asset> {
  const merged = new Map<string, Asset>()
  for (const listing of listings) {
    const present = known.get(listing.assetId)
    if (merged.has(listing.assetId)) continue
    if (present && present.sourceId !== listing.sourceId) continue
    merged.set(listing.assetId, takeListing(present, listing))
  }
  for (const [assetId, asset] of known) {
    if (!merged.has(assetId)) merged.set(assetId, missRead(asset))
  }
  return merged
}

/** A price that the feed does not know leaves the last one, at which the asset is no longer traded. */
function takeListing(known: Asset | undefined, listing: Listing): Asset {
  const { hourlyPrices: _, ...facts } = listing
  const hasPrice = listing.price !== undefined && listing.price > 0n
  // A feed that is asked again may answer from a cache; time does not run backwards for that.
  if (hasPrice && known?.quotedAt !== undefined && listing.quotedAt < known.quotedAt) {
    return { ...known, isActive: true, missedReads: 0 }
  }
  return {
    ...facts,
    isActive: hasPrice,
    price: hasPrice ? listing.price : known?.price,
    quotedAt: hasPrice ? listing.quotedAt : known?.quotedAt,
    missedReads: 0,
  }
}

function missRead(asset: Asset): Asset {
  const missedReads = Math.min(asset.missedReads + 1, delistAfterReads)
  if (missedReads < delistAfterReads) return { ...asset, missedReads }
  return { ...asset, missedReads, isActive: false, rank: undefined }
}

/** Another feed has its own names for everything; what it lists under a known ticker is taken for the same asset. */
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
      { ...asset, sourceId: sources.get(assetId) ?? asset.sourceId },
    ]),
  )
}
