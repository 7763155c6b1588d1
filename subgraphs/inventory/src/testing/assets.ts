import { price as priceOf } from '@cnop/kit/money'
import type { Asset, Figures, Listing } from '../domain/asset.ts'

const noFigures: Figures = {
  dayAgoPrice: undefined,
  weekAgoPrice: undefined,
  monthAgoPrice: undefined,
  marketCap: undefined,
  dayAgoMarketCap: undefined,
  volume24h: undefined,
  circulatingSupply: undefined,
  totalSupply: undefined,
  maxSupply: undefined,
  allTimeHigh: undefined,
  allTimeHighAt: undefined,
  allTimeLow: undefined,
  allTimeLowAt: undefined,
}

type ListingFacts = Partial<Omit<Listing, 'figures'>> & { readonly figures?: Partial<Figures> }
type AssetFacts = Partial<Omit<Asset, 'figures'>> & { readonly figures?: Partial<Figures> }

/** A listing for tests: what is not given is ordinary or unknown. */
export function listing(
  assetId: string,
  price: string | undefined,
  { figures, ...facts }: ListingFacts = {},
): Listing {
  return {
    assetId,
    sourceId: assetId.toLowerCase(),
    name: `The ${assetId}`,
    description: undefined,
    category: 'ALTCOIN',
    rank: undefined,
    price: price === undefined ? undefined : priceOf(price),
    quotedAt: '2026-01-05T10:00:00.000Z',
    ...facts,
    figures: { ...noFigures, ...figures },
  }
}

/** An asset for tests, active when it has a price. */
export function asset(
  assetId: string,
  price: string | undefined,
  { figures, ...facts }: AssetFacts = {},
): Asset {
  const { hourlyPrices: _, ...known } = listing(assetId, price, figures ? { figures } : {})
  return {
    ...known,
    isActive: price !== undefined,
    missedReads: 0,
    haltedSince: undefined,
    delistedAt: undefined,
    band: {},
    ...facts,
    figures: known.figures,
  }
}
