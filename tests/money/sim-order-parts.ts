import { toIso } from '@cnop/kit/clock'
import { type Price, price, type Quantity, quantityFromUnits, usd } from '@cnop/kit/money'
import { emptyHolding } from '@cnop/ledger/account'
import { ClientOrderIdUsed } from '@cnop/order/domain/errors'
import { isOpen, type Order } from '@cnop/order/domain/order'
import { holdOf } from '@cnop/order/domain/order-hold'
import type { Circumstances } from '@cnop/order/domain/plan-order'
import { agreedRates } from '@cnop/order/domain/order-fee'
import type { FeeSchedule } from '@cnop/quotes/fee'
import { type Book, noSpread } from '@cnop/quotes/liquidity'
import type { Random } from './random.ts'
import { drawBook, spoilBook } from './sim-liquidity.ts'
import { drawSchedule, ratesOf } from './sim-fees.ts'
import type { Plan, PlanBugs, Planner } from './sim-plan.ts'
import { idOf, OrderMoved, type OrderRow, type OrderStatus, type OrderWrite } from './sim-rows.ts'

export const baseRules = {
  minimum: { quantity: quantityFromUnits(1n), value: usd('0') },
  maxValue: usd('10000'),
  maxLimitPrice: price('1000000'),
  quoteMaxAgeMs: 60_000,
  longestWaitMs: 365 * 86_400_000,
  mostOpen: 50,
  liquidity: noSpread,
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

/** A price of some dollars with a long fraction, and a quantity whose value is between a cent and a few hundred dollars. */
export const drawPrice = (random: Random): Price =>
  price(`${5 + random.below(10)}.${random.below(1_000_000)}7`)
export const drawQuantity = (random: Random): Quantity =>
  quantityFromUnits(BigInt(1_000_000 + random.below(2_000_000_000)))

export interface Market {
  readonly price: Price
  readonly schedule: FeeSchedule
  readonly book: Book
}

export const drawMarket = (random: Random): Market => ({
  ...drawBook(random, drawPrice(random)),
  schedule: drawSchedule(random),
})

type State = Parameters<Plan['decide']>[0]

/** What the order service would know of the market and the account. */
export function circumstancesOf(
  { now, bugs }: Planner,
  market: Market,
  assetId: string,
  { account, holdings }: Pick<State, 'account' | 'holdings'>,
): Circumstances {
  const { available, held } = holdings.get(assetId) ?? emptyHolding(assetId)
  const nowMs = now()
  const rules = { ...baseRules, fees: market.schedule }
  const fees = ratesOf(bugs, account, { schedule: market.schedule, nowMs })
  const book = spoilBook(bugs, market.book)
  const quote = { price: market.price, quotedAt: toIso(nowMs), isActive: true, ...book }
  return { quote, available, held, open: 0, fees, rules, nowMs }
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

export const about = ({ id, username, assetId }: Order) => ({
  input: { orderId: id },
  username,
  assetIds: [assetId],
  reads: [id],
})
