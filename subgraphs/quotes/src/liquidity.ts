import { wholeNumber } from '@cnop/kit/config'
import {
  divide,
  notionalDivisor,
  parseUsd,
  type Price,
  priceFromUnits,
  type Quantity,
  quantityFromUnits,
  type Usd,
  usdFromCents,
} from '@cnop/kit/money'
import { z } from 'zod'
import type { AssetCategory, Quote } from './quote.ts'
import { noiseAt, streamOf } from './simulation/noise.ts'

/** Where the market trades beside its mid price: a number for every asset, or a simulation of each. */
export interface LiquidityRules {
  /** The distance between bid and ask, in basis points of the mid price. */
  readonly spread: bigint | 'simulated'
  /** What the first level of each side is worth; undefined: the market takes any quantity at one price. */
  readonly depth: Usd | 'simulated' | undefined
}

/** The market trades any quantity at its mid price. */
export const noSpread: LiquidityRules = { spread: 0n, depth: undefined }

/**
 * Read by every service that trades or shows a market, and the same in all. What is not given follows the feed: a simulated
 * market has a simulated spread and depth, a real one trades any quantity at its price.
 */
export const liquidityFields = {
  INVENTORY_FEED: z.enum(['simulated', 'coingecko']).default('simulated'),
  MARKET_SPREAD_BASIS_POINTS: z
    .literal('simulated')
    .or(wholeNumber(0, 0, 1_000).transform(BigInt))
    .nullable()
    .default(null),
  MARKET_DEPTH: z
    .enum(['simulated', 'unlimited'])
    .or(
      z
        .string()
        .regex(/^[1-9]\d{0,9}$/, 'must be whole dollars, simulated or unlimited')
        .transform((text) => parseUsd(text)),
    )
    .optional(),
}

/** The rules that the variables come to. */
export function liquidityOf(vars: z.infer<z.ZodObject<typeof liquidityFields>>): LiquidityRules {
  const isSimulated = vars.INVENTORY_FEED === 'simulated'
  const spread = vars.MARKET_SPREAD_BASIS_POINTS ?? (isSimulated ? 'simulated' : noSpread.spread)
  const depth = vars.MARKET_DEPTH ?? (isSimulated ? 'simulated' : 'unlimited')
  return { spread, depth: depth === 'unlimited' ? undefined : depth }
}

/** How much of an asset is traded at a price. */
export interface Level {
  readonly price: Price
  /** Undefined for the last level, which has no end. */
  readonly quantity: Quantity | undefined
}

/** What the market would trade at one moment, the best price first on both sides. */
export interface Book {
  readonly bids: readonly Level[]
  readonly asks: readonly Level[]
}

type Moment = Pick<Quote, 'assetId' | 'category' | 'price' | 'quotedAt'>

const hourMs = 3_600_000
const spreadOctave = 103
const depthOctave = 104
const noiseRange = 32_768

/**
 * In millionths of the mid price, and in cents. An order of a few thousand dollars fills at the best price of a large asset,
 * one or two hundredths of a per cent apart from the other side; the largest orders go through some levels.
 */
const usual: Readonly<Record<AssetCategory, { spread: number; depth: number }>> = {
  STABLECOIN: { spread: 60, depth: 2_000_000 },
  MAJOR: { spread: 130, depth: 1_000_000 },
  ALTCOIN: { spread: 800, depth: 250_000 },
}

/** A figure that breathes between a half and one and a half of what is usual: a pure function of the asset and the time. */
function simulated(value: number, { assetId, quotedAt }: Moment, octave: number): bigint {
  const noise = noiseAt(streamOf(`liquidity/${assetId}`), octave, hourMs, Date.parse(quotedAt))
  return BigInt(Math.floor(value + (value * noise) / (2 * noiseRange)))
}

/** The spread in millionths of the mid price. */
const spreadOf = ({ spread }: LiquidityRules, moment: Moment): bigint =>
  spread === 'simulated'
    ? simulated(usual[moment.category].spread, moment, spreadOctave)
    : spread * 100n

