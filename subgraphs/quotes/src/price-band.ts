import type { Price } from '@cnop/kit/money'

/** How far one reading may be from the last accepted price before further readings must confirm it. */
export interface PriceBand {
  /** In whole per cent of the price that it is compared with. */
  readonly percent: number
  /** How long an accepted price counts, by the clock that the market is read with. */
  readonly windowMs: number
}

/** A price reading of the market. */
export interface Reading {
  readonly price: Price
  /** When the market made the price, as an ISO instant. */
  readonly quotedAt: string
  /** When it was read. */
  readonly readAtMs: number
}

/** The state of an asset between readings. */
export interface BandState {
  /** The last accepted price, and when a reading last had it. */
  readonly accepted?: { readonly price: Price; readonly atMs: number } | undefined
  /** Set while the asset is halted. */
  readonly doubt?: Doubt | undefined
}

/** A price that is not accepted yet. */
interface Doubt {
  readonly level: Price
  /** How many readings after the one that halted the asset have agreed on this level. */
  readonly agreed: number
  /** The last reading that was judged. */
  readonly price: Price
  readonly quotedAt: string
}

/** How many further readings have to agree before a halted asset trades again. */
const readingsToResume = 2

/**
 * Judges one reading. Outside the band around the last accepted price of the window it halts the asset, until two
 * further readings agree within the band around one level. The reading is accepted exactly when the new state has no
 * doubt. An asset without an accepted price in the window accepts whatever it reads.
 */
export function judgeReading(state: BandState, reading: Reading, band: PriceBand): BandState {
  const { accepted, doubt } = state
  if (doubt) return settleDoubt(state, doubt, reading, band)
  const isComparable = accepted !== undefined && reading.readAtMs - accepted.atMs <= band.windowMs
  if (!isComparable || isWithin(accepted.price, reading.price, band)) return accept(reading)
  return { accepted, doubt: { level: reading.price, agreed: 0, ...lastOf(reading) } }
}

function settleDoubt(
  { accepted }: BandState,
  doubt: Doubt,
  reading: Reading,
  band: PriceBand,
): BandState {
  // A feed that answers from a cache repeats one reading; that confirms nothing but the price of before.
  const isRepeated = reading.quotedAt === doubt.quotedAt && reading.price === doubt.price
  const isReturn = accepted !== undefined && isWithin(accepted.price, reading.price, band)
  if (isRepeated && !isReturn) return { accepted, doubt }
  const isSameLevel = isWithin(doubt.level, reading.price, band)
  const agreed = isSameLevel ? doubt.agreed + 1 : 1
  if (agreed >= readingsToResume) return accept(reading)
  const level = isSameLevel ? doubt.level : reading.price
  return { accepted, doubt: { level, agreed, ...lastOf(reading) } }
}

const accept = ({ price, readAtMs }: Reading): BandState => ({
  accepted: { price, atMs: readAtMs },
})

const lastOf = ({ price, quotedAt }: Reading) => ({ price, quotedAt })

/** Prices move in steps of one unit, so that a single step is always within the band. */
function isWithin(level: Price, price: Price, { percent }: PriceBand): boolean {
  const distance = price > level ? price - level : level - price
  return distance <= 1n || distance * 100n <= level * BigInt(percent)
}

/** Hourly prices, with each outlier outside the band around both adjacent prices replaced by the previous price. */
export function withoutSpikes(
  prices: readonly Price[],
  band: Pick<PriceBand, 'percent'>,
): readonly Price[] {
  const isIn = (level: Price, price: Price) => isWithin(level, price, { ...band, windowMs: 0 })
  return prices.map((price, place) => {
    const [before, after] = [prices[place - 1], prices[place + 1]]
    if (before === undefined || after === undefined) return price
    return isIn(before, after) && !isIn(before, price) && !isIn(after, price) ? before : price
  })
}
