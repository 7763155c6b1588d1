import { utcDay } from '@cnop/kit/clock'
import { BadInput } from '@cnop/kit/errors'
import {
  addQuantity,
  addUsd,
  notional,
  type Price,
  priceFromUnits,
  type Usd,
  zeroUsd,
} from '@cnop/kit/money'
import type { Closing } from '@cnop/ledger/closing'
import { readDayClosings } from '@cnop/ledger/closings'
import type { CandleReader } from '@cnop/quotes/candles'
import { AssetNotFound } from '@cnop/quotes/errors'
import type { Deps } from '../deps.ts'
import type { Owned } from '../domain/equity.ts'
import {
  computeBenchmark,
  computePerformance,
  type TimedPrice,
  type Valuation,
} from '../domain/performance.ts'
import type { Compared } from '../domain/performance-facts.ts'
import type { Settled } from '../loaders.ts'
import { averagePricesOf } from './closed-past.ts'
import { priceFinder } from './past-prices.ts'
import { readMovements } from './read-movements.ts'
import { ownedNow, type Standing } from './standing.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000
/** As many days as there may be in a range: three years. */
const mostDays = 1_096

export interface PerformanceQuestion {
  /** The first and the last day of the range, in UTC. */
  readonly from: string
  readonly to: string
  /** One asset alone; everything otherwise. */
  readonly assetId?: string | undefined
  readonly benchmark?: string | undefined
}

/** What was owned from a midnight on, until the next one that is known. */
interface State extends Owned {
  /** The UTC day of the last entry that is counted. */
  readonly day: string
  readonly sequence: bigint
  readonly paidIn: Usd
}

type Sources = Pick<Deps, 'ledger' | 'candles'>

/**
 * How a portfolio, or one asset in it, performed over a range of days. It reads the closings of these days and the
 * newest movements of money, a bounded number of them, whatever the length of the journal.
 */
export async function readPerformance(
  { ledger, candles }: Sources,
  standing: Standing,
  question: PerformanceQuestion,
): Promise<Compared> {
  const { settled, nowMs } = standing
  const moments = momentsOf(question, nowMs)
  const { states, averagePrices } = await readStates(ledger, settled, question)
  checkAssets(standing, states, question)
  const { assetId, benchmark } = question
  const assetIds = assetId ? [assetId] : states.flatMap(({ quantities }) => [...quantities.keys()])
  const prices = { moments, assetIds: new Set(assetIds), averagePrices }
  const priceAt = await readClosePrices(candles, standing, prices)
  const valuations = moments.map((atMs): Valuation => {
    const state = ownedAt(states, atMs, nowMs)
    return state ? valueOf(state, atMs, { assetId, priceAt }) : nothingAt(atMs)
  })
  const movements = await readMovements(ledger, {
    ...{ username: settled.account.username, assetId },
    ...{ fromMs: moments[0] ?? nowMs, toMs: moments.at(-1) ?? nowMs },
  })
  const performance = computePerformance({ valuations, ...movements })
  const { sinceMs } = performance
  if (benchmark === undefined || sinceMs === undefined)
    return { ...performance, benchmark: undefined }
  const compared = await readBenchmark(candles, standing, { benchmark, sinceMs, moments })
  return {
    ...performance,
    benchmark: { assetId: benchmark, result: computeBenchmark(compared) },
  }
}

function checkAssets(
  { quotes }: Standing,
  states: readonly State[],
  { assetId, benchmark }: PerformanceQuestion,
): void {
  const wasOwned = states.some(({ quantities }) => assetId !== undefined && quantities.has(assetId))
  for (const id of [wasOwned ? undefined : assetId, benchmark]) {
    if (id !== undefined && !quotes.has(id)) throw new AssetNotFound(id)
  }
}

const nothingAt = (atMs: number): Valuation => ({
  ...{ atMs, sequence: 0n },
  ...{ value: zeroUsd, putIn: zeroUsd },
})

interface Valuing {
  readonly assetId: string | undefined
  readonly priceAt: PriceAt
}

function valueOf(state: State, atMs: number, { assetId, priceAt }: Valuing): Valuation {
  const { sequence, cash, quantities, paidIn } = state
  const worth = [...quantities]
    .filter(([id]) => assetId === undefined || id === assetId)
    .map(([id, quantity]) => notional(priceAt(id, atMs), quantity, { round: 'down' }))
  const assets = worth.reduce(addUsd, zeroUsd)
  return assetId === undefined
    ? { atMs, sequence, value: addUsd(cash, assets), putIn: paidIn }
    : { atMs, sequence, value: assets }
}

