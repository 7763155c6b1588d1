import { ledgerWriteUnits, practice, verification } from './assumptions.ts'
import type { MeasuredCosts } from './costs.ts'
import { type Load, loadOfOrders, loadOfUsers, type Plan, planOf } from './plan.ts'

/** One thing that copies do not multiply. The READMEs of the services have the figures of their keys. */
export interface Wall {
  readonly name: string
  /** What is counted, a second. */
  readonly counts: string
  readonly ceiling: number
  readonly use: (plan: Plan) => number
  /** What happens there, and what would move it. */
  readonly then: string
  readonly needs: string
}

/** Ceilings of one partition of DynamoDB, a second. */
const partition = { writeUnits: 1_000, readUnits: 3_000 }
/** The quota of a table on demand, unless it was raised. */
const tableWriteUnits = 40_000

const ordersOf = ({ load }: Plan): number => load.calls.order ?? 0

/** A router reads twice a second, one unit for 25 ends of the last ten seconds. */
const endedReadUnits = ({ load, processes }: Plan): number =>
  processes.router * 2 * Math.max(1, (load.sessionEnds * 10) / 25)

/** Without a bus, each process that knows prices reads 7 units every two seconds. */
const snapshotReadUnits = ({ processes: { user, order, inventory, insights } }: Plan): number =>
  ((user + order + inventory + insights) * 7) / 2

export const walls: readonly Wall[] = [
  {
    name: 'writes of ENDED#<hour>',
    counts: 'write units',
    ceiling: partition.writeUnits,
    use: ({ load }) => load.sessionEnds * 2,
    then: 'sign-outs are throttled and tried again',
    needs: 'the rows of an hour in several partitions, by the id of the session',
  },
  {
    name: 'reads of ENDED#<hour>',
    counts: 'read units',
    ceiling: partition.readUnits,
    use: endedReadUnits,
    then: 'a router hears of ends from the bus alone',
    needs: 'one reader for many routers, which passes on what it reads',
  },
  {
    name: 'a partition of the index waiting',
    counts: 'write units',
    ceiling: partition.writeUnits,
    use: ({ load }) => (load.hottestLimitOrders * 2) / 4,
    then: 'limit orders of that asset and side are refused as CONTENTION',
    needs: 'more than four partitions for each asset and side',
  },
  {
    name: 'the counts of the verifier',
    counts: 'write units',
    ceiling: partition.writeUnits,
    use: (plan) => ordersOf(plan) * 2,
    then: 'verification falls behind; orders do not wait',
    needs: 'a partition for each part, and more than eight parts',
  },
  {
    name: 'a partition of the index unverified',
    counts: 'write units',
    ceiling: partition.writeUnits,
    use: (plan) => (ordersOf(plan) * 2) / 8,
    then: 'orders are throttled and tried again',
    needs: 'more than eight parts',
  },
  {
    name: 'the quota of the table ledger',
    counts: 'write units',
    ceiling: tableWriteUnits,
    use: (plan) => ordersOf(plan) * (ledgerWriteUnits + verification.writeUnits),
    then: 'orders are throttled and tried again',
    needs: 'a higher quota, which is asked for',
  },
  {
    name: 'the one thread of Redis',
    counts: 'commands',
    ceiling: practice.redisCommands,
    use: ({ perSecond }) => perSecond.redisCommands,
    then: 'limits answer late: every request waits for them',
    needs: 'several Redis servers, by the key of a limit or nonce; the bus stays on one',
  },
  {
    name: 'prices while the bus is silent',
    counts: 'read units',
    ceiling: partition.readUnits,
    use: snapshotReadUnits,
    then: 'prices grow old, and trades are refused until Redis is back',
    needs: 'copies of SNAPSHOT in several partitions',
  },
]

export interface Reach {
  readonly wall: Wall
  /** The number of users at which it is met; infinite if their number does not matter. */
  readonly users: number
  /** Orders a second at which it is met when nothing else is done. */
  readonly orders: number
}

const most = 1e12

/** The smallest number at which a plan reaches a wall, to a thousandth. Use grows with the load. */
function reach(wall: Wall, loadOf: (count: number) => Load, costs: MeasuredCosts): number {
  const isMet = (count: number): boolean => wall.use(planOf(loadOf(count), costs)) >= wall.ceiling
  let [low, high] = [1, most]
  if (!isMet(high)) return Infinity
  while (high / low > 1.001) {
    const middle = Math.sqrt(low * high)
    if (isMet(middle)) high = middle
    else low = middle
  }
  return high
}

/** The walls in the order in which a growing number of users meets them. */
export const wallsOf = (costs: MeasuredCosts): readonly Reach[] =>
  walls
    .map((wall) => ({
      wall,
      users: reach(wall, loadOfUsers, costs),
      orders: reach(wall, loadOfOrders, costs),
    }))
    .sort((a, b) => a.users - b.users || a.orders - b.orders)

/** Orders a second of one account, whose rows are in one partition. */
export const ordersOfOneAccount = partition.writeUnits / ledgerWriteUnits
