import { readInstant } from '@cnop/kit/instant'
import { priceFromUnits, priceScale, type Price, usdScale } from '@cnop/kit/money'
import { isTicker } from '@cnop/quotes/quote'
import { z } from 'zod'
import { boundedUsd, type Figures, type Listing } from '../domain/asset.ts'
import { categoryOf } from '../domain/category.ts'
import { FeedUnavailable } from './market-feed.ts'
import { positivePrice, positiveQuantity, positiveUsd, priceBefore, unitsOf } from './decimal.ts'

/** A figure that is null, zero, absurd or of another type is unknown, and so is one that is absent. */
const figure = z.unknown().optional()
const text = z.string().nullish().catch(undefined)

/** A coin of "coins/markets". Only its id has to be there: an entry without one cannot be identified. */
const coinSchema = z.object({
  id: z.string().min(1).max(200),
  symbol: text,
  name: text,
  last_updated: text,
  ath_date: text,
  atl_date: text,
  sparkline_in_7d: z
    .object({ price: z.array(z.unknown()).max(1_000) })
    .nullish()
    .catch(undefined),
  market_cap_rank: figure,
  current_price: figure,
  market_cap: figure,
  market_cap_change_24h: figure,
  total_volume: figure,
  price_change_24h: figure,
  price_change_percentage_24h: figure,
  price_change_percentage_7d_in_currency: figure,
  price_change_percentage_30d_in_currency: figure,
  circulating_supply: figure,
  total_supply: figure,
  max_supply: figure,
  ath: figure,
  atl: figure,
})

type Coin = z.infer<typeof coinSchema>

/** What a page is read with. */
export interface PageContext {
  readonly nowMs: number
  /** The tickers of coins that are known already, by the feed's own id: they stay when an entry lacks its symbol. */
  readonly tickers: ReadonlyMap<string, string>
}

/** The coins of one page, and how many entries it had: a page without any is behind the last one. */
export interface Page {
  readonly listings: readonly Listing[]
  readonly entries: number
}

/** Reads one page. A page that is no list is refused; an entry that is no coin is left out. */
export function parsePage(body: string, context: PageContext): Page {
  const entries = toList(body)
  const listings = entries.flatMap((entry) => {
    const coin = coinSchema.safeParse(entry)
    return coin.success ? toListing(coin.data, context) : []
  })
  return { listings, entries: entries.length }
}

function toList(body: string): readonly unknown[] {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw new FeedUnavailable('The market-data service did not send JSON.')
  }
  if (!Array.isArray(value))
    throw new FeedUnavailable('The market-data service sent no list of coins.')
  return value
}

/** USD is cash on this platform, so no asset may have this ticker. */
const reservedTickers = new Set(['USD'])

function toListing(coin: Coin, { nowMs, tickers }: PageContext): readonly Listing[] {
  const assetId = coin.symbol?.trim().toUpperCase() || tickers.get(coin.id)
  if (assetId === undefined || !isTicker(assetId) || reservedTickers.has(assetId)) return []
  const price = positivePrice(coin.current_price)
  const name = plainText(coin.name) || assetId
  const rank = rankOf(coin.market_cap_rank)
  return [
    {
      assetId,
      sourceId: coin.id,
      name,
      description: `${name} is traded under the ticker ${assetId}.`,
      category: categoryOf(assetId, rank),
      rank,
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

const longestName = 100

/** A name is shown in many places, so that it never carries markup or control characters. */
function plainText(given: string | null | undefined): string {
  return (given ?? '')
    .slice(0, 1_000)
    .replace(/<[^>]*>/g, ' ')
    .replace(/[<>\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestName)
    .trim()
}

/** A place from 1, as a number or as text. */
function rankOf(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^[1-9]\d{0,5}$/.test(text) ? parseInt(text, 10) : undefined
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