/** Every midnight of a range, and its end: midnight, or now. */
function momentsOf({ from, to }: PerformanceQuestion, nowMs: number): readonly number[] {
  const [firstMs, lastMs] = [Date.parse(from), Date.parse(to)]
  if (firstMs > lastMs) throw new BadInput('from', 'must not be after to')
  if (lastMs > nowMs) throw new BadInput('to', 'must not be in the future')
  const days = Math.round((lastMs - firstMs) / dayMs) + 1
  if (days > mostDays) throw new BadInput('from', `must be less than ${mostDays} days before to`)
  const midnights = Array.from({ length: days }, (_, place) => firstMs + place * dayMs)
  return [...midnights, Math.min(lastMs + dayMs, nowMs)]
}

const stateOf = ({ day, sequence, paidIn, available, held, holdings }: Closing): State => ({
  ...{ day, sequence, paidIn },
  cash: addUsd(available, held),
  quantities: new Map(
    holdings.map((holding) => [holding.assetId, addQuantity(holding.available, holding.held)]),
  ),
})

/** What was owned at the end of each day with movements, newest first, and before them. */
async function readStates(
  ledger: Deps['ledger'],
  settled: Settled,
  { from, to }: PerformanceQuestion,
) {
  const { account, holdings } = settled
  const closings: Closing[] = []
  const days = Math.round((Date.parse(to) - Date.parse(from)) / dayMs) + 1
  const range = { fromDay: from, toDay: to, days }
  for await (const closing of readDayClosings(ledger, account.username, range)) {
    // What moved since the account was read is not of this moment.
    if (closing.sequence < account.sequence) closings.push(closing)
  }
  const { day, sequence, paidIn = zeroUsd } = account
  const now: State = { ...ownedNow(settled), day, sequence, paidIn }
  return {
    states: [...(sequence > 0n ? [now] : []), ...closings.map(stateOf)],
    averagePrices: averagePricesOf([{ holdings }, ...closings]),
  }
}

function ownedAt(states: readonly State[], atMs: number, nowMs: number): State | undefined {
  const begins = utcDay(atMs)
  // An entry at midnight belongs to the day that begins.
  return atMs === nowMs ? states[0] : states.find(({ day }) => day < begins)
}

interface PriceQuestion {
  readonly moments: readonly number[]
  readonly assetIds: Iterable<string>
  /** Where the market has no price. */
  readonly averagePrices: ReadonlyMap<string, Price>
}

type PriceAt = (assetId: string, atMs: number) => Price

/** What assets cost at these moments, which must be asked for in their order. */
async function readClosePrices(
  candles: CandleReader,
  { quotes, nowMs }: Pick<Standing, 'quotes' | 'nowMs'>,
  { moments, assetIds, averagePrices }: PriceQuestion,
): Promise<PriceAt> {
  const [firstMs = nowMs, lastMs = nowMs] = [moments[0], moments.at(-1)]
  const finders = new Map<string, (atMs: number) => Price>()
  for (const assetId of assetIds) {
    const query = { assetId, interval: '1d', fromMs: firstMs - dayMs, toMs: lastMs } as const
    const otherwise = averagePrices.get(assetId) ?? priceFromUnits(0n)
    finders.set(assetId, priceFinder(await candles.readTimedCloses(query), otherwise))
  }
  return (assetId, atMs) => {
    const known = atMs === nowMs ? quotes.get(assetId)?.price : undefined
    return known ?? finders.get(assetId)?.(atMs) ?? priceFromUnits(0n)
  }
}

interface BenchmarkQuestion {
  readonly benchmark: string
  readonly sinceMs: number
  readonly moments: readonly number[]
}

/** The prices of the benchmark from the moment on when the portfolio had something. */
async function readBenchmark(
  candles: CandleReader,
  standing: Standing,
  { benchmark, sinceMs, moments }: BenchmarkQuestion,
): Promise<readonly TimedPrice[]> {
  const later = moments.filter((atMs) => atMs > sinceMs)
  const question = { assetIds: [benchmark], averagePrices: new Map<string, Price>() }
  const priceAt = await readClosePrices(candles, standing, { ...question, moments: later })
  const within = {
    assetId: benchmark,
    interval: '1h',
    fromMs: sinceMs - hourMs,
    toMs: sinceMs,
  } as const
  const [before] = (await candles.readTimedCloses(within)).slice(-1)
  const start = before && { atMs: sinceMs, price: before.price }
  const rest = later.map((atMs) => ({ atMs, price: priceAt(benchmark, atMs) }))
  return [...(start ? [start] : []), ...rest]
}
