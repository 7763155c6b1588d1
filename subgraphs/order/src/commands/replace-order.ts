import { toIso } from '@cnop/kit/clock'
import { invariant } from '@cnop/kit/errors'
import { checkKey } from '@cnop/kit/idempotency-key'
import type { Actor } from '@cnop/kit/identity'
import { runCommand, type State } from '@cnop/ledger/command'
import type { Deps } from '../deps.ts'
import { OrderNotReplaceable } from '../domain/errors.ts'
import { openOrder, type OrderStep } from '../domain/open-order.ts'
import type { DepthUsed } from '../domain/depth-used.ts'
import { filledOf, type Order } from '../domain/order.ts'
import type { Fill } from '../domain/parts.ts'
import { type Circumstances, planOrder, refuseOrder } from '../domain/plan-order.ts'
import {
  blameChanges,
  type Changes,
  changesJson,
  checkChanges,
  refuseEnded,
  replacedOrder,
  replacementOf,
  withoutHold,
} from '../domain/replace-order.ts'
import { announceOrder, announcePlaced } from '../events.ts'
import type { ReplaceOrderInput } from '../generated/resolvers.ts'
import { orderKey } from '../store/keys.ts'
import { fromRecord, type OrderRecord, toRecord } from '../store/order-record.ts'
import { closeWrites, exitWrites, OrderClosed, placeWrites } from '../store/order-writes.ts'
import { findOrder } from './find-order.ts'
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
  const changes = checkChanges(input, deps.rules)
  const known = await findOrder(deps, actor, input.orderId, 'orderId')
  const { id: orderId, username, assetId } = known
  const command = {
    ...{ username, key, name: 'replaceOrder', assetIds: [assetId] },
    input: { orderId, ...changesJson(changes) },
    reads: readsOf(deps, known, changes),
  }
  let placedId: string | undefined
  let opened: Order | undefined
  let fill: Fill | undefined
  const stored = await refuseClosed(known, () =>
    runCommand<Stored>(deps.ledger, command, async (state, preview) => {
      const { entry, order, exit, open, now, used, ...others } = await decide(deps, changes, state)
      fill = others.fill
      placedId = order.id
      const { sequence } = preview(entry).entry
      const placed = { ...order, entrySequences: [sequence] }
      const ended = replacedOrder(open, order.id, order.createdAt)
      const replaced = { ...ended, entrySequences: [...open.entrySequences, sequence] }
      opened = exit && { ...exit, entrySequences: [sequence] }
      const { table } = deps.store
      const cause = [
        ...closeWrites(table, replaced, open),
        ...placeWrites(table, placed),
        ...exitWrites(table, opened),
        ...fillWrites(table, fill),
        ...depthWrites(table, deps.rules, {
          ...{ ...placed, ...now, known: used, quantity: filledOf(placed) },
        }),
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
  }
  return result
}

const readsOf = ({ store, rules }: Deps, known: Order, changes: Changes) => [
  { table: store.table, key: orderKey(known.username, known.id) },
  ...namedRow(store, known.username, changes),
  ...depthReads(store, rules, known),
]

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
  const request = blameChanges(changes, () => replacementOf(open, changes, deps.rules))
  const used = depthOf(changes, state, 1)
  const now = withoutHold(await readCircumstances(deps, request, state, used), open)
  const plan = planOrder(request, now)
  blameChanges(changes, () => refuseOrder(request, plan, now))
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