function depthOf({ depth }: LiquidityRules, moment: Moment): Usd | undefined {
  if (depth !== 'simulated') return depth
  return usdFromCents(simulated(usual[moment.category].depth, moment, depthOctave))
}

const levelCount = 5
/** Between two levels, at least: in millionths of the mid price. */
const leastStep = 500n
const million = 1_000_000n
/** Prices of levels have as many as prices of markets usually have. */
const digits = 7

/**
 * The market at a quote. Bid and ask are half of the spread from the mid price. Behind them are further levels, each worse by a
 * step and larger than the one before; the last one has no end, so that an order of any size has a price.
 */
export function bookOf(rules: LiquidityRules, moment: Moment): Book {
  const spread = spreadOf(rules, moment)
  const depth = depthOf(rules, moment)
  const half = divide(moment.price * spread, 2n * million, 'up')
  const least = divide(moment.price * leastStep, million, 'up')
  const step = half > least ? half : least
  const tick = 10n ** BigInt(Math.max(0, moment.price.toString().length - digits))
  const side = (sign: bigint): readonly Level[] =>
    Array.from({ length: depth === undefined ? 1 : levelCount }, (_, place) => {
      const distance = half + step * BigInt(place)
      const price = atLeast(moment.price, onTick(moment.price, sign * distance, tick))
      const isLast = depth === undefined || place === levelCount - 1
      return { price, quantity: isLast ? undefined : sizeOf(depth, place, price) }
    })
  return { bids: side(-1n), asks: side(1n) }
}

/** A price away from the mid price, rounded further away. */
function onTick(mid: Price, distance: bigint, tick: bigint): bigint {
  if (distance === 0n) return mid
  return divide(mid + distance, tick, distance > 0n ? 'up' : 'down') * tick
}

/** No level of an asset that has a price is worth nothing. */
const atLeast = (mid: Price, price: bigint): Price =>
  price > 0n || mid <= 0n ? priceFromUnits(price) : priceFromUnits(1n)

const sizeOf = (depth: Usd, place: number, price: Price): Quantity =>
  quantityFromUnits((depth * BigInt(place + 1) * notionalDivisor) / price)

/** Whether a market has an end at each price, so that who trades leaves less for the next order. */
export const hasDepth = ([best]: readonly Level[]): boolean => best?.quantity !== undefined

/** The levels that are left where a quantity was taken, the best first. */
export function leftAfter(levels: readonly Level[], taken: Quantity): readonly Level[] {
  let left: bigint = taken
  return levels.flatMap((level) => {
    const { quantity } = level
    if (quantity === undefined || left === 0n) return [level]
    const gone = left < quantity ? left : quantity
    left -= gone
    return gone === quantity ? [] : [{ ...level, quantity: quantityFromUnits(quantity - gone) }]
  })
}

/** How much the levels at a limit or better trade; undefined where they have no end. */
export function quantityWithin(
  levels: readonly Level[],
  side: 'BUY' | 'SELL',
  limit: Price,
): Quantity | undefined {
  let sum = 0n
  for (const { price, quantity } of levels) {
    if (side === 'BUY' ? price > limit : price < limit) break
    if (quantity === undefined) return undefined
    sum += quantity
  }
  return quantityFromUnits(sum)
}

/** The average price of a quantity that takes the levels of a side one after the other, rounded against whoever takes them. */
export function averageOver(
  levels: readonly Level[],
  side: 'BUY' | 'SELL',
  asked: Quantity,
): Price {
  let [left, value, worst]: [bigint, bigint, bigint] = [asked, 0n, 0n]
  for (const { price, quantity } of levels) {
    const taken: bigint = quantity === undefined || quantity > left ? left : quantity
    value += taken * price
    left -= taken
    worst = price
    if (left === 0n) break
  }
  if (asked === 0n) return priceFromUnits(worst)
  return priceFromUnits(divide(value + left * worst, asked, side === 'BUY' ? 'up' : 'down'))
}
