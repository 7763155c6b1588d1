import { type Price, priceFromUnits, type Usd, usdFromCents } from '@cnop/kit/money'
import type { Candle } from '../candle.ts'
import { createExtremes, type Path } from './extremes.ts'
import { logOfRatio, scaleByLog } from './fixed-point.ts'
import { type SimulatedListing, simulatedListings } from './listings.ts'
import { bitsAt, noiseAt, sizeOfAll, type Stream, streamOf, walkAt } from './noise.ts'
import { movementOf, plungeAt, plungeRange, type Scenario, turnsBetween } from './scenario.ts'

export interface SimulationOptions {
  readonly seed: string
  readonly scenario: Scenario
}

/** A market whose every price is a pure function of seed, scenario and time: the past needs no storage. */
export interface SimulatedMarket {
  readonly listings: readonly SimulatedListing[]
  /** Undefined for an asset that the market does not have. */
  priceAt(assetId: string, timeMs: number): Price | undefined
  /** What was traded in the 24 hours before, by the five-minute candles of a day. */
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
  /** The whole blocks of the day that was asked for last. */
  readonly day: { first: number; end: number; weight: number }
}

/** The daily volatility of the market as a whole, in hundredths of a per cent. */
const marketVolatility = 180

/** A tick asks for the prices of now, a day, a week and a month ago. */
const momentsKept = 16

export function simulateMarket({ seed, scenario }: SimulationOptions): SimulatedMarket {
  const marketStream = streamOf(`${seed}/market`)
  const movement = movementOf[scenario]
  const movers = new Map(
    simulatedListings.map((listing) => [listing.assetId, toMover(seed, listing)]),
  )

  /** Every asset is asked for the same few moments, one asset after the other. */
  const moments = new Map<number, number>()
  function marketAt(timeMs: number): number {
    const known = moments.get(timeMs)
    if (known !== undefined) return known
    const walk = walkAt(marketStream, marketVolatility, timeMs)
    const log = Math.floor((walk * movement) / 100) + plungeAt(scenario, timeMs)
    if (moments.size >= momentsKept) moments.clear()
    moments.set(timeMs, log)
    return log
  }

  function moverLogAt(mover: Mover, timeMs: number): number {
    const own = walkAt(mover.stream, mover.volatility, timeMs)
    const log =
      Math.floor((own * movement) / 100) + Math.floor((marketAt(timeMs) * mover.beta) / 100)
    return reflect(log, mover)
  }

  const pathOf = createPaths(marketStream, scenario)
  const moverPriceAt = (mover: Mover, timeMs: number): Price =>
    priceOf(mover, moverLogAt(mover, timeMs))

  return {
    listings: simulatedListings,
    priceAt: (assetId, timeMs) => {
      const mover = movers.get(assetId)
      return mover && moverPriceAt(mover, timeMs)
    },
    volumeAt: (assetId, timeMs) => {
      const mover = movers.get(assetId)
      return mover ? volumeBetween(mover, startOfDay(timeMs), timeMs, slideDay) : usdFromCents(0n)
    },
    candles: (assetId, span) => {
      const mover = movers.get(assetId)
      return mover
        ? candlesOf(
            mover,
            span,
            pathOf(mover, (timeMs) => moverLogAt(mover, timeMs)),
          )
        : []
    },
  }
}

/** When the first candle of a day began, whose last one is under way: both count, so that a day has as many as fit. */
const startOfDay = (timeMs: number): number =>
  Math.floor(timeMs / blockMs) * blockMs + blockMs - dayMs

function toMover(seed: string, listing: SimulatedListing): Mover {
  return {
    ...listing,
    stream: streamOf(`${seed}/${listing.assetId}`),
    ceiling: logOfRatio(listing.allTimeHigh, listing.basePrice),
    floor: logOfRatio(listing.allTimeLow, listing.basePrice),
    day: { first: 0, end: 0, weight: 0 },
  }
}

/** The logarithms of a mover's prices, as the sum of its own walk and its share of the market. */
const createPaths =
  (marketStream: Stream, scenario: Scenario) =>
  (mover: Mover, logAt: Path['logAt']): Path => {
    const movement = movementOf[scenario] / 100
    const share = mover.beta / 100
    const walks = [
      { stream: mover.stream, share: mover.volatility * movement },
      { stream: marketStream, share: marketVolatility * movement * share },
    ]
    return {
      walks,
      addedAt: (timeMs) => plungeAt(scenario, timeMs) * share,
      addedRange: { low: plungeRange.low * share, high: plungeRange.high * share },
      bendsBetween: (fromMs, toMs) => turnsBetween(scenario, fromMs, toMs),
      turns: { low: mover.floor, high: mover.ceiling },
      logAt,
      slack: roundingOf(walks, movement, share),
    }
  }

