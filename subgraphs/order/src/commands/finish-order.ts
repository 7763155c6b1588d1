import type { Item } from '@cnop/kit/dynamo'
import { invariant } from '@cnop/kit/errors'
import type { RowAddress } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { emptyHolding, type Holding } from '@cnop/ledger/account'
import { type Command, runCommand } from '@cnop/ledger/command'
import type { Entry } from '@cnop/ledger/entry'
import { choiceAddress, isWanted } from '@cnop/outbox/choices'
import { deliver } from '@cnop/outbox/deliver'
import type { Notification } from '@cnop/outbox/notification'
import { notificationWrites } from '@cnop/outbox/rows'
import type { Deps } from '../deps.ts'
import { planFill, meets, closeOrder, isDue } from '../domain/fill-order.ts'
import { leftOf } from '../domain/depth-used.ts'
import type { Exit, Opened } from '../domain/exit.ts'
import { isOpen, type Order } from '../domain/order.ts'
import {
  kindOfChange,
  notifyOfOrder,
  orderNotificationKinds,
} from '../domain/order-notification.ts'
import type { Fill } from '../domain/parts.ts'
import { announceExit, announceOrder } from '../events.ts'
import { depthReads, depthWrites, filledSince, fillWrites, parseDepth } from '../store/fills.ts'
import { orderKey } from '../store/keys.ts'
import { fromRecord, type OrderRecord, toRecord } from '../store/order-record.ts'
import { closeWrites, exitWrites, fillOrderWrites, OrderClosed } from '../store/order-writes.ts'
import { toIso } from '@cnop/kit/clock'
import { isFresh, type MarketQuote } from '../domain/order-rules.ts'
import { type OrderAddress, readOrder } from '../store/orders.ts'

/** Decides what becomes of an open order, and its movement of money, if any; undefined leaves it as it is. */
export type DecideChange = (
  order: Order,
  holding: Holding,
  /** The rows that the change reads beside the order's own. */
  rows: readonly (Item | undefined)[],
) => Changed | undefined

interface Changed extends Opened {
  readonly order: Order
  readonly entry: Entry | undefined
  readonly fill?: Fill | undefined
  /** What the change writes beside the order. */
  readonly also?: readonly Write[]
}

/** An order after an attempt to change it. */
export interface Attempt {
  readonly order: Order
  /** Whether this attempt changed it, and not another one that was quicker. */
  readonly isOwn: boolean
}

/** The decision was to leave the order as it is. */
class LeftOpen extends Error {
  override readonly name = 'LeftOpen'
}

export interface Finish {
  readonly known: Order
  readonly name: 'fill' | 'cancel' | 'expire'
}

export interface Change {
  readonly known: Order
  readonly name: Finish['name'] | 'trigger' | 'trail'
  /** Tells changes of the same name apart that may happen to one order more than once. */
  readonly step?: string | undefined
  /** Rows that the decision needs. */
  readonly reads?: readonly RowAddress[]
  /** The rows of the changed order, on condition that it still is what it was before. */
  readonly writes: (table: string, order: Order, before: Order) => readonly Write[]
}

/** Moves an open order to its final state in the transaction that moves its money. */
export const finishOrder = (
  deps: Deps,
  finish: Finish,
  decide: DecideChange,
): Promise<Order | undefined> => changeOrder(deps, { ...finish, writes: closeWrites }, decide)

/** The same, and whether this attempt moved it. */
export const attemptFinish = (
  deps: Deps,
  finish: Finish,
  decide: DecideChange,
): Promise<Attempt | undefined> => attemptChange(deps, { ...finish, writes: closeWrites }, decide)

/** Changes an open order: the order after it. */
export const changeOrder = async (
  deps: Deps,
  change: Change,
  decide: DecideChange,
): Promise<Order | undefined> => (await attemptChange(deps, change, decide))?.order

