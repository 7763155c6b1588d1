import { toIso } from '@cnop/kit/clock'
import { price, type Quantity, quantityFromUnits, usd } from '@cnop/kit/money'
import { emptyHolding } from '@cnop/ledger/account'
import { ClientOrderIdUsed } from '@cnop/order/domain/errors'
import { type DepthUsed, leftOf, taken } from '@cnop/order/domain/depth-used'
import { filledOf, isOpen, type Order } from '@cnop/order/domain/order'
import { holdOf } from '@cnop/order/domain/order-hold'
import type { Fill } from '@cnop/order/domain/parts'
import type { Circumstances } from '@cnop/order/domain/plan-order'
import { agreedRates } from '@cnop/order/domain/order-fee'
import type { FeeSchedule } from '@cnop/quotes/fee'
import { hasDepth, noSpread } from '@cnop/quotes/liquidity'
import type { Random } from './random.ts'
import { drawMarket, type Drawn, spoilBook } from './sim-liquidity.ts'
import { drawSchedule, ratesOf } from './sim-fees.ts'
import type { Plan, PlanBugs, Planner, Tick } from './sim-plan.ts'
import { idOf, OrderMoved, type OrderRow, type OrderStatus, type OrderWrite } from './sim-rows.ts'

export const baseRules = {
  minimum: { quantity: quantityFromUnits(1n), value: usd('0') },
  maxValue: usd('10000'),
  maxLimitPrice: price('1000000'),
  quoteMaxAgeMs: 3_600_000,
  longestWaitMs: 365 * 86_400_000,
  mostOpen: 50,
  liquidity: noSpread,
  stopAllowancePercent: 5n,
}

const statuses = {
  PENDING: 'OPEN',
  PARTIALLY_FILLED: 'OPEN',
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

/** A new order; one that a fill opens has the fees of its entry. */
export const created = (record: Order, schedule?: FeeSchedule): OrderWrite => ({
  order: rowOf(record),
  from: undefined,
  fees: schedule && { schedule, rates: agreedRates(record) },
})
export const changed = (record: Order, before = record): OrderWrite => ({
  order: rowOf(record),
  from: 'OPEN',
  before,
})

/** A quantity whose value is between a cent and a few hundred dollars. */
export const drawQuantity = (random: Random): Quantity =>
  quantityFromUnits(BigInt(1_000_000 + random.below(2_000_000_000)))

/** The market of an asset: mostly another one than before, and otherwise that of the last tick, whose depth may be used up. */
export function drawTick(
  { random, ticks, now }: Planner,
  assetId: string,
  draw: (random: Random) => Drawn = drawMarket,
): Tick {
  const last = ticks.get(assetId)
  if (last && random.happens(0.4)) return last
  const tick = { ...draw(random), schedule: drawSchedule(random), quotedAt: toIso(now()) }
  ticks.set(assetId, tick)
  return tick
}

type State = Parameters<Plan['decide']>[0]

interface Taken {
  /** What the account has taken of the market before. */
  readonly known?: DepthUsed | undefined
}

/** The row of what an account has taken of a market. */
export const depthId = ({
  username,
  assetId,
  side,
}: Pick<Order, 'username' | 'assetId' | 'side'>) => `depth ${username} ${assetId} ${side}`

interface Trade extends Taken {
  readonly market: Tick
  readonly before?: Order | undefined
  readonly fill?: Fill | undefined
}

/** What an order that trades writes beside itself: nothing when it does not. */
export function tradeOf(after: Order, { market, before }: Trade): Pick<OrderWrite, 'market'> {
  const { book, quotedAt } = market
  return filledOf(after) === (before ? filledOf(before) : 0n) ? {} : { market: { book, quotedAt } }
}

/** Counts a trade toward what its account has taken of the market, where that has an end. */
export function taking(
  { countsNoDepth }: PlanBugs,
  after: Order,
  { market, before, known }: Trade,
): readonly OrderWrite[] {
  const { username, assetId, side } = after
  const { book, quotedAt } = market
  const quantity = quantityFromUnits(filledOf(after) - (before ? filledOf(before) : 0n))
  if (quantity === 0n || countsNoDepth || !hasDepth(side === 'BUY' ? book.asks : book.bids))
    return []
  const depth = taken(known, { quotedAt }, quantity)
  const row = { id: depthId(after), username, assetId, side, held: 0n, quantity: 0n } as const
  const from = known ? 'DEPTH' : undefined
  return [{ order: { ...row, status: 'DEPTH', depth }, from, depthBefore: known }]
}

/** What the order service would know of the market and the account. */
export function circumstancesOf(
  { now, bugs }: Planner,
  market: Tick,
  { assetId, side }: Pick<Order, 'assetId' | 'side'>,
  { account, holdings, known }: Pick<State, 'account' | 'holdings'> & Taken,
): Circumstances {
  const { available, held, lots } = holdings.get(assetId) ?? emptyHolding(assetId)
  const nowMs = now()
  const rules = { ...baseRules, fees: market.schedule }
  const fees = ratesOf(bugs, account, { schedule: market.schedule, nowMs })
  const book = spoilBook(bugs, market.book)
  const seen = { price: market.price, quotedAt: market.quotedAt, isActive: true, ...book }
  const quote = leftOf(seen, side, bugs.forgetsTakenDepth ? undefined : known)
  return { quote, available, held, lots, open: 0, fees, rules, nowMs }
}

/** Orders that are drawn one after the other often get the same name, so that they race for it. */
export const drawName = (random: Random, id: string): string | undefined =>
  random.happens(0.5) ? `name ${Math.floor(Number(id.replace(/\D/g, '')) / 5)}` : undefined

export const nameRow = (username: string, name: string | undefined): readonly string[] =>
  name === undefined ? [] : [idOf(username, name)]

export function refuseUsedName(
  bugs: PlanBugs,
  name: string | undefined,
  row: OrderRow | undefined,
): void {
  if (name !== undefined && row && !bugs.ignoresUsedName) throw new ClientOrderIdUsed(name, row.id)
}

export function readOpen(rows: readonly (OrderRow | undefined)[]): Order {
  const record = rows[0]?.record
  if (!record || !isOpen(record)) throw new OrderMoved()
  return record
}

/** An open order that has the same sale as it was known with. */
export function readSame(rows: readonly (OrderRow | undefined)[], known: Order): Order {
  const open = readOpen(rows)
  if (open.exitOrderId !== known.exitOrderId) throw new OrderMoved()
  return open
}

/** The row of the sale that an earlier part of a buy has opened. */
export const saleOf = ({ exitOrderId }: Order): readonly string[] =>
  exitOrderId === undefined ? [] : [exitOrderId]

export const about = ({ id, username, assetId }: Order) => ({
  input: { orderId: id },
  username,
  assetIds: [assetId],
  reads: [id],
})
