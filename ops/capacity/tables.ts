import { practice, prices, type Habits } from './assumptions.ts'
import { compareWithModel, type MeasuredCosts, processNames } from './costs.ts'
import { loadOfOrders, loadOfUsers, type Plan, planOf } from './plan.ts'
import { ordersOfOneAccount, type Reach, wallsOf } from './walls.ts'

export interface Scenario {
  readonly name: string
  readonly plan: Plan
}

const programOrders = 10_000

/** The sizes that the plan is printed for. */
export const scenariosOf = (costs: MeasuredCosts): readonly Scenario[] => [
  { name: '1 k users', plan: planOf(loadOfUsers(1_000), costs) },
  { name: '100 k users', plan: planOf(loadOfUsers(100_000), costs) },
  { name: '1 M users', plan: planOf(loadOfUsers(1_000_000), costs) },
  {
    name: `${short(programOrders)} orders/s`,
    plan: planOf(loadOfOrders(programOrders), costs),
  },
]

const thousands = [
  ['', 1],
  [' k', 1e3],
  [' M', 1e6],
  [' G', 1e9],
] as const

/** Three digits, such as 12.3 k: the model knows no more. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-'
  const rounded = Number(value.toPrecision(3))
  const [unit, size] = thousands.findLast(([, least]) => rounded >= least) ?? ['', 1]
  return `${String(Number((rounded / size).toPrecision(3)))}${unit}`
}

const dollars = (value: number): string => `$${short(value)}`

/** Text columns: the first to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, place) =>
    Math.max(...rows.map((row) => (row[place] ?? '').length)),
  )
  return rows.map((row) =>
    row
      .map((cell, place) =>
        place === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[place] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

function planTable(scenarios: readonly Scenario[]): string[] {
  const row = (name: string, read: (plan: Plan) => string): string[] => [
    name,
    ...scenarios.map(({ plan }) => read(plan)),
  ]
  const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0)
  return table([
    ['', ...scenarios.map(({ name }) => name)],
    row('calls a second', ({ load }) => short(sum(Object.values(load.calls)))),
    row('orders a second', ({ load }) => short(load.calls.order ?? 0)),
    row('open streams', ({ load }) => short(load.streams)),
    ...processNames.map((name) =>
      row(`processes of ${name}`, ({ processes }) => short(processes[name])),
    ),
    row('write units a second', ({ perSecond }) => short(perSecond.writeUnits)),
    row('read units a second', ({ perSecond }) => short(perSecond.readUnits)),
    row('Redis commands a second', ({ perSecond }) => short(perSecond.redisCommands)),
    row('Redis servers', ({ redisPrimaries }) => short(redisPrimaries)),
    row('KB a second to clients', ({ perSecond }) => short(perSecond.bytes / 1e3)),
    row('a month: processes', ({ monthly }) => dollars(monthly.processes)),
    row('a month: store units', ({ monthly }) => dollars(monthly.storeUnits)),
    row('a month: Redis', ({ monthly }) => dollars(monthly.redis)),
    row('a month: egress', ({ monthly }) => dollars(monthly.egress)),
    row('a month: all of these', ({ monthly }) => dollars(monthly.total)),
    row('GB stored in a month', ({ storedGbPerMonth }) => short(storedGbPerMonth)),
    row('  and dollars each month', (plan) => dollars(plan.storedGbPerMonth * prices.storedGb)),
  ])
}

const shownWalls = 5

function describeWall({ wall, users, orders }: Reach, place: number): string[] {
  const usersText = Number.isFinite(users) ? `${short(users)} users` : 'no number of users'
  const ordersText = Number.isFinite(orders) ? `${short(orders)} orders/s` : 'no rate of orders'
  return [
    `${place + 1}. ${wall.name}: ${short(wall.ceiling)} ${wall.counts} a second, met by ${usersText}, or by ${ordersText} alone`,
    `   there: ${wall.then}`,
    `   needs: ${wall.needs}`,
  ]
}

function describeHabits(habits: Habits): string[] {
  const calls = Object.entries(habits.callsPerDay).map(([name, count]) => `${name} ${count}`)
  return [
    `Assumed: ${100 * habits.activeShare} % of the users come on a day; the busiest moment is ${habits.peakFactor} times the average.`,
    `Each of them calls on that day: ${calls.join(', ')};`,
    `watches prices for ${habits.streamMinutesPerDay} minutes, and ends ${habits.sessionEndsPerDay} sessions.`,
    `Of the orders, ${100 * habits.limitShare} % are at a limit, ${100 * habits.hottestShare} % of these on one side of one asset.`,
    `Programs read the panel ${habits.panelsPerOrder} time for each order and place as many orders all day.`,
    `Processes are ${100 * practice.utilisation} % busy, at least ${practice.leastCopies} of each, with ${practice.vcpusPerProcess} vCPU and ${practice.gbPerProcess} GB.`,
    `Figures of a second are those of the busiest moment. Dollars are list prices of us-east-1: check them before relying on them.`,
  ]
}

/** How far the model is from a mix of calls that was measured apart. */
function describeCheck({ operations, mix }: MeasuredCosts): string[] {
  const ratios = compareWithModel(operations, mix)
  const calls = Object.entries(mix.calls).map(([name, count]) => `${name} ${count}`)
  return [
    `Checked against a measured mix (${calls.join(', ')}): measured / predicted is ${ratios.modelCpuRatio} for CPU,`,
    `${ratios.modelWriteUnitsRatio} for write units, ${ratios.modelReadUnitsRatio} for read units, ${ratios.modelRedisCommandsRatio} for Redis commands.`,
  ]
}

/** The walls that a load of orders alone is beyond, so that its column needs them moved first. */
function describeBeyond(found: readonly Reach[]): string {
  const beyond = found
    .filter(({ orders }) => orders < programOrders)
    .sort((a, b) => a.orders - b.orders)
    .map(({ wall, orders }) => `${wall.name} (${short(orders)})`)
  return `${short(programOrders)} orders/s need all of these moved first: ${beyond.join(', ')}.`
}

/** What `npm run capacity` prints. */
export function describe(costs: MeasuredCosts, habits: Habits): readonly string[] {
  const found = wallsOf(costs)
  return [
    `Costs measured on ${costs.date} at ${costs.commit}.`,
    ...describeCheck(costs),
    ...describeHabits(habits),
    '',
    ...planTable(scenariosOf(costs)),
    '',
    'The first walls, in the order in which users meet them:',
    ...found.slice(0, shownWalls).flatMap(describeWall),
    describeBeyond(found),
    `One account ends at ${short(ordersOfOneAccount)} orders a second, whatever the number of users: its rows are in one partition.`,
  ]
}