/**
 * Changes an open order in the transaction that moves its money. The order is read again together with
 * the account; of concurrent attempts one succeeds, and the others get OrderClosed or the stored result.
 * Undefined: the decision left it as it was.
 */
async function attemptChange(
  deps: Deps,
  { writes, ...change }: Change,
  decide: DecideChange,
): Promise<Attempt | undefined> {
  const { assetId } = change.known
  const command = commandOf(deps, change)
  let attempt: string | undefined
  let opened: Exit | undefined
  let fill: Fill | undefined
  let notification: Notification | undefined
  try {
    const { record, by } = await runCommand<Finished>(deps.ledger, command, (state, preview) => {
      const order = openRow(state.rows[0])
      const holding = state.holdings.get(assetId) ?? emptyHolding(assetId)
      const changed = decide(order, holding, state.rows.slice(1 + orderNotificationKinds.length))
      if (!changed) throw new LeftOpen()
      const posted = changed.entry && preview(changed.entry).entry
      attempt = posted?.id ?? deps.newId('chg')
      const entrySequences = [...order.entrySequences, ...(posted ? [posted.sequence] : [])]
      const next = { ...changed.order, entrySequences }
      fill = changed.fill
      opened = openedBy(changed, posted)
      const choices = state.rows.slice(1, 1 + orderNotificationKinds.length)
      notification = notificationOf(deps, { before: order, after: next, choices })
      const { table } = deps.store
      const cause = [
        ...writes(table, next, order),
        ...exitWrites(table, opened?.exit, opened?.exitBefore),
        ...fillWrites(table, fill),
        ...(changed.also ?? []),
        ...toldWrites(deps, notification),
      ]
      return { entry: changed.entry, cause, result: { record: toRecord(next), by: attempt } }
    })
    const order = fromRecord(record)
    // The attempt that lost the race returns the stored result, which the other attempt has published.
    if (by !== attempt) return { order, isOwn: false }
    await announceOrder(deps, order, { action: actions[change.name], fill })
    if (opened) await announceExit(deps, opened)
    if (notification) await deliver(deps, notification)
    return { order, isOwn: true }
  } catch (error) {
    if (error instanceof LeftOpen) return undefined
    throw error
  }
}

/** What is logged of a change that the status of the order does not tell. */
const actions: Readonly<Partial<Record<Change['name'], string>>> = {
  trail: 'order.trailed',
  trigger: 'order.triggered',
}

/** The sale that a change opens or adds to, with the entry that moved money for it. */
function openedBy(
  { exit, exitBefore }: Changed,
  posted: { readonly sequence: bigint } | undefined,
): Exit | undefined {
  if (!exit) return undefined
  const entrySequences = [...exit.entrySequences, ...(posted ? [posted.sequence] : [])]
  return { exit: { ...exit, entrySequences }, exitBefore }
}

function commandOf(deps: Deps, { known, name, step, reads = [] }: Omit<Change, 'writes'>): Command {
  const { id: orderId, username, assetId } = known
  return {
    username,
    key: step === undefined ? `${name}:${orderId}` : `${name}:${orderId}:${step}`,
    name: `${name}Order`,
    input: { orderId },
    assetIds: [assetId],
    reads: [...readsOf(deps, username, orderId), ...reads],
  }
}

/** The order, and which of its changes its owner wants to hear of. */
const readsOf = ({ store, outbox }: Deps, username: string, orderId: string) => [
  { table: store.table, key: orderKey(username, orderId) },
  ...orderNotificationKinds.map((kind) => choiceAddress(outbox.table, username, kind)),
]

const toldWrites = ({ outbox }: Deps, notification: Notification | undefined): readonly Write[] =>
  notification ? notificationWrites(outbox.table, notification) : []

interface Noticed {
  readonly before: Order
  readonly after: Order
  /** The rows of the owner's choices, in the order of the kinds. */
  readonly choices: readonly (Item | undefined)[]
}

