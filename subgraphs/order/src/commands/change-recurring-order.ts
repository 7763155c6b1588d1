import { BadInput, Contention } from '@cnop/kit/errors'
import { checkKey } from '@cnop/kit/idempotency-key'
import type { Actor } from '@cnop/kit/identity'
import { transact, type Write } from '@cnop/kit/transact'
import { VersionLost } from '@cnop/ledger/account-store'
import { runCommand } from '@cnop/ledger/command'
import { AssetNotFound, AssetNotTradable } from '@cnop/quotes/errors'
import type { Deps } from '../deps.ts'
import { RecurringOrderNotFound, TooManyOrders } from '../domain/errors.ts'
import {
  isRecurringOrderId,
  openRecurringOrder,
  type RecurringOrder,
  type RecurringStatus,
  withStatus,
} from '../domain/recurring-order.ts'
import { checkRecurringOrder, recurringJson } from '../domain/recurring-request.ts'
import { announceRecurring } from '../events.ts'
import type { CreateRecurringOrderInput } from '../generated/resolvers.ts'
import {
  changeRecurringWrites,
  createRecurringWrites,
  deleteRecurringWrites,
  fromRecurringRecord,
  listRecurringOrders,
  readRecurringOrder,
  type RecurringRecord,
  toRecurringRecord,
} from '../store/recurring-orders.ts'

/** Creates a recurring order once for each key. No money moves, but the account's version keeps concurrent creations within the limit. */
export async function createRecurringOrder(
  deps: Deps,
  { username }: Actor,
  input: CreateRecurringOrderInput,
): Promise<RecurringOrder> {
  const key = checkKey(input.key)
  const asked = checkRecurringOrder(input, deps.rules)
  const command = { username, key, name: 'createRecurringOrder', input: recurringJson(asked) }
  let createdId: string | undefined
  const record = await runCommand<RecurringRecord>(deps.ledger, command, async () => {
    const { store, quotes, recurring } = deps
    const [quote, others] = await Promise.all([
      quotes.current(asked.assetId),
      listRecurringOrders(store, username, recurring.most),
    ])
    if (!quote) throw new AssetNotFound(asked.assetId)
    if (!quote.isActive) throw new AssetNotTradable(asked.assetId)
    if (others.length >= recurring.most) {
      throw new TooManyOrders('recurring orders', recurring.most)
    }
    createdId = deps.newId('rec')
    const order = openRecurringOrder(asked, { id: createdId, username, nowMs: deps.now() })
    const cause = createRecurringWrites(store.table, order)
    return { entry: undefined, cause, result: toRecurringRecord(order) }
  })
  const order = fromRecurringRecord(record)
  if (order.id === createdId) announceRecurring(deps, order, 'created')
  return order
}

/** Pauses or resumes a recurring order; one that is so already is answered as it is. */
export async function setRecurringStatus(
  deps: Deps,
  actor: Actor,
  { id, status }: { readonly id: string; readonly status: RecurringStatus },
): Promise<RecurringOrder> {
  const { order, isChanged } = await changeOwn(deps, actor, id, (before) => {
    const next = withStatus(before, status, deps.now())
    const writes = next && changeRecurringWrites(deps.store.table, next, before)
    return { order: next ?? before, writes: writes ?? [] }
  })
  if (isChanged) announceRecurring(deps, order, status === 'ACTIVE' ? 'resumed' : 'paused')
  return order
}

/** Deletes a recurring order with its runs; the orders that it has placed stay. */
export async function deleteRecurringOrder(deps: Deps, actor: Owner, id: string): Promise<string> {
  const { order } = await changeOwn(deps, actor, id, (before) => ({
    order: before,
    writes: deleteRecurringWrites(deps.store.table, before),
  }))
  announceRecurring(deps, order, 'deleted')
  return id
}

type Owner = Pick<Actor, 'username'>

interface OwnChange {
  readonly order: RecurringOrder
  readonly writes: readonly Write[]
}

/** How often a run or another change may come between. */
const maxAttempts = 10

/** Changes an order of the caller on condition that it still is as it was read. Another user's is not found. */
async function changeOwn(
  deps: Deps,
  { username }: Owner,
  id: string,
  change: (before: RecurringOrder) => OwnChange,
): Promise<{ readonly order: RecurringOrder; readonly isChanged: boolean }> {
  if (!isRecurringOrderId(id)) {
    throw new BadInput('id', 'must be the id of a recurring order, which begins with rec_')
  }
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const before = await readRecurringOrder(deps.store, { username, id })
    if (!before) throw new RecurringOrderNotFound(id)
    const { order, writes } = change(before)
    if (writes.length === 0) return { order, isChanged: false }
    try {
      await transact(deps.store.db, writes)
      return { order, isChanged: true }
    } catch (error) {
      if (!(error instanceof VersionLost)) throw error
    }
  }
  throw new Contention()
}
