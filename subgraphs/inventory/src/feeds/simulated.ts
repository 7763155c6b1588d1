import { type Clock, toIso } from '@cnop/kit/clock'
import { type Price, priceFromUnits } from '@cnop/kit/money'
import type { SimulatedListing } from '@cnop/quotes/simulation/listings'
import { extremes, type SimulatedMarket, simulateMarket } from '@cnop/quotes/simulation/market'
import type { Scenario } from '@cnop/quotes/simulation/scenario'
import { type Figures, type Listing, marketCapOf } from '../domain/asset.ts'
import type { MarketFeed } from './market-feed.ts'

export interface SimulatedFeedOptions {
  readonly seed: string
  readonly scenario: Scenario
  readonly tickMs: number
  readonly now: Clock
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** The simulated market as a feed: it works offline and gives the same prices to everyone with the same seed. */
export function createSimulatedFeed({
  seed,
  scenario,
  tickMs,
  now,
}: SimulatedFeedOptions): MarketFeed {
  const market = simulateMarket({ seed, scenario })
  const rangeOf = rememberRanges(market)
  return {
    description: { feed: 'simulated', seed, scenario },
    intervalMs: tickMs,
    needsRecording: false,
    read: () => {
      const timeMs = now()
      const listings = market.listings.map((listing, place) =>
        toListing(market, listing, timeMs, rangeOf(listing.assetId, place, timeMs)),
      )
      return Promise.resolve(withRanks(listings))
    },
  }
}

interface PriceRange {
  readonly high: Price
  readonly low: Price
}

function toListing(
  market: SimulatedMarket,
  listing: SimulatedListing,
  timeMs: number,
  range: PriceRange,
): Listing {
  const { assetId, name, description, category, circulatingSupply } = listing
  const priceAt = (ageMs: number): Price =>
    market.priceAt(assetId, timeMs - ageMs) ?? priceFromUnits(0n)
  const price = priceAt(0)
  const dayAgoPrice = priceAt(dayMs)
  const figures: Figures = {
    high24h: range.high > price ? range.high : price,
    low24h: range.low < price ? range.low : price,
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

const rangeStepMs = 300_000

/**
 * The highest and lowest price of a day are looked up every five minutes, at another moment for every asset so that
 * no tick has to do it for all.
 */
function rememberRanges(
  market: SimulatedMarket,
): (assetId: string, place: number, timeMs: number) => PriceRange {
  const known = new Map<string, PriceRange & { readonly step: number }>()
  return (assetId, place, timeMs) => {
    const offsetMs = (place * 2_617) % rangeStepMs
    const step = Math.floor((timeMs - offsetMs) / rangeStepMs)
    const present = known.get(assetId)
    if (present?.step === step) return present
    const toMs = step * rangeStepMs + offsetMs
    const range = rangeBefore(market, assetId, toMs)
    known.set(assetId, { ...range, step })
    return range
  }
}

function rangeBefore(market: SimulatedMarket, assetId: string, toMs: number): PriceRange {
  const steps = dayMs / rangeStepMs
  const prices = Array.from({ length: steps }, (_, step) =>
    market.priceAt(assetId, toMs - step * rangeStepMs),
  )
  return extremes(prices.filter((price) => price !== undefined))
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