/** What the owner is told of a change, unless it was switched off. */
function notificationOf(
  { newId }: Deps,
  { before, after, choices }: Noticed,
): Notification | undefined {
  const kind = kindOfChange(before, after)
  if (kind === undefined || !isWanted(choices[orderNotificationKinds.indexOf(kind)]))
    return undefined
  return notifyOfOrder(newId('ntf'), kind, after)
}

interface Finished {
  readonly record: OrderRecord
  /** The attempt that succeeded, by its journal entry where it has one. */
  readonly by: string
}

function openRow(row: unknown): Order {
  invariant(row !== undefined, 'An order that was read still exists.')
  const order = fromRecord(row)
  if (!isOpen(order)) throw new OrderClosed(order)
  return order
}

/**
 * Fills an open order at the quote, or a part of it, if it still waits and the quote, which must be fresh, meets it with what the account
 * has left of the market; undefined when there was nothing to fill. Each part has a key by its number, and reads the sale that an earlier
 * one has opened; where that was replaced meanwhile, the next tick fills.
 */
export async function fillOrder(
  deps: Deps,
  known: Order,
  quote: MarketQuote,
): Promise<Order | undefined> {
  const exitId = deps.newId('ord')
  try {
    const depth = depthReads(deps.store, deps.rules, known)
    const reads = [...depth, ...exitReads(deps.store, known)]
    const step = known.fillCount?.toString()
    const change: Change = { known, name: 'fill', step, reads, writes: fillOrderWrites }
    return await changeOrder(deps, change, (order, holding, rows) => {
      const nowMs = deps.now()
      const used = parseDepth(depth.length === 0 ? undefined : rows[0])
      const sale = rows[depth.length]
      const market = leftOf(quote, order.side, used)
      if (order.exitOrderId !== known.exitOrderId) return undefined
      if (!meets(order, market, nowMs) || !isFresh(quote, deps.rules, nowMs)) return undefined
      const moment = { quote: market, holding, at: toIso(nowMs), exitId, rules: deps.rules }
      const filled = planFill(order, { ...moment, known: sale && fromRecord(sale) })
      if (!filled) return undefined
      const quantity = filledSince(filled.order, order)
      const taking = { ...order, quote, known: used, quantity }
      return { ...filled, also: depthWrites(deps.store.table, deps.rules, taking) }
    })
  } catch (error) {
    if (error instanceof OrderClosed) return undefined
    throw error
  }
}

/** The sale that an earlier part of a buy has opened. */
const exitReads = (
  { table }: Deps['store'],
  { username, exitOrderId }: Order,
): readonly RowAddress[] =>
  exitOrderId === undefined ? [] : [{ table, key: orderKey(username, exitOrderId) }]

/** Expires an open order whose time has passed; undefined when it was closed otherwise. */
export async function expireOrder(deps: Deps, address: OrderAddress): Promise<Order | undefined> {
  const known = await readOrder(deps.store, address)
  if (!known || !isOpen(known)) return undefined
  try {
    return await finishOrder(deps, { known, name: 'expire' }, (order) => {
      const nowMs = deps.now()
      return isDue(order, nowMs)
        ? closeOrder(order, { status: 'EXPIRED', at: toIso(nowMs) })
        : undefined
    })
  } catch (error) {
    if (error instanceof OrderClosed) return undefined
    throw error
  }
}

/**
 * Cancels an open order whose asset was delisted, and returns what it held. It is the same command as the owner's own
 * cancelling, so that the hold is released once, by the first of them. Undefined when the order was closed otherwise.
 */
export async function cancelDelistedOrder(deps: Deps, known: Order): Promise<Order | undefined> {
  try {
    return await finishOrder(deps, { known, name: 'cancel' }, (order) =>
      closeOrder(order, {
        status: 'CANCELLED',
        at: toIso(deps.now()),
        reason: `${order.assetId} was delisted.`,
      }),
    )
  } catch (error) {
    if (error instanceof OrderClosed) return undefined
    throw error
  }
}
