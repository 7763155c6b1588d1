import { type Habits, practice, prices, usualHabits, verification } from './assumptions.ts'
import {
  type Calls,
  type Cost,
  costBy,
  costOfMix,
  type MeasuredCosts,
  type OperationName,
  operationNames,
  type ProcessName,
  processNames,
} from './costs.ts'

/** What users ask of the platform at the busiest moment. */
export interface Load {
  /** Calls a second. */
  readonly calls: Calls
  /** Streams of ten prices that are open. */
  readonly streams: number
  /** Sessions that end in a second. */
  readonly sessionEnds: number
  /** Of the orders, those a second that wait on one side of one asset. */
  readonly hottestLimitOrders: number
  /** The average of a day, as a share of the busiest moment. */
  readonly averageShare: number
}

const daySeconds = 86_400
const monthSeconds = 30 * daySeconds

const limitOrdersOf = (orders: number, habits: Habits): number =>
  orders * habits.limitShare * habits.hottestShare

/** The load of so many registered users. */
export function loadOfUsers(users: number, habits: Habits = usualHabits): Load {
  const active = users * habits.activeShare
  const atPeak = (perDay: number): number => (active * perDay * habits.peakFactor) / daySeconds
  const calls = operationNames.map((name): [OperationName, number] => [
    name,
    atPeak(habits.callsPerDay[name]),
  ])
  return {
    calls: Object.fromEntries(calls),
    streams: atPeak(habits.streamMinutesPerDay * 60),
    sessionEnds: atPeak(habits.sessionEndsPerDay),
    hottestLimitOrders: limitOrdersOf(atPeak(habits.callsPerDay.order), habits),
    averageShare: 1 / habits.peakFactor,
  }
}

/** The load of programs that place so many orders a second, all day. */
export const loadOfOrders = (perSecond: number, habits: Habits = usualHabits): Load => ({
  calls: { order: perSecond, panel: perSecond * habits.panelsPerOrder },
  streams: 0,
  sessionEnds: 0,
  hottestLimitOrders: limitOrdersOf(perSecond, habits),
  averageShare: 1,
})

export interface Dollars {
  readonly processes: number
  readonly storeUnits: number
  readonly redis: number
  readonly egress: number
  /** Without what is stored. */
  readonly total: number
}

/** What a load needs. Figures of a second are those of the busiest moment; dollars are those of a month of 30 days. */
export interface Plan {
  readonly load: Load
  readonly perSecond: Cost
  readonly processes: Readonly<Record<ProcessName, number>>
  readonly redisPrimaries: number
  readonly storedGbPerMonth: number
  readonly monthly: Dollars
}

/**
 * What users cause in a second. Each order is taken to be of another account, which is verified once for it: the most
 * that verification can cost.
 */
function usedBy(load: Load, costs: MeasuredCosts): Cost {
  const calls = costOfMix(costs.operations, load.calls)
  const orders = load.calls.order ?? 0
  const verifying = costBy((name) =>
    name === 'readUnits' || name === 'writeUnits' ? orders * verification[name] : 0,
  )
  return costBy((name) => calls[name] + verifying[name] + load.streams * costs.stream[name])
}

function processesFor(used: Cost, rest: Cost): Plan['processes'] {
  const counts = processNames.map((name): [ProcessName, number] => {
    const usableMs = practice.utilisation * 1_000 - rest[name]
    return [name, Math.max(practice.leastCopies, Math.ceil(used[name] / usableMs))]
  })
  return Object.fromEntries(counts) as Record<ProcessName, number>
}

export function planOf(load: Load, costs: MeasuredCosts): Plan {
  const used = usedBy(load, costs)
  const processes = processesFor(used, costs.rest)
  // What one platform does by itself is done once for each set of copies, at most.
  const sets = Math.max(...Object.values(processes))
  const rest = costBy((name) => costs.rest[name] * sets)
  const perSecond = costBy((name) => used[name] + rest[name])
  const average = costBy((name) => used[name] * load.averageShare + rest[name])
  const redisPrimaries = Math.ceil(
    perSecond.redisCommands / (practice.redisCommands * practice.utilisation),
  )
  const storedKb = (load.calls.order ?? 0) * load.averageShare * practice.kbStoredPerOrder
  const storedGbPerMonth = (storedKb * monthSeconds) / 1e6
  const monthly = dollarsOf({ average, processes, redisPrimaries })
  return { load, perSecond, processes, redisPrimaries, storedGbPerMonth, monthly }
}

interface Needs extends Pick<Plan, 'processes' | 'redisPrimaries'> {
  readonly average: Cost
}

function dollarsOf({ average, processes, redisPrimaries }: Needs): Dollars {
  const hours = monthSeconds / 3_600
  const count = Object.values(processes).reduce((sum, each) => sum + each, 0)
  const { vcpusPerProcess, gbPerProcess, redisNodes } = practice
  const processHour = vcpusPerProcess * prices.vcpuHour + gbPerProcess * prices.gbHour
  const parts = {
    processes: count * hours * processHour,
    storeUnits:
      (monthSeconds / 1e6) *
      (average.writeUnits * prices.millionWriteUnits + average.readUnits * prices.millionReadUnits),
    redis: redisPrimaries * redisNodes * hours * prices.redisNodeHour,
    egress: ((average.bytes * monthSeconds) / 1e9) * prices.egressGb,
  }
  const total = Object.values(parts).reduce((sum, each) => sum + each, 0)
  return { ...parts, total }
}
