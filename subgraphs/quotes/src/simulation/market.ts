import { invariant } from '@cnop/kit/errors'
import { type Price, priceFromUnits, type Usd, usdFromCents } from '@cnop/kit/money'
import type { Candle } from '../candle.ts'
import { logOfRatio, scaleByLog } from './fixed-point.ts'
import { type SimulatedListing, simulatedListings } from './listings.ts'
import { bitsAt, noiseAt, type Stream, streamOf, walkAt } from './noise.ts'
import { movementOf, plungeAt, type Scenario } from './scenario.ts'

export interface SimulationOptions {
  readonly seed: string
  readonly scenario: Scenario
}

/** A market whose every price is a pure function of seed, scenario and time: the past needs no storage. */
export interface SimulatedMarket {
  readonly listings: readonly SimulatedListing[]
  /** Undefined for an asset that the market does not have. */
  priceAt(assetId: string, timeMs: number): Price | undefined
  /** What was traded in the 24 hours before. */
  volumeAt(assetId: string, timeMs: number): Usd
  /** Candles of a whole number of milliseconds each; the last one ends at `toMs` even when its time is not over. */
  candles(assetId: string, span: CandleSpan): readonly Candle[]
}

export interface CandleSpan {
  readonly intervalMs: number
  /** The first candle starts at the last multiple of the interval up to here. */
  readonly fromMs: number
  readonly toMs: number
}

interface Mover extends SimulatedListing {
  readonly stream: Stream
  readonly ceiling: number
  readonly floor: number
}

/** The daily volatility of the market as a whole, in hundredths of a per cent. */
const marketVolatility = 180

export function simulateMarket({ seed, scenario }: SimulationOptions): SimulatedMarket {
  const marketStream = streamOf(`${seed}/market`)
  const movement = movementOf[scenario]
  const movers = new Map(
    simulatedListings.map((listing) => [listing.assetId, toMover(seed, listing)]),
  )

  /** Every asset of one moment moves with the same market, so the last moment is kept. */
  let lastMoment = { timeMs: -Infinity, log: 0 }
  function marketAt(timeMs: number): number {
    if (lastMoment.timeMs !== timeMs) {
      const walk = walkAt(marketStream, marketVolatility, timeMs)
      const log = Math.floor((walk * movement) / 100) + plungeAt(scenario, timeMs)
      lastMoment = { timeMs, log }
    }
    return lastMoment.log
  }

  function moverPriceAt(mover: Mover, timeMs: number): Price {
    const own = walkAt(mover.stream, mover.volatility, timeMs)
    const log =
      Math.floor((own * movement) / 100) + Math.floor((marketAt(timeMs) * mover.beta) / 100)
    const price = scaleByLog(mover.basePrice, reflect(log, mover))
    return priceFromUnits(clamp(roundToTick(price), mover))
  }

  return {
    listings: simulatedListings,
    priceAt: (assetId, timeMs) => {
      const mover = movers.get(assetId)
      return mover && moverPriceAt(mover, timeMs)
    },
    volumeAt: (assetId, timeMs) => volumeOf(movers.get(assetId), dayMs, timeMs),
    candles: (assetId, span) => {
      const mover = movers.get(assetId)
      return mover ? candlesOf(mover, span, (timeMs) => moverPriceAt(mover, timeMs)) : []
    },
  }
}

function toMover(seed: string, listing: SimulatedListing): Mover {
  return {
    ...listing,
    stream: streamOf(`${seed}/${listing.assetId}`),
    ceiling: logOfRatio(listing.allTimeHigh, listing.basePrice),
    floor: logOfRatio(listing.allTimeLow, listing.basePrice),
  }
}

/** A walk that reaches the highest or lowest price ever turns round. */
function reflect(log: number, { ceiling, floor }: Mover): number {
  if (log > ceiling) return Math.max(floor, 2 * ceiling - log)
  if (log < floor) return Math.min(ceiling, 2 * floor - log)
  return log
}

function clamp(price: bigint, { allTimeHigh, allTimeLow }: Mover): bigint {
  if (price > allTimeHigh) return allTimeHigh
  return price < allTimeLow ? allTimeLow : price
}

/** Prices from 100 dollars have cents, from one dollar four decimals, below that six significant digits. */
const cents = 10_000_000_000n
const hundredDollars = 100_000_000_000_000n
const dollar = 1_000_000_000_000n

function roundToTick(price: bigint): bigint {
  if (price >= hundredDollars) return price - (price % cents)
  if (price >= dollar) return price - (price % 100_000_000n)
  const tick = 10n ** BigInt(Math.max(0, price.toString().length - 6))
  return price - (price % tick)
}

const dayMs = 86_400_000
const volumePeriodMs = 6 * 3_600_000
const volumeOctave = 101
const jitterOctave = 102

/** The volume of a stretch of time: its part of an ordinary day, more or less by up to 40 %. */
function volumeOf(mover: Mover | undefined, lengthMs: number, endMs: number): Usd {
  if (!mover) return usdFromCents(0n)
  const swing = noiseAt(mover.stream, volumeOctave, volumePeriodMs, endMs)
  const perMille = BigInt(1_000 + Math.floor((swing * 400) / 32_768))
  return usdFromCents((mover.dailyVolume * perMille * BigInt(lengthMs)) / BigInt(dayMs) / 1_000n)
}

/** How often the price is looked at within one candle. */
const samplesPerCandle = 12

function candlesOf(
  mover: Mover,
  { intervalMs, fromMs, toMs }: CandleSpan,
  priceAt: (timeMs: number) => Price,
): readonly Candle[] {
  invariant(intervalMs >= samplesPerCandle, 'A candle is long enough to look at its price.')
  const candles: Candle[] = []
  const firstMs = Math.floor(fromMs / intervalMs) * intervalMs
  let open = priceAt(firstMs)
  for (let startMs = firstMs; startMs < toMs; startMs += intervalMs) {
    const endMs = Math.min(startMs + intervalMs, toMs)
    const inside = samplesBetween(startMs, intervalMs, endMs).map(priceAt)
    const close = priceAt(endMs)
    const prices = [open, ...inside, close]
    candles.push({
      startsAtMs: startMs,
      open,
      ...extremes(prices),
      close,
      volume: candleVolume(mover, startMs, endMs),
    })
    open = close
  }
  return candles
}

/** The moments at which a candle looks at the price do not depend on how much of it is over. */
function samplesBetween(startMs: number, intervalMs: number, endMs: number): readonly number[] {
  const step = Math.floor(intervalMs / samplesPerCandle)
  return Array.from(
    { length: samplesPerCandle - 1 },
    (_, place) => startMs + (place + 1) * step,
  ).filter((timeMs) => timeMs < endMs)
}

export function extremes(prices: readonly Price[]): { readonly high: Price; readonly low: Price } {
  let [high, low] = [prices[0] ?? priceFromUnits(0n), prices[0] ?? priceFromUnits(0n)]
  for (const price of prices) {
    if (price > high) high = price
    if (price < low) low = price
  }
  return { high, low }
}

/** Single candles differ more than days do. */
function candleVolume(mover: Mover, startMs: number, endMs: number): Usd {
  const volume = volumeOf(mover, endMs - startMs, endMs)
  const jitter = bitsAt(mover.stream, jitterOctave, Math.floor(startMs / 60_000)) & 0x3ff
  return usdFromCents((volume * BigInt(512 + jitter)) / 1_024n)
}
