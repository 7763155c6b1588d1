import { keepMoments } from '@cnop/quotes/moments'
import type { Quote } from '@cnop/quotes/quote'
import { type Asset, quoteOf, withQuote } from './domain/asset.ts'

/** All assets, in memory: requests do not read the store for them. */
export interface CatalogueReader {
  get(assetId: string): Asset | undefined
  all(): readonly Asset[]
  /** The same number means the same assets with the same figures. */
  version(): number
  /** The tick whose prices these are; undefined before the first. */
  tickedAt(): string | undefined
}

export interface Catalogue extends CatalogueReader {
  /** The assets as they were after the last tick up to a moment, which is `momentMs` of a request. */
  at(momentMs: number | undefined): CatalogueReader
  /** Takes over all assets as a tick leaves them. */
  replace(assets: ReadonlyMap<string, Asset>, tickedAt: string): void
  /** Takes over assets that are newer than those that are known. */
  merge(assets: readonly Asset[]): void
  applyQuotes(quotes: readonly Quote[], tickedAt: string): void
}

interface State {
  readonly assets: ReadonlyMap<string, Asset>
  readonly version: number
  readonly tickedAt: string | undefined
}

const readerOf = (read: () => State): CatalogueReader => ({
  get: (assetId) => read().assets.get(assetId),
  all: () => [...read().assets.values()],
  version: () => read().version,
  tickedAt: () => read().tickedAt,
})

export function createCatalogue(): Catalogue {
  let current: State = { assets: new Map(), version: 0, tickedAt: undefined }
  const moments = keepMoments<State>()
  const replace: Catalogue['replace'] = (assets, tickedAt) => {
    current = { assets, version: current.version + 1, tickedAt }
    moments.add(tickedAt, current)
  }
  return {
    ...readerOf(() => current),
    at: (momentMs) => {
      const state = moments.at(momentMs) ?? current
      return readerOf(() => state)
    },
    replace,
    merge: (stored) => {
      const { assets, version, tickedAt } = current
      const merged = new Map(assets)
      for (const asset of stored) merged.set(asset.assetId, newer(assets.get(asset.assetId), asset))
      current = { assets: merged, version: version + 1, tickedAt }
      if (tickedAt !== undefined) moments.add(tickedAt, current)
    },
    applyQuotes: (quotes, tickedAt) => {
      const merged = new Map(current.assets)
      for (const quote of quotes) {
        const asset = merged.get(quote.assetId)
        if (asset) merged.set(quote.assetId, withQuote(asset, quote))
      }
      replace(merged, tickedAt)
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
