import { type Price, subtractUsd, type Usd, usdFromCents, zeroUsd } from '@cnop/kit/money'
import {
  annualise,
  type Drawdown,
  type Flow,
  type Level,
  linkReturns,
  maximumDrawdown,
  moneyWeightedReturn,
  narrow,
  type Period,
  periodReturn,
  sizeOf,
  volatilityOf,
  yearMs,
} from './returns.ts'

const dayMs = 86_400_000
/** The market never closes. */
const daysPerYear = 365

/** What something was worth when a day began or ended. */
export interface Valuation {
  readonly atMs: number
  /** The last journal entry that is counted. */
  readonly sequence: bigint
  readonly value: Usd
  /** What had been put in by then, less what was taken out; undefined where only `movements` tell. */
  readonly putIn?: Usd
}

/** What was put in by an entry, or taken out if it is negative. */
export interface Movement {
  readonly sequence: bigint
  readonly atMs: number
  readonly amount: Usd
}

export interface PerformanceFacts {
  /** The beginning of each day and the end of the last one, oldest first: two or more. */
  readonly valuations: readonly Valuation[]
  /** Every movement behind `knownAfter`, in the order of the journal. */
  readonly movements: readonly Movement[]
  readonly knownAfter: bigint
}

export interface Performance {
  /** When something was there first. */
  readonly sinceMs: number | undefined
  readonly untilMs: number
  readonly startValue: Usd
  readonly endValue: Usd
  readonly putIn: Usd
  readonly timeWeighted: Total | undefined
  readonly moneyWeighted: Total | undefined
  readonly risk: Risk
}

/** A return over the whole time, and in a year where it was one or more. */
export interface Total {
  readonly total: number
  readonly annual: number | undefined
}

export interface Risk {
  readonly volatility: number | undefined
  readonly drawdown: Drawdown | undefined
}

/**
 * What came in and went out on a day, at the time when it did. Where entries were not read, the day's net amount counts
 * from its beginning if it came in, and until its end if it left.
 */
function flowsOf(
  start: Valuation,
  end: Valuation,
  moved: readonly Movement[] | undefined,
): readonly Flow[] {
  if (!moved) {
    const amount = sizeOf(subtractUsd(end.putIn ?? zeroUsd, start.putIn ?? zeroUsd))
    return amount === 0 ? [] : [{ atMs: amount > 0 ? start.atMs : end.atMs, amount }]
  }
  return moved
    .map(({ atMs, amount }) => ({
      // The clocks of processes differ a little, around midnight.
      atMs: Math.min(Math.max(atMs, start.atMs), end.atMs),
      amount: sizeOf(amount),
    }))
    .sort((a, b) => a.atMs - b.atMs)
}

/** Gives the movements up to a sequence that were not given before. */
function takeMovements(movements: readonly Movement[]): (through: bigint) => readonly Movement[] {
  let next = 0
  return (through) => {
    const first = next
    while ((movements[next]?.sequence ?? through + 1n) <= through) next += 1
    return movements.slice(first, next)
  }
}

function daysOf({ valuations, movements, knownAfter }: PerformanceFacts): readonly Period[] {
  const takeThrough = takeMovements(movements)
  takeThrough(valuations[0]?.sequence ?? 0n)
  return valuations.slice(1).map((end, place) => {
    const start = valuations[place] ?? end
    const moved = takeThrough(end.sequence)
    return {
      ...{ startMs: start.atMs, endMs: end.atMs },
      ...{ startValue: sizeOf(start.value), endValue: sizeOf(end.value) },
      flows: flowsOf(start, end, start.sequence < knownAfter ? undefined : moved),
    }
  })
}

function totalOf(total: number | undefined, spanMs: number): Total | undefined {
  if (total === undefined) return undefined
  return { total, annual: spanMs >= yearMs ? annualise(total, spanMs) : undefined }
}

interface DayReturn {
  readonly day: Period
  readonly value: number
}

/** Volatility is that of whole days; the highest and the lowest level may also be those of a day that is not over. */
function riskOf(returns: readonly DayReturn[]): Risk {
  const whole = returns.filter(({ day }) => day.endMs - day.startMs === dayMs && day.startValue > 0)
  const levels: Level[] = []
  for (const { day, value } of returns) {
    const before = levels.at(-1) ?? { atMs: narrow(day).startMs, level: 1 }
    if (levels.length === 0) levels.push(before)
    levels.push({ atMs: day.endMs, level: before.level * (1 + value) })
  }
  const values = whole.map(({ value }) => value)
  return { volatility: volatilityOf(values, daysPerYear), drawdown: maximumDrawdown(levels) }
}

/** How something performed: each day's return is linked to the next; the money-weighted return takes the range as a whole. */
export function computePerformance(facts: PerformanceFacts): Performance {
  const days = daysOf(facts)
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) throw new Error('A range has a day.')
  const whole: Period = {
    ...{ startMs: first.startMs, endMs: last.endMs },
    ...{ startValue: first.startValue, endValue: last.endValue },
    flows: days.flatMap(({ flows }) => flows),
  }
  const returns = days.flatMap((day): DayReturn[] => {
    const value = periodReturn(day)
    return value === undefined ? [] : [{ day, value }]
  })
  const span = narrow(whole)
  const spanMs = span.endMs - span.startMs
  const values = returns.map(({ value }) => value)
  const timeWeighted = values.length > 0 ? linkReturns(values) : undefined
  return {
    sinceMs: returns[0] && span.startMs,
    untilMs: whole.endMs,
    startValue: facts.valuations[0]?.value ?? zeroUsd,
    endValue: facts.valuations.at(-1)?.value ?? zeroUsd,
    putIn: usdFromCents(BigInt(whole.flows.reduce((total, { amount }) => total + amount, 0))),
    timeWeighted: totalOf(timeWeighted, spanMs),
    moneyWeighted: totalOf(moneyWeightedReturn(whole), spanMs),
    risk: riskOf(returns),
  }
}

export interface TimedPrice {
  readonly atMs: number
  readonly price: Price
}

/** What an asset did by itself between the first and the last of these prices, which are a day apart or less. */
export function computeBenchmark(prices: readonly TimedPrice[]): (Risk & Total) | undefined {
  const levels = prices.map(({ atMs, price }) => ({ atMs, level: sizeOf(price) }))
  const [first, last] = [levels[0], levels.at(-1)]
  if (!first || !last || levels.some(({ level }) => level <= 0)) return undefined
  const returns = levels.slice(1).map(({ atMs, level }, place): DayReturn => {
    const before = levels[place] ?? first
    const ends = { startMs: before.atMs, endMs: atMs }
    const day = { ...ends, startValue: before.level, endValue: level, flows: [] }
    return { day, value: level / before.level - 1 }
  })
  const total = totalOf(last.level / first.level - 1, last.atMs - first.atMs)
  return total && { ...total, ...riskOf(returns) }
}
