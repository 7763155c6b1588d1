import { checkKey } from '@cnop/kit/idempotency-key'
import { toIso } from '@cnop/kit/clock'
import type { Item, Store } from '@cnop/kit/dynamo'
import type { Actor } from '@cnop/kit/identity'
import type { RowAddress } from '@cnop/kit/read'
import { emptyHolding } from '@cnop/ledger/account'
import { runCommand, type State } from '@cnop/ledger/command'
import { tradedVolume } from '@cnop/ledger/volumes'
import { AssetNotFound } from '@cnop/quotes/errors'
import { ratesAt } from '@cnop/quotes/fee'
import type { Deps } from '../deps.ts'
import { ClientOrderIdUsed } from '../domain/errors.ts'
import { hasExits } from '../domain/exit.ts'
import { openOrder } from '../domain/open-order.ts'
import { type DepthUsed, leftOf } from '../domain/depth-used.ts'
import { filledOf, type Order } from '../domain/order.ts'
import type { Fill } from '../domain/parts.ts'
import { checkRequest, requestJson } from '../domain/order-request.ts'
import type { OrderRequest } from '../domain/order-request.ts'
import { type Circumstances, planOrder, refuseOrder } from '../domain/plan-order.ts'
import { withBook } from '../domain/order-rules.ts'
import { announcePlaced } from '../events.ts'
import type { PlaceOrderInput } from '../generated/resolvers.ts'
import { fromRecord, type OrderRecord, toRecord } from '../store/order-record.ts'
import { clientOrderKey } from '../store/keys.ts'
import { depthReads, depthWrites, fillWrites, parseDepth } from '../store/fills.ts'
import { exitWrites, orderIdOf, placeWrites } from '../store/order-writes.ts'
import { countOpen } from '../store/orders.ts'

/** Places an order once for each key, in the transaction that moves its money. */
export async function placeOrder(
  deps: Deps,
  { username }: Pick<Actor, 'username'>,
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
    reads: [
      ...namedRow(deps.store, username, request),
      ...depthReads(deps.store, deps.rules, { username, ...request }),
    ],
  }
  let placed: Order | undefined
  let opened: Order | undefined
  let fill: Fill | undefined
  const record = await runCommand<OrderRecord>(deps.ledger, command, async (state, preview) => {
    const known = depthOf(request, state)
    const now = await readCircumstances(deps, request, state, known)
    refuseUsedName(request, state.rows[0])
    const plan = planOrder(request, now)
    refuseOrder(request, plan, now)
    const ids = { id: deps.newId('ord'), exitId: deps.newId('ord') }
    const placement = { ...ids, username, at: toIso(now.nowMs), ...now }
    const { order, entry, exit, covered, ...others } = openOrder(request, plan, placement)
    fill = others.fill
    const { sequence } = preview(covered).entry
    placed = { ...order, entrySequences: entry ? [sequence] : [] }
    opened = exit && { ...exit, entrySequences: [sequence] }
    const { table } = deps.store
    const cause = [
      ...placeWrites(table, placed),
      ...exitWrites(table, opened),
      ...fillWrites(table, fill),
      ...depthWrites(table, deps.rules, { ...placed, ...now, known, quantity: filledOf(placed) }),
    ]
    return { entry, cause, result: toRecord(placed) }
  })
  // A repeat returns the first order, which was published then.
  if (placed?.id !== record.id) return fromRecord(record)
  await announcePlaced(deps, placed, fill)
  if (opened) await announcePlaced(deps, opened)
  return placed
}

/** The row that has the name of the order, when another order has it. */
export const namedRow = (
  { table }: Store,
  username: string,
  { clientOrderId }: Pick<OrderRequest, 'clientOrderId'>,
): readonly RowAddress[] =>
  clientOrderId === undefined ? [] : [{ table, key: clientOrderKey(username, clientOrderId) }]

/** What the account has taken of the market, from the row that is read last. */
export const depthOf = (
  { clientOrderId }: Pick<OrderRequest, 'clientOrderId'>,
  { rows }: Pick<State, 'rows'>,
  first = 0,
): DepthUsed | undefined => parseDepth(rows[first + (clientOrderId === undefined ? 0 : 1)])

/** Refuses a name that another request has used; the request's own key has answered a repeat before. */
export function refuseUsedName(
  { clientOrderId }: Pick<OrderRequest, 'clientOrderId'>,
  row: Item | undefined,
): void {
  const orderId = orderIdOf(row)
  if (clientOrderId !== undefined && orderId !== undefined) {
    throw new ClientOrderIdUsed(clientOrderId, orderId)
  }
}

/** The inputs of the decision beside the request, read when it is made. */
export async function readCircumstances(
  { quotes, store, rules, now }: Pick<Deps, 'quotes' | 'store' | 'rules' | 'now'>,
  request: OrderRequest,
  { account, holdings }: Pick<State, 'account' | 'holdings'>,
  known: DepthUsed | undefined,
): Promise<Circumstances> {
  const { assetId, side, type } = request
  const opens = type !== 'MARKET' || hasExits(request)
  const counting = opens ? countOpen(store, account.username, rules.mostOpen) : 0
  const [quote, open] = await Promise.all([quotes.current(assetId), counting])
  if (!quote) throw new AssetNotFound(assetId)
  const { available, held, lots } = holdings.get(assetId) ?? emptyHolding(assetId)
  const nowMs = now()
  const fees = ratesAt(rules.fees, tradedVolume(account, nowMs))
  const market = leftOf(withBook(quote, rules), side, known)
  return { quote: market, available, held, lots, open, fees, rules, nowMs }
}
