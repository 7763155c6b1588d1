import { toIso } from '@cnop/kit/clock'
import type { Item } from '@cnop/kit/dynamo'
import { invariant } from '@cnop/kit/errors'
import { checkKey } from '@cnop/kit/idempotency-key'
import type { Actor } from '@cnop/kit/identity'
import { runCommand, type State } from '@cnop/ledger/command'
import type { Deps } from '../deps.ts'
import { OrderNotFound, OrderNotReplaceable } from '../domain/errors.ts'
import type { OrderStep } from '../domain/fill-order.ts'
import { openOrder } from '../domain/open-order.ts'
import type { DepthUsed } from '../domain/depth-used.ts'
import { filledOf, isOpen, type Order } from '../domain/order.ts'
import type { Fill } from '../domain/parts.ts'
import { type Circumstances, planOrder, refuseOrder } from '../domain/plan-order.ts'
import {
  blameChanges,
  type Changes,
  changesJson,
  checkChanges,
  refuseEnded,
  refuseResize,
  replacedOrder,
  replacementOf,
  withoutHold,
} from '../domain/replace-order.ts'
import { announceOrder, announcePlaced } from '../events.ts'
import type { ReplaceOrderInput } from '../generated/resolvers.ts'
import { orderKey } from '../store/keys.ts'
import { fromRecord, type OrderRecord, toRecord } from '../store/order-record.ts'
import {
  changeBeside,
  closeWrites,
  exitWrites,
  OrderClosed,
  placeWrites,
} from '../store/order-writes.ts'
import { checkOrderId, findOrder } from './find-order.ts'
import { depthReads, depthWrites, fillWrites } from '../store/fills.ts'
import { depthOf, namedRow, readCircumstances, refuseUsedName } from './place-order.ts'

/** An order, and the one that it replaced. */
export interface Replacement {
  readonly order: Order
  readonly replaced: Order
}

type Stored = Readonly<Record<keyof Replacement, OrderRecord>>

/**
 * Replaces an open order by one with other terms, once for each key: one transaction ends the first, opens or fills the second
 * and moves the hold. Whatever ends the first order meanwhile, a fill too, makes it a refusal.
 */
export async function replaceOrder(
  deps: Deps,
  actor: Actor,
  input: ReplaceOrderInput,
): Promise<Replacement> {
  const key = checkKey(input.key)
  checkOrderId(input.orderId, 'orderId')
  const changes = checkChanges(input, deps.rules)
  const known = await findFor(deps, actor, { key, orderId: input.orderId, changes })
  const command = commandOf(deps, key, known, changes)
  let placedId: string | undefined
  let opened: Order | undefined
  let fill: Fill | undefined
  let buy: Order | undefined
  const stored = await refuseClosed(known, () =>
    runCommand<Stored>(deps.ledger, command, async (state, preview) => {
      const decided = await decide(deps, changes, state)
      const { entry, order, exit, open } = decided
      fill = decided.fill
      placedId = order.id
      const { sequence } = preview(entry).entry
      const parent = parentOf(open, known.entryOrderId === undefined ? [] : state.rows)
      buy = parent && { ...parent, exitOrderId: order.id }
      const placed = { ...order, entryOrderId: parent?.id, entrySequences: [sequence] }
      const entrySequences = [...open.entrySequences, sequence]
      const replaced = { ...replacedOrder(open, order.id, order.createdAt), entrySequences }
      opened = exit && { ...exit, entrySequences: [sequence] }
      const { table } = deps.store
      const cause = [
        ...closeWrites(table, replaced, open),
        ...placeWrites(table, placed),
        ...exitWrites(table, opened),
        ...(buy && parent ? changeBeside(table, buy, parent) : []),
        ...tradeWrites(deps, decided, placed),
      ]
      return { entry, cause, result: { order: toRecord(placed), replaced: toRecord(replaced) } }
    }),
  )
  const result = { order: fromRecord(stored.order), replaced: fromRecord(stored.replaced) }
  // A repeat returns the first result, which was published then.
  if (result.order.id === placedId) {
    await announceOrder(deps, result.replaced)
    await announcePlaced(deps, result.order, fill)
    if (opened) await announcePlaced(deps, opened)
    if (buy) await announceOrder(deps, buy, { action: 'order.exit_replaced' })
  }
  return result
}

