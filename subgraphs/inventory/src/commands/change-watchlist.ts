import type { Actor } from '@cnop/kit/identity'
import { AssetNotFound } from '@cnop/quotes/errors'
import type { Deps } from '../deps.ts'
import type { Asset } from '../domain/asset.ts'
import { unwatch, watch } from '../domain/watchlist.ts'
import { changeWatchlist } from '../store/watchlists.ts'

/** Puts an asset on the user's watchlist. */
export async function watchAsset(
  { store, catalogue }: Pick<Deps, 'store' | 'catalogue'>,
  { username }: Actor,
  assetId: string,
): Promise<Asset> {
  const asset = catalogue.get(assetId)
  if (!asset) throw new AssetNotFound(assetId)
  await changeWatchlist(store, username, (assetIds) => watch(assetIds, assetId))
  return asset
}

/** Removes an asset from the user's watchlist, also when it was delisted. */
export async function unwatchAsset(
  { store }: Pick<Deps, 'store'>,
  { username }: Actor,
  assetId: string,
): Promise<void> {
  await changeWatchlist(store, username, (assetIds) => unwatch(assetIds, assetId))
}
