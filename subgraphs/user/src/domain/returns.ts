/** What comes in at a moment; negative for what goes out. Amounts of one calculation are in one unit, here cents. */
export interface Flow {
  readonly atMs: number
  readonly amount: number
}

/** What something was worth at the beginning and at the end of a time, and what came in and went out between. */
export interface Period {
  readonly startMs: number
  readonly endMs: number
  readonly startValue: number
  readonly endValue: number
  /** Oldest first, none of them outside the period. */
  readonly flows: readonly Flow[]
}

/** How much of something there is, for ratios only: money itself is never computed with such numbers. */
export const sizeOf = (units: bigint): number => parseInt(units.toString(), 10)

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const netOf = ({ flows }: Pick<Period, 'flows'>): number => sum(flows.map(({ amount }) => amount))

/** Everything that was ever put in: no loss is larger. */
const atStake = ({ startValue, flows }: Period): number =>
  startValue + sum(flows.map(({ amount }) => Math.max(0, amount)))

/** Where nothing was there before the first flow or after the last one, time begins and ends with them. */
export function narrow(period: Period): Period {
  const { startValue, endValue, flows } = period
  const startMs = (startValue === 0 ? flows[0]?.atMs : undefined) ?? period.startMs
  const endMs = (endValue === 0 ? flows.at(-1)?.atMs : undefined) ?? period.endMs
  return { ...period, startMs, endMs }
}

/** The share of the time for which each flow was there; in no time at all, what came in was there and what left was too. */
const weigh = ({ startMs, endMs, flows }: Period) =>
  flows.map(({ atMs, amount }) => {
    const weight = endMs > startMs ? (endMs - atMs) / (endMs - startMs) : amount > 0 ? 1 : 0
    return { amount, weight }
  })

/**
 * The return of a short period by the modified Dietz method: the gain, divided by the average of what was there. Where
 * flows leave no sensible average, it is divided by all that was put in, so that it is never below -1. Undefined when
 * nothing was there.
 */
export function periodReturn(period: Period): number | undefined {
  const narrowed = narrow(period)
  const gain = period.endValue - period.startValue - netOf(period)
  const average =
    period.startValue + sum(weigh(narrowed).map(({ amount, weight }) => amount * weight))
  const base = average > 0 && gain >= -average ? average : atStake(period)
  return base > 0 ? gain / base : undefined
}

/** The time-weighted return: what a dollar became that was there all the time. */
export const linkReturns = (returns: readonly number[]): number =>
  returns.reduce((level, each) => level * (1 + each), 1) - 1

/** The logarithms of growth that are searched: from nothing left to a billion times as much. */
const [firstStep, largestStep] = [1e-3, Math.log(1e9)]
const bisections = 80

/**
 * The money-weighted return of the whole period, as XIRR defines it: at the one rate that lets the start value and all
 * flows grow to the end value. Not annualised. Where several rates do, it is the one nearest to zero on the side of the
 * gain. Undefined when nothing was there or no rate does.
 */
export function moneyWeightedReturn(period: Period): number | undefined {
  if (atStake(period) <= 0) return undefined
  const narrowed = narrow(period)
  if (narrowed.endMs <= narrowed.startMs) return periodReturn(period)
  const parts = [{ amount: period.startValue, weight: 1 }, ...weigh(narrowed)]
  const excess = (growth: number): number =>
    sum(parts.map(({ amount, weight }) => amount * Math.exp(growth * weight))) - period.endValue
  const atZero = excess(0)
  if (atZero === 0) return 0
  const isGain = atZero < 0
  if (!isGain && period.endValue === 0 && period.flows.every(({ amount }) => amount > 0)) return -1
  const found = findRoot((size) => excess(isGain ? size : -size) < 0 === isGain)
  return found === undefined ? undefined : Math.expm1(isGain ? found : -found)
}

/** The size at which a condition, which holds at zero, ends to hold. */
function findRoot(holds: (size: number) => boolean): number | undefined {
  let [low, high] = [0, firstStep]
  while (holds(high)) {
    if (high >= largestStep) return undefined
    ;[low, high] = [high, Math.min(high * 1.5, largestStep)]
  }
  for (let step = 0; step < bisections; step += 1) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return low
}

export const yearMs = 365 * 86_400_000

/** A return over some time as a return over a year of 365 days. */
export const annualise = (total: number, spanMs: number): number =>
  (1 + total) ** (yearMs / spanMs) - 1

/** The sample standard deviation of returns, annualised; undefined for fewer than two. */
export function volatilityOf(
  returns: readonly number[],
  periodsPerYear: number,
): number | undefined {
  if (returns.length < 2) return undefined
  const mean = sum(returns) / returns.length
  const squares = sum(returns.map((each) => (each - mean) ** 2))
  return Math.sqrt((squares / (returns.length - 1)) * periodsPerYear)
}

/** What something had become at a moment, compared with its beginning. */
export interface Level {
  readonly atMs: number
  readonly level: number
}

export interface Drawdown {
  /** The share of the highest level that was lost. */
  readonly share: number
  readonly fromMs: number
  readonly toMs: number
}

/** The deepest fall from a highest level so far; undefined when there was none. */
export function maximumDrawdown(levels: readonly Level[]): Drawdown | undefined {
  let [peak] = levels
  let deepest: Drawdown | undefined
  for (const { atMs, level } of levels) {
    if (!peak || level > peak.level) peak = { atMs, level }
    const share = peak.level > 0 ? 1 - level / peak.level : 0
    if (share > (deepest?.share ?? 0)) deepest = { share, fromMs: peak.atMs, toMs: atMs }
  }
  return deepest
}
