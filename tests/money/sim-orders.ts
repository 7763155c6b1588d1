import { toIso } from '@cnop/kit/clock'
import { type Price, price, type Quantity, quantityFromUnits, usd } from '@cnop/kit/money'
import { emptyHolding } from '@cnop/ledger/account'
import { buyEntry, type Entry, holdAssetEntry, holdCashEntry } from '@cnop/ledger/entry'
import { ClientOrderIdUsed } from '@cnop/order/domain/errors'
import {
  closeOrder,
  meets,
  openOrder,
  planFill,
  triggered,
  triggers,
} from '@cnop/order/domain/open-order'
import { isOpen, type Order } from '@cnop/order/domain/order'
import { holdOf } from '@cnop/order/domain/order-hold'
import { checkRequest, type OrderRequest } from '@cnop/order/domain/order-request'
import { type Circumstances, planOrder, refuseOrder } from '@cnop/order/domain/plan-order'
import {
  checkChanges,
  refuseEnded,
  replacedOrder,
  replacementOf,
  withoutHold,
} from '@cnop/order/domain/replace-order'
import { pendingStop } from '@cnop/order/domain/stop'
import { tradeAmounts } from '@cnop/quotes/trade-amounts'
import type { Random } from './random.ts'
import { assetIds, decided, type Draw, type Plan, type PlanBugs, type Planner } from './sim-plan.ts'
import { idOf, OrderMoved, type OrderRow, type OrderStatus, type OrderWrite } from './sim-rows.ts'

const baseRules = {
  minimum: { quantity: quantityFromUnits(1n), value: usd('0') },
  maxValue: usd('10000'),
  maxLimitPrice: price('1000000'),
  quoteMaxAgeMs: 60_000,
  longestWaitMs: 365 * 86_400_000,
  mostOpen: 50,
  stopAllowancePercent: 5n,
}

const statuses = {
  PENDING: 'OPEN',
  COMPLETED: 'FILLED',
  CANCELLED: 'CANCELLED',
  EXPIRED: 'CANCELLED',
  FAILED: 'CANCELLED',
} as const satisfies Record<Order['status'], OrderStatus>

const rowOf = (record: Order): OrderRow => ({
  id: record.id,
  username: record.username,
  side: record.side,
  assetId: record.assetId,
  held: holdOf(record)?.amount ?? 0n,
  quantity: record.quantity,
  status: statuses[record.status],
  record,
})

const created = (record: Order): OrderWrite => ({ order: rowOf(record), from: undefined })
const changed = (record: Order): OrderWrite => ({ order: rowOf(record), from: 'OPEN' })

/** A price of some dollars with a long fraction, and a quantity whose value is between a cent and a few hundred dollars. */
const drawPrice = (random: Random): Price =>
  price(`${5 + random.below(10)}.${random.below(1_000_000)}7`)
const drawQuantity = (random: Random): Quantity =>
  quantityFromUnits(BigInt(1_000_000 + random.below(2_000_000_000)))

interface Market {
  readonly price: Price
  readonly feeBasisPoints: bigint
}

const drawMarket = (random: Random): Market => ({
  price: drawPrice(random),
  feeBasisPoints: random.pick([0n, 25n, 1_000n]),
})

type State = Parameters<Plan['decide']>[0]

/** What the order service would know of the market and the account. */
function circumstancesOf(
  { now }: Planner,
  market: Market,
  assetId: string,
  { holdings }: Pick<State, 'holdings'>,
): Circumstances {
  const { available, held } = holdings.get(assetId) ?? emptyHolding(assetId)
  const nowMs = now()
  const rules = { ...baseRules, feeBasisPoints: market.feeBasisPoints }
  const quote = { price: market.price, quotedAt: toIso(nowMs), isActive: true }
  return { quote, available, held, open: 0, rules, nowMs }
}

/** Orders that are drawn one after the other often get the same name, so that they race for it. */
const drawName = (random: Random, id: string): string | undefined =>
  random.happens(0.5) ? `name ${Math.floor(Number(id.replace(/\D/g, '')) / 5)}` : undefined

const nameRow = (username: string, name: string | undefined): readonly string[] =>
  name === undefined ? [] : [idOf(username, name)]

function refuseUsedName(bugs: PlanBugs, name: string | undefined, row: OrderRow | undefined): void {
  if (name !== undefined && row && !bugs.ignoresUsedName) throw new ClientOrderIdUsed(name, row.id)
}

