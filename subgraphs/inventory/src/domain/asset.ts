import { notional, type Price, type Quantity, type Usd, usdFromCents } from '@cnop/kit/money'
import type { BandState } from '@cnop/quotes/price-band'
import type { AssetCategory, Quote } from '@cnop/quotes/quote'

/** What the market knows about an asset beside its price. Changes are kept as the prices they are changes from. */
export interface Figures {
  readonly dayAgoPrice: Price | undefined
  readonly weekAgoPrice: Price | undefined
  readonly monthAgoPrice: Price | undefined
  readonly marketCap: Usd | undefined
  readonly dayAgoMarketCap: Usd | undefined
  readonly volume24h: Usd | undefined
  readonly circulatingSupply: Quantity | undefined
  readonly totalSupply: Quantity | undefined
  readonly maxSupply: Quantity | undefined
  readonly allTimeHigh: Price | undefined
  readonly allTimeHighAt: string | undefined
  readonly allTimeLow: Price | undefined
  readonly allTimeLowAt: string | undefined
}

/** An asset as a feed lists it. No price means that it cannot be traded. */
export interface Listing {
  readonly assetId: string
  /** The feed's id: tickers are not globally unique, these are. */
  readonly sourceId: string
  readonly name: string
  readonly description: string | undefined
  readonly category: AssetCategory
  readonly rank: number | undefined
  readonly price: Price | undefined
  readonly quotedAt: string
  readonly figures: Figures
  /** Prices an hour apart, the oldest first, from feeds that have them. */
  readonly hourlyPrices?: readonly Price[] | undefined
}

/** An asset as the platform knows it. It is never deleted, because users may hold it. */
export interface Asset extends Omit<Listing, 'price' | 'quotedAt' | 'hourlyPrices'> {
  readonly isActive: boolean
  /** The last accepted price. */
  readonly price: Price | undefined
  readonly quotedAt: string | undefined
  /** How many reads of the feed in a row had no listing or no price of it. */
  readonly missedReads: number
  /** Since when a reading outside the price band keeps it from being traded. */
  readonly haltedSince: string | undefined
  /** Since when so many reads in a row had no listing or price of it that it counts as delisted. */
  readonly delistedAt: string | undefined
  /** What the next reading is compared with; only the process that reads the feed keeps it up to date. */
  readonly band: BandState
}

/** Money of more digits cannot be trusted to fit anywhere, so that it counts as unknown. */
const tooMuch = 10n ** 24n

export function boundedUsd(cents: bigint | undefined): Usd | undefined {
  return cents !== undefined && cents >= 0n && cents < tooMuch ? usdFromCents(cents) : undefined
}

/** The price of all circulating units, as far as both are known. */
export function marketCapOf(
  price: Price | undefined,
  supply: Quantity | undefined,
): Usd | undefined {
  if (price === undefined || supply === undefined || supply === 0n) return undefined
  return boundedUsd(notional(price, supply, { round: 'down' }))
}

/** The quote that other services trade on; none for an asset that never had a price. */
export function quoteOf(asset: Asset): Quote | undefined {
  const { assetId, price, quotedAt, isActive, name, category, figures } = asset
  if (price === undefined || quotedAt === undefined) return undefined
  const { dayAgoPrice } = figures
  const { haltedSince, delistedAt } = asset
  const state = { isActive, haltedSince, delistedAt }
  return { assetId, price, quotedAt, ...state, name, category, dayAgoPrice }
}

/** Takes over a newer price; derived figures follow it. */
export function withQuote(asset: Asset, quote: Quote): Asset {
  if (asset.quotedAt !== undefined && quote.quotedAt < asset.quotedAt) return asset
  const { price, quotedAt, isActive, haltedSince, delistedAt } = quote
  const { figures } = asset
  const { allTimeHigh, allTimeLow } = figures
  return {
    ...asset,
    price,
    quotedAt,
    isActive,
    haltedSince,
    delistedAt,
    figures: {
      ...figures,
      dayAgoPrice: quote.dayAgoPrice ?? figures.dayAgoPrice,
      marketCap: marketCapOf(price, figures.circulatingSupply) ?? figures.marketCap,
      ...(allTimeHigh !== undefined && price > allTimeHigh && newHigh(price, quotedAt)),
      ...(allTimeLow !== undefined && price < allTimeLow && newLow(price, quotedAt)),
    },
  }
}

const newHigh = (allTimeHigh: Price, allTimeHighAt: string) => ({ allTimeHigh, allTimeHighAt })
const newLow = (allTimeLow: Price, allTimeLowAt: string) => ({ allTimeLow, allTimeLowAt })
