import { LimitReached } from './errors.ts'

/** The most assets that one user may watch. */
export const mostWatched = 100

/** Adds an asset at the end; one that is there already stays where it is. */
export function watch(assetIds: readonly string[], assetId: string): readonly string[] {
  if (assetIds.includes(assetId)) return assetIds
  if (assetIds.length >= mostWatched) throw new LimitReached('watched assets', mostWatched)
  return [...assetIds, assetId]
}

/** Takes an asset out; one that is not there changes nothing. */
export function unwatch(assetIds: readonly string[], assetId: string): readonly string[] {
  return assetIds.includes(assetId) ? assetIds.filter((id) => id !== assetId) : assetIds
}