/** Limit orders of every time in force, at limits that the market meets or not, some of them named. */
export function planOrderOfAnyKind(planner: Planner, username: string): Draw {
  const { random, bugs, newKey } = planner
  const assetId = random.pick(assetIds)
  const market = drawMarket(random)
  const id = `ord_${newKey()}`
  const clientOrderId = drawName(random, id)
  const input = {
    side: random.pick(['BUY', 'SELL'] as const),
    assetId,
    quantity: drawQuantity(random),
    ...drawTerms(random),
    ...(clientOrderId !== undefined && { clientOrderId }),
  }
  const request = checkRequest(input, { ...baseRules, feeBasisPoints: market.feeBasisPoints })
  return {
    name: 'place',
    assetIds: [assetId],
    reads: nameRow(username, clientOrderId),
    decide: (state, preview) => {
      refuseUsedName(bugs, clientOrderId, state.rows[0])
      const now = forgetAllowance(bugs, circumstancesOf(planner, market, assetId, state))
      const asked = letIocWait(bugs, request)
      const plan = planOrder(asked, now)
      refuseOrder(asked, plan, now)
      const placement = { ...now, id, username, at: toIso(now.nowMs) }
      const { order, entry, covered } = openOrder(asked, plan, placement)
      preview(covered)
      const record = { ...order, timeInForce: request.timeInForce }
      return decided(bugs.keepsHoldOfIoc ? covered : entry, [created(record)])
    },
  }
}

const letIocWait = ({ letsIocWait }: PlanBugs, request: OrderRequest): OrderRequest =>
  letsIocWait && request.type === 'LIMIT' ? { ...request, timeInForce: 'GTC' } : request

const forgetAllowance = ({ holdsStopPriceOnly }: PlanBugs, now: Circumstances): Circumstances =>
  holdsStopPriceOnly ? { ...now, rules: { ...now.rules, stopAllowancePercent: 0n } } : now

function drawTerms(random: Random) {
  const limitPrice = drawPrice(random)
  const stopPrice = drawPrice(random)
  const wait = { timeInForce: random.pick(['GTC', 'DAY'] as const) }
  const roll = random.next()
  if (roll < 0.3) return { type: 'STOP', stopPrice, ...wait } as const
  if (roll < 0.5) return { type: 'STOP_LIMIT', stopPrice, limitPrice, ...wait } as const
  const timeInForce = random.pick(['GTC', 'GTC', 'DAY', 'IOC', 'FOK'] as const)
  return { type: 'LIMIT', limitPrice, timeInForce } as const
}

/** A fill, a cancellation, an expiry or a replacement of an order that was open at some time. */
export function planChange(planner: Planner, known: Order): Draw {
  const { random } = planner
  if (pendingStop(known) !== undefined && random.happens(0.5)) return planTrigger(planner, known)
  const roll = random.next()
  if (roll < 0.35) return planFillOf(planner, known)
  if (roll < 0.55) return planEndOf(planner, known)
  return planReplacement(planner, known)
}

function readOpen(rows: readonly (OrderRow | undefined)[]): Order {
  const record = rows[0]?.record
  if (!record || !isOpen(record)) throw new OrderMoved()
  return record
}

const about = ({ id, username, assetId }: Order) => ({
  input: { orderId: id },
  username,
  assetIds: [assetId],
  reads: [id],
})

/** A price around what an order waits for, mostly one that reaches it. */
function drawNear(random: Random, { side, limitPrice, stopPrice }: Order): Price {
  const at = limitPrice ?? stopPrice ?? 1n
  const share = BigInt(random.below(400) - 150)
  const better = (at * share) / 1_000n
  return (side === 'BUY' ? at - better : at + better) as Price
}

/** The matcher's fill: at the limit or better, or at the market for a stop that was triggered. */
function planFillOf(planner: Planner, known: Order): Draw {
  const { random, bugs } = planner
  const market = { price: drawNear(random, known), feeBasisPoints: 0n }
  return {
    ...about(known),
    name: 'fill',
    key: `fill:${known.id}`,
    isShared: true,
    decide: ({ rows, holdings }) => {
      const open = readOpen(rows)
      const { quote, nowMs } = circumstancesOf(planner, market, open.assetId, { holdings })
      const seen = bugs.fillsUntriggered ? { ...open, triggeredAt: 'never' } : open
      if (!meets(seen, quote, nowMs)) throw new OrderMoved()
      const { order, entry } = planFill(open, quote, toIso(nowMs))
      if (order.status !== 'FAILED' || !bugs.fillsBeyondHold)
        return decided(entry, [changed(order)])
      const { id: orderId, assetId, quantity } = open
      const { total, fee } = tradeAmounts({ ...open, price: quote.price })
      const terms = { orderId, assetId, quantity, price: quote.price, total, fee }
      const filled: Order = { ...open, status: 'COMPLETED', price: quote.price, total, fee }
      return decided(buyEntry({ ...terms, heldBefore: open.heldCash ?? usd('0') }), [
        changed(filled),
      ])
    },
  }
}

