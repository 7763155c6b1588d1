import { formatUsd, usd } from '@cnop/kit/money'
import { DomainError } from '@cnop/kit/errors'
import { toIso } from '@cnop/kit/clock'
import type { Entry } from '@cnop/ledger/entry'
import { agreedRates } from '@cnop/order/domain/order-fee'
import { openOrder } from '@cnop/order/domain/open-order'
import type { OrderRequest } from '@cnop/order/domain/order-request'
import { planOrder, refuseOrder } from '@cnop/order/domain/plan-order'
import {
  afterRun,
  dueOf,
  openRecurringOrder,
  type RecurringOrder,
  type Settled,
} from '@cnop/order/domain/recurring-order'
import { buyOf } from '@cnop/order/domain/recurring-request'
import { wallClock } from '@cnop/order/domain/zoned-time'
import {
  assetIds,
  decided,
  type Draw,
  type Plan,
  type PlanBugs,
  type Planner,
  startMs,
} from './sim-plan.ts'
import { circumstancesOf, drawTick } from './sim-order-parts.ts'
import { OrderMoved, type OrderRow, type OrderWrite, type Rows } from './sim-rows.ts'

const hourMs = 3_600_000
const graceMs = 12 * hourMs

/** A simulation begins a quarter after midnight UTC of the night in which clocks in Berlin are set back: 02:00 to 03:00 occurs twice. */
const nightMs = Date.parse('2026-10-25T00:15:00.000Z')
const nightClock = (nowMs: number): number => nightMs + nowMs - startMs

const rowOf = (recurring: RecurringOrder): OrderRow => ({
  id: recurring.id,
  username: recurring.username,
  side: 'BUY',
  assetId: recurring.assetId,
  held: 0n,
  quantity: 0n,
  status: 'RECURRING',
  recurring,
})

/** Two recurring orders of a user, whose times come while the simulation runs. */
export const openRecurringRows = (username: string): readonly OrderRow[] =>
  ['02:20', '02:40'].map((time, place) => {
    const assetId = assetIds[place] ?? assetIds[0]
    const asked = {
      ...{ assetId, amount: usd('30.00'), time },
      ...({ frequency: 'DAILY', timeZone: 'Europe/Berlin' } as const),
    }
    const id = `rec_${username}_${place}`
    return rowOf(openRecurringOrder(asked, { id, username, nowMs: nightMs }))
  })

type Preview = Parameters<Plan['decide']>[1]

/** Runs what is due of one of the user's recurring orders, as several processes do at once; undefined when nothing is. */
export function planRecurring(planner: Planner, username: string): Draw | undefined {
  const { random, bugs, now, newKey } = planner
  const known = random.pick(
    planner.orders().flatMap((row) => (row.username === username && row.recurring) || []),
  )
  const due = dueOf(known, nightClock(now()), graceMs)
  if (!due) return undefined
  const { id, assetId } = known
  const { date } = due.date
  const market = drawTick(planner, assetId)
  const orderId = `ord_${newKey()}`
  return {
    name: 'recurring',
    // A key by the instant, instead of the date, is a part of the bug.
    key: `recurring:${id}:${bugs.runsTwiceAtClockChange ? known.nextAt : date}`,
    input: { id, date, amount: formatUsd(known.amount) },
    assetIds: [assetId],
    reads: [id],
    isShared: true,
    decide: (state, preview) => {
      const before = state.rows[0]?.recurring
      if (!before) throw new OrderMoved()
      const nowMs = nightClock(now())
      const again = dueOf(before, nowMs, graceMs)
      if (again?.date.date !== date) throw new OrderMoved()
      const bought = { assetId, side: 'BUY' } as const
      const circumstances = circumstancesOf(planner, market, bought, state)
      const { settled, write, entry } = again.isTooLate
        ? gaveUp
        : tryToBuy(bugs, { before, circumstances, orderId, preview })
      const after = spoilNext(bugs, before, afterRun(before, again, { nowMs, settled }))
      const run = { order: rowOf(after), from: 'RECURRING', recurringBefore: before } as const
      return decided(entry, [...(bugs.losesRun ? [] : [run]), ...write])
    },
  }
}

interface Attempt {
  readonly before: RecurringOrder
  readonly circumstances: ReturnType<typeof circumstancesOf>
  readonly orderId: string
  readonly preview: Preview
}

interface Tried {
  readonly settled: Settled | undefined
  readonly write: readonly OrderWrite[]
  readonly entry: Entry | undefined
}

const gaveUp: Tried = { settled: undefined, write: [], entry: undefined }

/** The buy, or the refusal that skips the date. */
function tryToBuy(bugs: PlanBugs, { before, circumstances, orderId, preview }: Attempt): Tried {
  const { username, id: recurringOrderId, assetId } = before
  const request: OrderRequest = buyOf(before, circumstances.rules)
  const bought = { outcome: 'BOUGHT', orderId } as const
  try {
    const plan = planOrder(request, circumstances)
    refuseOrder(request, plan, circumstances)
    const at = toIso(circumstances.nowMs)
    const placement = { ...circumstances, id: orderId, exitId: orderId, username, at }
    const { order, covered } = openOrder(request, plan, placement)
    preview(covered)
    const { quantity, quoteAmount } = order
    const row = { id: orderId, username, assetId, quantity, quoteAmount, recurringOrderId }
    const write: OrderWrite = {
      order: { ...row, side: 'BUY', held: 0n, status: 'FILLED' },
      from: undefined,
      fees: { schedule: circumstances.rules.fees, rates: agreedRates(order) },
    }
    return { settled: bought, write: [write], entry: covered }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const skipped: Settled = { outcome: 'SKIPPED', code: error.code, reason: error.message }
    return {
      settled: bugs.recordsSkippedAsBought ? bought : skipped,
      write: [],
      entry: undefined,
    }
  }
}

/** The next date; where clocks show the time of this one again an hour later, that is the next one for the bug. */
function spoilNext(
  { runsTwiceAtClockChange }: PlanBugs,
  { nextDate, nextAt = '' }: RecurringOrder,
  after: RecurringOrder,
): RecurringOrder {
  const [first, second] = [Date.parse(nextAt), Date.parse(nextAt) + hourMs]
  const { timeZone } = after
  const isAgain = wallClock(timeZone, first) === wallClock(timeZone, second)
  return runsTwiceAtClockChange && isAgain ? { ...after, nextDate, nextAt: toIso(second) } : after
}

/** Each date has one run, and each run that bought has the one order that names the recurring order. */
export function checkRecurring({ orders }: Rows): string[] {
  const rows = [...orders.values()]
  return rows.flatMap(({ recurring }) => {
    if (!recurring) return []
    const { id, runs } = recurring
    const dates = runs.map(({ date }) => date)
    const bought = runs.flatMap(({ outcome, orderId }) => (outcome === 'BOUGHT' ? [orderId] : []))
    const placed = rows.filter(({ recurringOrderId }) => recurringOrderId === id)
    const isSame =
      placed.length === bought.length && placed.every((order) => bought.includes(order.id))
    return [
      ...(new Set(dates).size === dates.length ? [] : [`a date of ${id} ran twice`]),
      ...(isSame ? [] : [`the runs of ${id} are not the orders that it has placed`]),
    ]
  })
}
