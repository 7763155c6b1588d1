import { readInstant } from '@cnop/kit/instant'
import { priceFromUnits, priceScale, type Price, usdScale } from '@cnop/kit/money'
import { isTicker } from '@cnop/quotes/quote'
import { z } from 'zod'
import { boundedUsd, type Figures, type Listing } from '../domain/asset.ts'
import { categoryOf } from '../domain/category.ts'
import { FeedUnavailable } from './market-feed.ts'
import { positivePrice, positiveQuantity, positiveUsd, priceBefore, unitsOf } from './decimal.ts'

/** A coin of "coins/markets". Every figure may be null, zero, absent or of another type; none of that is an error. */
const coinSchema = z.object({
  id: z.string().min(1).max(200),
  symbol: z.string().min(1).max(50),
  name: z.string().min(1).max(200),
  market_cap_rank: z.int().positive().nullish().catch(undefined),
  last_updated: z.string().nullish().catch(undefined),
  ath_date: z.string().nullish().catch(undefined),
  atl_date: z.string().nullish().catch(undefined),
  sparkline_in_7d: z
    .object({ price: z.array(z.unknown()).max(1_000) })
    .nullish()
    .catch(undefined),
  current_price: z.unknown(),
  market_cap: z.unknown(),
  market_cap_change_24h: z.unknown(),
  total_volume: z.unknown(),
  price_change_24h: z.unknown(),
  price_change_percentage_24h: z.unknown(),
  price_change_percentage_7d_in_currency: z.unknown(),
  price_change_percentage_30d_in_currency: z.unknown(),
  circulating_supply: z.unknown(),
  total_supply: z.unknown(),
  max_supply: z.unknown(),
  ath: z.unknown(),
  atl: z.unknown(),
})

type Coin = z.infer<typeof coinSchema>

/** Reads one page. A page that is no list is refused; an entry that is no coin is left out. */
export function parsePage(text: string, nowMs: number): readonly Listing[] {
  return toList(text).flatMap((entry) => {
    const coin = coinSchema.safeParse(entry)
    return coin.success ? toListing(coin.data, nowMs) : []
  })
}

function toList(text: string): readonly unknown[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new FeedUnavailable('The market-data service did not send JSON.')
  }
  if (!Array.isArray(value))
    throw new FeedUnavailable('The market-data service sent no list of coins.')
  return value
}

/** USD is cash on this platform, whatever else calls itself so. */
const reservedTickers = new Set(['USD'])

function toListing(coin: Coin, nowMs: number): readonly Listing[] {
  const assetId = coin.symbol.trim().toUpperCase()
  if (!isTicker(assetId) || reservedTickers.has(assetId)) return []
  const price = positivePrice(coin.current_price)
  const name = coin.name.trim().slice(0, 100)
  return [
    {
      assetId,
      sourceId: coin.id,
      name,
      description: `${name} is traded under the ticker ${assetId}.`,
      category: categoryOf(assetId, coin.market_cap_rank ?? undefined),
      rank: coin.market_cap_rank ?? undefined,
      price,
      quotedAt: pastInstant(coin.last_updated, nowMs) ?? new Date(nowMs).toISOString(),
      figures: toFigures(coin, price, nowMs),
      hourlyPrices: coin.sparkline_in_7d?.price
        .map(positivePrice)
        .filter((one) => one !== undefined)
        .slice(-169),
    },
  ]
}

function toFigures(coin: Coin, price: Price | undefined, nowMs: number): Figures {
  const marketCap = positiveUsd(coin.market_cap)
  const capChange = unitsOf(coin.market_cap_change_24h, usdScale)
  return {
    dayAgoPrice: dayAgoPrice(coin, price),
    weekAgoPrice: priceBefore(price, coin.price_change_percentage_7d_in_currency),
    monthAgoPrice: priceBefore(price, coin.price_change_percentage_30d_in_currency),
    marketCap,
    dayAgoMarketCap:
      marketCap === undefined || capChange === undefined
        ? undefined
        : boundedUsd(marketCap - capChange),
    volume24h: positiveUsd(coin.total_volume),
    circulatingSupply: positiveQuantity(coin.circulating_supply),
    totalSupply: positiveQuantity(coin.total_supply),
    maxSupply: positiveQuantity(coin.max_supply),
    allTimeHigh: positivePrice(coin.ath),
    allTimeHighAt: pastInstant(coin.ath_date, nowMs),
    allTimeLow: positivePrice(coin.atl),
    allTimeLowAt: pastInstant(coin.atl_date, nowMs),
  }
}

/** The change in dollars is exact where the one in per cent is rounded. */
function dayAgoPrice(coin: Coin, price: Price | undefined): Price | undefined {
  const change = unitsOf(coin.price_change_24h, priceScale)
  if (price === undefined || change === undefined || price - change <= 0n) {
    return priceBefore(price, coin.price_change_percentage_24h)
  }
  return priceFromUnits(price - change)
}

/** An instant that has passed; clocks of others run ahead at times. */
function pastInstant(text: string | null | undefined, nowMs: number): string | undefined {
  const ms = readInstant(text ?? '')
  return ms !== undefined && ms >= 0 ? new Date(Math.min(ms, nowMs)).toISOString() : undefined
}
