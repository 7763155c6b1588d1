import { type Clock, toIso } from '@cnop/kit/clock'
import { type Price, priceFromUnits } from '@cnop/kit/money'
import type { SimulatedListing } from '@cnop/quotes/simulation/listings'
import { type SimulatedMarket, simulateMarket } from '@cnop/quotes/simulation/market'
import type { Scenario } from '@cnop/quotes/simulation/scenario'
import { type Figures, type Listing, marketCapOf } from '../domain/asset.ts'
import type { MarketFeed } from './market-feed.ts'

export interface SimulatedFeedOptions {
  readonly seed: string
  readonly scenario: Scenario
  readonly tickMs: number
  readonly now: Clock
}

const dayMs = 86_400_000

/** The simulated market as a feed: it works offline and gives the same prices for the same seed. */
export function createSimulatedFeed({
  seed,
  scenario,
  tickMs,
  now,
}: SimulatedFeedOptions): MarketFeed {
  const market = simulateMarket({ seed, scenario })
  return {
    description: { feed: 'simulated', seed, scenario },
    intervalMs: tickMs,
    needsRecording: false,
    read: () => {
      const timeMs = now()
      const listings = market.listings.map((listing) => toListing(market, listing, timeMs))
      return Promise.resolve(withRanks(listings))
    },
  }
}

function toListing(market: SimulatedMarket, listing: SimulatedListing, timeMs: number): Listing {
  const { assetId, name, description, category, circulatingSupply } = listing
  const priceAt = (ageMs: number): Price =>
    market.priceAt(assetId, timeMs - ageMs) ?? priceFromUnits(0n)
  const price = priceAt(0)
  const dayAgoPrice = priceAt(dayMs)
  const figures: Figures = {
    dayAgoPrice,
    weekAgoPrice: priceAt(7 * dayMs),
    monthAgoPrice: priceAt(30 * dayMs),
    marketCap: marketCapOf(price, circulatingSupply),
    dayAgoMarketCap: marketCapOf(dayAgoPrice, circulatingSupply),
    volume24h: market.volumeAt(assetId, timeMs),
    circulatingSupply,
    totalSupply: listing.totalSupply,
    maxSupply: listing.maxSupply,
    allTimeHigh: listing.allTimeHigh,
    allTimeHighAt: listing.allTimeHighAt,
    allTimeLow: listing.allTimeLow,
    allTimeLowAt: listing.allTimeLowAt,
  }
  const quotedAt = toIso(timeMs)
  const sourceId = `simulated:${assetId}`
  return {
    assetId,
    sourceId,
    name,
    description,
    category,
    rank: undefined,
    price,
    quotedAt,
    figures,
  }
}

/** The largest market capitalisation first; an unknown one has no rank and comes last. */
function withRanks(listings: readonly Listing[]): readonly Listing[] {
  const capOf = ({ figures }: Listing): bigint => figures.marketCap ?? -1n
  return [...listings]
    .sort((a, b) => (capOf(a) === capOf(b) ? 0 : capOf(a) > capOf(b) ? -1 : 1))
    .map((listing, place) => ({
      ...listing,
      rank: listing.figures.marketCap === undefined ? undefined : place + 1,
    }))
}
