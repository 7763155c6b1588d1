import { toIso } from '@cnop/kit/clock'
import { DomainError } from '@cnop/kit/errors'
import type { Write } from '@cnop/kit/transact'
import { type Decide, runCommand, type State } from '@cnop/ledger/command'
import type { Entry } from '@cnop/ledger/entry'
import type { ErrorCode } from '@cnop/schema/codes'
import { choiceAddress, isWanted } from '@cnop/outbox/choices'
import { deliver } from '@cnop/outbox/deliver'
import type { Notification } from '@cnop/outbox/notification'
import { notificationWrites } from '@cnop/outbox/rows'
import type { Deps } from '../deps.ts'
import { openOrder } from '../domain/open-order.ts'
import { filledOf, type Order } from '../domain/order.ts'
import { notifyOfRun, runKinds } from '../domain/order-notification.ts'
import { planOrder, refuseOrder } from '../domain/plan-order.ts'
import {
  afterRun,
  type Due,
  dueOf,
  type RecurringOrder,
  type Settled,
} from '../domain/recurring-order.ts'
import { buyOf } from '../domain/recurring-request.ts'
import { announcePlaced, announceRuns } from '../events.ts'
import { recurringKey } from '../store/keys.ts'
import { depthReads, depthWrites, parseDepth } from '../store/fills.ts'
import { placeWrites } from '../store/order-writes.ts'
import {
  changeRecurringWrites,
  fromRecurringRecord,
  readRecurringOrder,
  type RecurringAddress,
} from '../store/recurring-orders.ts'
import { readCircumstances } from './place-order.ts'

/** Nothing was due, or something else than before: the next look decides. */
class NotDue extends Error {
  override readonly name = 'NotDue'
}

/** Refusals that skip a date. Others, such as a price that is too old for now, are tried again until the grace is over. */
const skips: ReadonlySet<ErrorCode> = new Set([
  'INSUFFICIENT_FUNDS',
  'ASSET_HALTED',
  'ASSET_NOT_TRADABLE',
  'ASSET_NOT_FOUND',
  'ORDER_TOO_SMALL',
  'ORDER_TOO_LARGE',
])

/**
 * Runs what is due of a recurring order: buys for its latest date, in the transaction that records the run and moves the order to its next
 * date. The key is made of the order and the date, and the rows are written on condition that the order is as it was read, so
 * that a date runs once: with any number of processes, after any crash, and when the key is forgotten. Whether anything ran.
 */
export async function runRecurringOrder(deps: Deps, address: RecurringAddress): Promise<boolean> {
  const known = await readRecurringOrder(deps.store, address)
  const due = known && dueOf(known, deps.now(), deps.recurring.graceMs)
  if (!due) return false
  const { id, username, assetId } = known
  const { date } = due.date
  const command = {
    username,
    key: `recurring:${id}:${date}`,
    name: 'runRecurringOrder',
    input: { id, date },
    assetIds: [assetId],
    reads: [
      { table: deps.store.table, key: recurringKey(username, id) },
      ...runKinds.map((kind) => choiceAddress(deps.outbox.table, username, kind)),
      ...depthReads(deps.store, deps.rules, { username, assetId, side: 'BUY' }),
    ],
  }
  let ran: Ran | undefined
  try {
    const by = await runCommand<string>(deps.ledger, command, async (state, preview) => {
      ran = await decideRun(deps, { date, state, preview })
      const { writes: cause, entry, attempt } = ran
      return { entry, cause, result: attempt }
    })
    // Another attempt, which has committed, has announced it.
    if (ran?.attempt !== by) return true
  } catch (error) {
    if (error instanceof NotDue) return false
    throw error
  }
  announceRuns(deps, ran.after, ran.due.missed.length + 1)
  if (ran.order) await announcePlaced(deps, ran.order)
  if (ran.notification) await deliver(deps, ran.notification)
  return true
}

interface Bought {
  readonly order: Order
  readonly entry: Entry
  /** Counts it toward what the account has taken of the market. */
  readonly taken: readonly Write[]
}

interface Ran extends Partial<Bought> {
  /** Tells this attempt from another one with the same key. */
  readonly attempt: string
  readonly after: RecurringOrder
  readonly due: Due
  readonly writes: readonly Write[]
  /** What the owner is told, unless it was switched off. */
  readonly notification: Notification | undefined
}

interface Moment {
  /** The date that the key of the command stands for. */
  readonly date: string
  readonly state: State
  readonly preview: Parameters<Decide<unknown>>[1]
}

async function decideRun(deps: Deps, moment: Moment): Promise<Ran> {
  const { date, state } = moment
  const [row, ...choices] = state.rows
  if (!row) throw new NotDue()
  const before = fromRecurringRecord(row)
  const nowMs = deps.now()
  const due = dueOf(before, nowMs, deps.recurring.graceMs)
  if (due?.date.date !== date) throw new NotDue()
  const { settled, bought } = due.isTooLate ? gaveUp : await tryToBuy(deps, before, moment)
  const after = afterRun(before, due, { nowMs, settled })
  const notification = notifyOfRun(deps.newId('ntf'), after, due.missed.length)
  const isTold = isWanted(choices[runKinds.indexOf(notification.kind)])
  const { table } = deps.store
  const writes = [
    ...changeRecurringWrites(table, after, before),
    ...(bought ? [...placeWrites(table, bought.order), ...bought.taken] : []),
    ...(isTold ? notificationWrites(deps.outbox.table, notification) : []),
  ]
  const told = isTold ? notification : undefined
  return { ...bought, attempt: deps.newId('run'), after, due, writes, notification: told }
}

interface Attempt {
  readonly settled: Settled | undefined
  readonly bought: Bought | undefined
}

const gaveUp: Attempt = { settled: undefined, bought: undefined }

/** The buy, or the refusal that skips it: decided like any market order, on the state that the transaction depends on. */
async function tryToBuy(deps: Deps, recurring: RecurringOrder, moment: Moment): Promise<Attempt> {
  const request = buyOf(recurring, deps.rules)
  try {
    const known = parseDepth(moment.state.rows[1 + runKinds.length])
    const now = await readCircumstances(deps, request, moment.state, known)
    const plan = planOrder(request, now)
    refuseOrder(request, plan, now)
    const { username } = recurring
    const ids = { id: deps.newId('ord'), exitId: deps.newId('ord') }
    const opened = openOrder(request, plan, { ...now, ...ids, username, at: toIso(now.nowMs) })
    const { sequence } = moment.preview(opened.covered).entry
    const order = { ...opened.order, recurringOrderId: recurring.id, entrySequences: [sequence] }
    const settled = { outcome: 'BOUGHT', orderId: order.id } as const
    const taking = { ...order, ...now, known, quantity: filledOf(order) }
    const taken = depthWrites(deps.store.table, deps.rules, taking)
    return { settled, bought: { order, entry: opened.covered, taken } }
  } catch (error) {
    if (!(error instanceof DomainError) || !skips.has(error.code)) throw error
    const { code, message: reason } = error
    return { settled: { outcome: 'SKIPPED', code, reason }, bought: undefined }
  }
}
