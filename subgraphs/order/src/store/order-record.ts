import {
  priceFromUnits,
  quantityFromUnits,
  type Price,
  type Quantity,
  type Usd,
  usdFromCents,
} from '@cnop/kit/money'
import { packedNamedLots } from '@cnop/ledger/lots'
import { z } from 'zod'
import {
  liquidities,
  type Order,
  orderSides,
  orderStatuses,
  orderTypes,
  timesInForce,
} from '../domain/order.ts'

/** An order as plain JSON: one form for rows and for the results stored under idempotency keys. */
export type OrderRecord = z.input<typeof recordSchema>

const digits = z.string().regex(/^\d{1,38}$/)
const units = digits.transform(BigInt)
const cents = units.transform((value): Usd => usdFromCents(value))
const amount = units.transform((value): Quantity => quantityFromUnits(value))
const perUnit = units.transform((value): Price => priceFromUnits(value))

const recordSchema = z.object({
  id: z.string(),
  username: z.string(),
  clientOrderId: z.string().optional(),
  replaces: z.string().optional(),
  replacedBy: z.string().optional(),
  takeProfitPrice: perUnit.optional(),
  stopLossPrice: perUnit.optional(),
  stopLossLimitPrice: perUnit.optional(),
  exitOrderId: z.string().optional(),
  entryOrderId: z.string().optional(),
  lots: z.string().regex(packedNamedLots).optional(),
  lotsGone: z.boolean().optional(),
  recurringOrderId: z.string().optional(),
  side: z.enum(orderSides),
  type: z.enum(orderTypes),
  status: z.enum(orderStatuses),
  assetId: z.string(),
  quantity: amount,
  quoteAmount: cents.optional(),
  feeBasisPoints: units,
  makerFeeBasisPoints: units.optional(),
  limitPrice: perUnit.optional(),
  stopPrice: perUnit.optional(),
  stopLimitPrice: perUnit.optional(),
  trailAmount: perUnit.optional(),
  trailBasisPoints: digits.transform(Number).optional(),
  bestPrice: perUnit.optional(),
  judgedAt: z.string().optional(),
  triggeredAt: z.string().optional(),
  triggerPrice: perUnit.optional(),
  filledQuantity: amount.optional(),
  filledValue: units.optional(),
  filledFee: units.optional(),
  fillCount: digits.transform(Number).optional(),
  price: perUnit.optional(),
  quotedAt: z.string().optional(),
  total: cents.optional(),
  fee: cents.optional(),
  liquidity: z.enum(liquidities).optional(),
  heldCash: cents.optional(),
  reason: z.string().optional(),
  timeInForce: z.enum(timesInForce).optional(),
  expiresAt: z.string().optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  entrySequences: z.array(units),
})

/** Amounts and counts become text. What the order does not have is left out, because most orders have few of the fields. */
export function toRecord(order: Order): OrderRecord {
  const record: Record<string, unknown> = {}
  for (const [name, value] of Object.entries<unknown>({ ...order })) {
    if (value === undefined) continue
    record[name] = typeof value === 'bigint' || typeof value === 'number' ? value.toString() : value
  }
  record['entrySequences'] = order.entrySequences.map(String)
  return record as OrderRecord
}

/** Parses a row or a stored result; throws when it is not an order. */
export function fromRecord(record: unknown): Order {
  const parsed = recordSchema.parse(record)
  return {
    ...parsed,
    quoteAmount: parsed.quoteAmount,
    limitPrice: parsed.limitPrice,
    price: parsed.price,
    quotedAt: parsed.quotedAt,
    total: parsed.total,
    fee: parsed.fee,
    heldCash: parsed.heldCash,
    reason: parsed.reason,
    expiresAt: parsed.expiresAt,
  }
}