/** How much lower a logarithm is than the sum of its waves, because every step is rounded down. */
function roundingOf(walks: Path['walks'], movement: number, share: number): number {
  const waves = walks.reduce((sum, walk) => sum + walk.share * sizeOfAll, 0)
  // The walk, its movement, and the share of the market.
  return waves + movement + 1 + (movement + 1) * share + 1
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

const priceOf = (mover: Mover, log: number): Price =>
  priceFromUnits(clamp(roundToTick(scaleByLog(mover.basePrice, log)), mover))

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
const minuteMs = 60_000
const blockMs = 5 * minuteMs
const minutesPerBlock = blockMs / minuteMs
const volumePeriodMs = 6 * 3_600_000
const volumeOctave = 101
const jitterOctave = 102
/** An ordinary block has 1,000 per mille of an even part of the day, times an average jitter of 1,024. */
const ordinaryBlock = 1_000n * 1_024n

const jitterOf = (mover: Mover, minute: number): number =>
  512 + (bitsAt(mover.stream, jitterOctave, minute) & 0x3ff)

/** The weight of five minutes: by up to 40 % more or less over the hours, and by half from one block to the next. */
function blockWeight(mover: Mover, block: number): number {
  const swing = noiseAt(mover.stream, volumeOctave, volumePeriodMs, block * blockMs)
  return (1_000 + Math.floor((swing * 400) / 32_768)) * jitterOf(mover, block * minutesPerBlock)
}

/** What a part of a block weighs, in milliseconds times weight; its minutes differ, and add up to the block. */
function partWeight(mover: Mover, block: number, fromMs: number, toMs: number): number {
  const firstMinute = block * minutesPerBlock
  const jitters = Array.from({ length: minutesPerBlock }, (_, place) =>
    jitterOf(mover, firstMinute + place),
  )
  const all = jitters.reduce((sum, jitter) => sum + jitter, 0)
  const weight = blockWeight(mover, block)
  return jitters.reduce((sum, jitter, place) => {
    const startMs = (firstMinute + place) * minuteMs
    const lengthMs = Math.min(toMs, startMs + minuteMs) - Math.max(fromMs, startMs)
    if (lengthMs <= 0) return sum
    return sum + Math.floor((weight * lengthMs * jitter * minutesPerBlock) / all)
  }, 0)
}

function weightOfBlocks(mover: Mover, first: number, end: number): number {
  let weight = 0
  for (let block = first; block < end; block += 1) weight += blockWeight(mover, block)
  return weight
}

/** The same for the last 24 hours, which every tick asks for: only the blocks that came or went are weighed. */
function slideDay(mover: Mover, first: number, end: number): number {
  const { day } = mover
  const overlaps = day.first <= first && first < day.end && day.end <= end
  day.weight = overlaps
    ? day.weight + weightOfBlocks(mover, day.end, end) - weightOfBlocks(mover, day.first, first)
    : weightOfBlocks(mover, first, end)
  day.first = first
  day.end = end
  return day.weight
}

/** What was traded in a stretch of time. Stretches add up, so that candles of every length agree. */
function volumeBetween(
  mover: Mover,
  fromMs: number,
  toMs: number,
  weigh: typeof weightOfBlocks = weightOfBlocks,
): Usd {
  const first = Math.ceil(fromMs / blockMs)
  const end = Math.floor(toMs / blockMs)
  const wholeBlocks = first < end ? weigh(mover, first, end) : 0
  // The blocks at both ends, once when it is the same one.
  const ends = new Set([Math.floor(fromMs / blockMs), end])
  let parts = 0
  for (const block of ends) {
    if (block < first || block >= end) parts += partWeight(mover, block, fromMs, toMs)
  }
  const weight = BigInt(wholeBlocks) * BigInt(blockMs) + BigInt(parts)
  return usdFromCents((mover.dailyVolume * weight) / ordinaryBlock / BigInt(dayMs))
}

function candlesOf(
  mover: Mover,
  { intervalMs, fromMs, toMs }: CandleSpan,
  path: Path,
): readonly Candle[] {
  const findExtremes = createExtremes(path)
  const candles: Candle[] = []
  const firstMs = Math.floor(fromMs / intervalMs) * intervalMs
  let open = path.logAt(firstMs)
  for (let startMs = firstMs; startMs < toMs; startMs += intervalMs) {
    const endMs = Math.min(startMs + intervalMs, toMs)
    const close = path.logAt(endMs)
    const { low, high } = findExtremes({ fromMs: startMs, toMs: endMs, ends: [open, close] })
    candles.push({
      startsAtMs: startMs,
      open: priceOf(mover, open),
      high: priceOf(mover, high),
      low: priceOf(mover, low),
      close: priceOf(mover, close),
      volume: volumeBetween(mover, startMs, endMs),
    })
    open = close
  }
  return candles
}
