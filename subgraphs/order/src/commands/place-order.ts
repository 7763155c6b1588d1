import { checkKey } from '@cnop/kit/idempotency-key'
import { toIso } from '@cnop/kit/clock'
import type { Actor } from '@cnop/kit/identity'
import { emptyHolding } from '@cnop/ledger/account'
import { runCommand, type State } from '@cnop/ledger/command'
import { AssetNotFound } from '@cnop/quotes/errors'
import type { Deps } from '../deps.ts'
import { openOrder } from '../domain/open-order.ts'
import type { Order } from '../domain/order.ts'
import { checkRequest, requestJson } from '../domain/order-request.ts'
import type { OrderRequest } from '../domain/order-request.ts'
import { type Circumstances, planOrder, refuseOrder } from '../domain/plan-order.ts'
import { announcePlaced } from '../events.ts'
import type { PlaceOrderInput } from '../generated/resolvers.ts'
import { fromRecord, type OrderRecord, toRecord } from '../store/order-record.ts'
import { placeWrites } from '../store/order-writes.ts'
import { countOpen } from '../store/orders.ts'

/** Places an order once for each key, in the transaction that moves its money. */
export async function placeOrder(
  deps: Deps,
  { username }: Actor,
  input: PlaceOrderInput,
): Promise<Order> {
  const key = checkKey(input.key)
  const request = checkRequest(input, deps.rules)
  const command = {
    username,
    key,
    name: 'placeOrder',
    input: requestJson(request),
    assetIds: [request.assetId],
  }
  let placedId: string | undefined
  const record = await runCommand<OrderRecord>(deps.ledger, command, async (state, preview) => {
    const now = await readCircumstances(deps, request, state)
    const plan = planOrder(request, now)
    refuseOrder(request, plan, now)
    placedId = deps.newId('ord')
    const placement = { id: placedId, username, at: toIso(now.nowMs), ...now }
    const { order, entry } = openOrder(request, plan, placement)
    const placed = { ...order, entrySequences: [preview(entry).entry.sequence] }
    return { entry, cause: placeWrites(deps.store.table, placed), result: toRecord(placed) }
  })
  const order = fromRecord(record)
  // A repeat returns the first order, which was published then.
  if (order.id === placedId) await announcePlaced(deps, order)
  return order
}

/** The inputs of the decision beside the request, read when it is made. */
export async function readCircumstances(
  { quotes, store, rules, now }: Pick<Deps, 'quotes' | 'store' | 'rules' | 'now'>,
  { assetId, type }: OrderRequest,
  { account, holdings }: Pick<State, 'account' | 'holdings'>,
): Promise<Circumstances> {
  const counting = type === 'LIMIT' ? countOpen(store, account.username, rules.mostOpen) : 0
  const [quote, open] = await Promise.all([quotes.current(assetId), counting])
  if (!quote) throw new AssetNotFound(assetId)
  const { available, held } = holdings.get(assetId) ?? emptyHolding(assetId)
  return { quote, available, held, open, rules, nowMs: now() }
}