/** The trigger of a stop order, by a price that reaches it or does not. */
function planTrigger({ random, bugs, now }: Planner, known: Order): Draw {
  const seenPrice = drawPrice(random)
  return {
    ...about(known),
    name: 'trigger',
    key: `trigger:${known.id}`,
    isShared: true,
    decide: ({ rows }) => {
      const open = readOpen(rows)
      const seen = { price: seenPrice, quotedAt: toIso(now()) }
      const judged: Order = bugs.triggersOnWrongSide
        ? { ...open, side: open.side === 'BUY' ? 'SELL' : 'BUY' }
        : open
      if (!triggers(judged, seen, now())) throw new OrderMoved()
      return decided(undefined, [changed(triggered(open, seen, seen.quotedAt))])
    },
  }
}

function planEndOf({ random, now }: Planner, known: Order): Draw {
  const status = random.pick(['CANCELLED', 'EXPIRED'] as const)
  const name = status === 'CANCELLED' ? 'cancel' : 'expire'
  return {
    ...about(known),
    name,
    key: `${name}:${known.id}`,
    isShared: true,
    decide: ({ rows }) => {
      const { order, entry } = closeOrder(readOpen(rows), { status, at: toIso(now()) })
      return decided(entry, [changed(order)])
    },
  }
}

function planReplacement(planner: Planner, known: Order): Draw {
  const { random, bugs, newKey } = planner
  const market = drawMarket(random)
  const id = `ord_${newKey()}`
  const clientOrderId = drawName(random, id)
  const rules = { ...baseRules, feeBasisPoints: market.feeBasisPoints }
  const input = {
    ...{ key: '', orderId: known.id, quantity: drawQuantity(random) },
    ...(known.limitPrice !== undefined && random.happens(0.7) && { limitPrice: drawPrice(random) }),
    ...(known.stopPrice !== undefined && random.happens(0.3) && { stopPrice: drawPrice(random) }),
    ...(clientOrderId !== undefined && { clientOrderId }),
  }
  const changes = checkChanges(input, rules)
  return {
    ...about(known),
    input: { id },
    name: 'replace',
    reads: [known.id, ...nameRow(known.username, clientOrderId)],
    decide: (state) => {
      refuseUsedName(bugs, clientOrderId, state.rows[1])
      const open = readOpen(state.rows)
      const request = replacementOf(open, changes, rules)
      const now = withoutHold(circumstancesOf(planner, market, open.assetId, state), open)
      refuseEnded(open, now.nowMs)
      const plan = planOrder(request, now)
      refuseOrder(request, plan, now)
      const placement = { ...now, id, username: open.username, at: toIso(now.nowMs) }
      const { order, covered } = openOrder(request, plan, { ...placement, replaced: open })
      const ended = replacedOrder(open, id, placement.at)
      return decided(spoilReplacement(bugs, covered, order), causeOf(bugs, order, ended))
    },
  }
}

function causeOf(bugs: PlanBugs, order: Order, ended: Order): readonly OrderWrite[] {
  if (bugs.losesReplacement) return [changed(ended)]
  return bugs.leavesReplacedOpen ? [created(order)] : [changed(ended), created(order)]
}

function spoilReplacement(bugs: PlanBugs, entry: Entry, order: Order): Entry {
  if (bugs.keepsReplacedHold && isOpen(order)) return plainHold(order)
  if (!bugs.freesReplacedTwice) return entry
  const postings = entry.postings.map((posting, place) => {
    const isFreed = place < 2 && entry.kind === 'REPLACE'
    return isFreed ? { ...posting, amount: posting.amount * 2n } : posting
  })
  return { ...entry, postings }
}

function plainHold({ id: orderId, side, assetId, quantity, heldCash = usd('0') }: Order): Entry {
  return side === 'BUY'
    ? holdCashEntry({ orderId, assetId, amount: heldCash })
    : holdAssetEntry({ orderId, assetId, quantity })
}