interface Sent {
  readonly key: string
  readonly orderId: string
  readonly changes: Changes
}

/** Finds the order. Whether the key was used for another request is judged before whether there is such an order. */
async function findFor(deps: Deps, actor: Actor, { key, orderId, changes }: Sent): Promise<Order> {
  try {
    return await findOrder(deps, actor, orderId, 'orderId')
  } catch (error) {
    if (!(error instanceof OrderNotFound)) throw error
    const input = { orderId, ...changesJson(changes) }
    const command = { username: actor.username, key, name: 'replaceOrder', input }
    return runCommand<never>(deps.ledger, command, () => Promise.reject(error))
  }
}

const commandOf = (deps: Deps, key: string, known: Order, changes: Changes) => ({
  ...{ username: known.username, key, name: 'replaceOrder', assetIds: [known.assetId] },
  input: { orderId: known.id, ...changesJson(changes) },
  reads: readsOf(deps, known, changes),
})

const readsOf = ({ store, rules }: Deps, known: Order, changes: Changes) => [
  { table: store.table, key: orderKey(known.username, known.id) },
  ...namedRow(store, known.username, changes),
  ...depthReads(store, rules, known),
  ...(known.entryOrderId === undefined
    ? []
    : [{ table: store.table, key: orderKey(known.username, known.entryOrderId) }]),
]

/** What the new order trades at once. */
const tradeWrites = ({ store, rules }: Deps, { now, used, fill }: Decided, placed: Order) => [
  ...fillWrites(store.table, fill),
  ...depthWrites(store.table, rules, {
    ...{ ...placed, ...now, known: used, quantity: filledOf(placed) },
  }),
]

/** The buy that still adds to a sale, from the row that is read last: from now on it adds to the one that replaces it. */
function parentOf(open: Order, rows: readonly (Item | undefined)[]): Order | undefined {
  const row = rows.at(-1)
  const entry = row && fromRecord(row)
  return entry && isOpen(entry) && entry.exitOrderId === open.id ? entry : undefined
}

interface Decided extends OrderStep {
  /** The order that is replaced. */
  readonly open: Order
  readonly now: Circumstances
  readonly used: DepthUsed | undefined
}

/** Decides the new order as placing it would, with what the open one holds. */
async function decide(deps: Deps, changes: Changes, state: State): Promise<Decided> {
  const [row, named] = state.rows
  invariant(row !== undefined, 'An order that was read still exists.')
  const open = fromRecord(row)
  refuseEnded(open, deps.now())
  refuseUsedName(changes, named)
  refuseResize(open, changes)
  const request = blameChanges(changes, () => replacementOf(open, changes, deps.rules))
  const hasDepth = depthReads(deps.store, deps.rules, open).length > 0
  const used = hasDepth ? depthOf(changes, state, 1) : undefined
  const now = withoutHold(await readCircumstances(deps, request, state, used), open)
  const plan = planOrder(request, now)
  // Its lots stay as they were named: those that are gone by now are seen at the fill, and hold up no change of a stop loss.
  blameChanges(changes, () => refuseOrder({ ...request, lots: undefined }, plan, now))
  const ids = { id: deps.newId('ord'), exitId: deps.newId('ord') }
  const placement = { ...ids, username: open.username, at: toIso(now.nowMs) }
  const opened = openOrder(request, plan, { ...now, ...placement, replaced: open })
  const { order, entry, exit, fill } = opened
  invariant(entry !== undefined, 'A replacement fills or waits.')
  return { order, entry, exit, fill, open, now, used }
}

/** An order that ended between the decision and the commit is refused like one that had ended before. */
async function refuseClosed<Result>(known: Order, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof OrderClosed)) throw error
    const { id, status } = error.order ?? known
    throw new OrderNotReplaceable(id, status)
  }
}
