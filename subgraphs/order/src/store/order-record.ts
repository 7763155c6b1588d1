import {
  priceFromUnits,
  quantityFromUnits,
  type Price,
  type Quantity,
  type Usd,
  usdFromCents,
} from '@cnop/kit/money'
import { z } from 'zod'
import { type Order, orderSides, orderStatuses, orderTypes, timesInForce } from '../domain/order.ts'

/** An order as plain JSON: one form for rows and for the results stored under idempotency keys. */
export type OrderRecord = z.input<typeof recordSchema>

const units = z
  .string()
  .regex(/^\d{1,38}$/)
  .transform(BigInt)
const cents = units.transform((value): Usd => usdFromCents(value))
const amount = units.transform((value): Quantity => quantityFromUnits(value))
const perUnit = units.transform((value): Price => priceFromUnits(value))

const recordSchema = z.object({
  id: z.string(),
  username: z.string(),
  clientOrderId: z.string().optional(),
  replaces: z.string().optional(),
  replacedBy: z.string().optional(),
  side: z.enum(orderSides),
  type: z.enum(orderTypes),
  status: z.enum(orderStatuses),
  assetId: z.string(),
  quantity: amount,
  quoteAmount: cents.optional(),
  feeBasisPoints: units,
  limitPrice: perUnit.optional(),
  stopPrice: perUnit.optional(),
  judgedAt: z.string().optional(),
  triggeredAt: z.string().optional(),
  triggerPrice: perUnit.optional(),
  price: perUnit.optional(),
  quotedAt: z.string().optional(),
  total: cents.optional(),
  fee: cents.optional(),
  heldCash: cents.optional(),
  reason: z.string().optional(),
  timeInForce: z.enum(timesInForce).optional(),
  expiresAt: z.string().optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
  entrySequences: z.array(units),
})

export function toRecord(order: Order): OrderRecord {
  const { quoteAmount, limitPrice, stopPrice, triggerPrice, price, total, fee, heldCash } = order
  return {
    ...order,
    quantity: order.quantity.toString(),
    quoteAmount: quoteAmount?.toString(),
    feeBasisPoints: order.feeBasisPoints.toString(),
    limitPrice: limitPrice?.toString(),
    stopPrice: stopPrice?.toString(),
    triggerPrice: triggerPrice?.toString(),
    price: price?.toString(),
    total: total?.toString(),
    fee: fee?.toString(),
    heldCash: heldCash?.toString(),
    entrySequences: order.entrySequences.map(String),
  }
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
