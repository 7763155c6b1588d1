import type { Quote } from '@cnop/quotes/quote'
import { type Asset, quoteOf, withQuote } from './domain/asset.ts'

/** Everything the platform knows about assets, in memory: no request reads the store for it. */
export interface Catalogue {
  get(assetId: string): Asset | undefined
  all(): readonly Asset[]
  /** The same number means the same assets with the same figures. */
  version(): number
  replace(assets: ReadonlyMap<string, Asset>): void
  /** Takes over assets that are newer than those that are known. */
  merge(assets: readonly Asset[]): void
  applyQuotes(quotes: readonly Quote[]): void
}

export function createCatalogue(): Catalogue {
  let assets: ReadonlyMap<string, Asset> = new Map()
  let version = 0
  const replace = (next: ReadonlyMap<string, Asset>): void => {
    assets = next
    version += 1
  }
  return {
    get: (assetId) => assets.get(assetId),
    all: () => [...assets.values()],
    version: () => version,
    replace,
    merge: (stored) => {
      const merged = new Map(assets)
      for (const asset of stored) merged.set(asset.assetId, newer(assets.get(asset.assetId), asset))
      replace(merged)
    },
    applyQuotes: (quotes) => {
      const merged = new Map(assets)
      for (const quote of quotes) {
        const asset = merged.get(quote.assetId)
        if (asset) merged.set(quote.assetId, withQuote(asset, quote))
      }
      replace(merged)
    },
  }
}

/** Stored figures are seconds old; a price or a halt that came by the bus since then stays. */
function newer(known: Asset | undefined, stored: Asset): Asset {
  if (known?.quotedAt === undefined) return stored
  const { quotedAt } = known
  if (stored.quotedAt !== undefined && stored.quotedAt > quotedAt) return stored
  const quote = quoteOf(known)
  return quote ? withQuote(stored, quote) : stored
}
