import type { Item, Store } from '@cnop/kit/dynamo'
import { type Price, priceFromUnits, quantityFromUnits, usdFromCents } from '@cnop/kit/money'
import { queryPage, type RowAddress } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { VersionLost } from '@cnop/ledger/account-store'
import { z } from 'zod'
import { type DepthUsed, taken } from '../domain/depth-used.ts'
import { filledOf, liquidities, type Order, type OrderSide } from '../domain/order.ts'
import type { MarketQuote, OrderRules } from '../domain/order-rules.ts'
import { type Fill, mostFills } from '../domain/parts.ts'
import { depthKey, fillKey, fillPrefix, userPk } from './keys.ts'

const digits = z.string().regex(/^\d{1,38}$/)
const units = digits.transform(BigInt)
const cents = units.transform(usdFromCents)

const fillRow = z.object({
  orderId: z.string(),
  username: z.string(),
  number: digits.transform(Number),
  price: units.transform((value): Price => priceFromUnits(value)),
  quantity: units.transform(quantityFromUnits),
  total: cents,
  fee: cents,
  liquidity: z.enum(liquidities),
  filledAt: z.string(),
})

const depthRow = z.object({ quotedAt: z.string(), used: units.transform(quantityFromUnits) })

/** Writes the trade of an order that fills in parts; each number once. */
export function fillWrites(table: string, fill: Fill | undefined): Write[] {
  if (!fill) return []
  const { orderId, username, number, price, quantity, total, fee, ...others } = fill
  const Item = {
    ...fillKey(username, orderId, number),
    ...{ orderId, username, number: number.toString(), price: price.toString() },
    ...{ quantity: quantity.toString(), total: total.toString(), fee: fee.toString() },
    ...others,
  }
  const put = { TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' }
  return [{ put, refused: () => new VersionLost() }]
}

/** The trades of an order that has filled in parts, oldest first. */
export async function listFills(
  { db, table }: Store,
  { username, id }: Pick<Order, 'username' | 'id'>,
): Promise<readonly Fill[]> {
  const { items } = await queryPage(db, {
    ...{ table, pk: userPk(username), skPrefix: fillPrefix(id) },
    ...{ limit: mostFills, newestFirst: false },
  })
  return items.map((item) => fillRow.parse(item))
}

export interface DepthPlace {
  readonly username: string
  readonly assetId: string
  readonly side: OrderSide
}

type Rules = Pick<OrderRules, 'liquidity'>

/** The row of what an account has taken of a market; none where the market has no end. */
export const depthReads = (
  { table }: Store,
  { liquidity }: Rules,
  { username, assetId, side }: DepthPlace,
): readonly RowAddress[] =>
  liquidity.depth === undefined ? [] : [{ table, key: depthKey(username, assetId, side) }]

export function parseDepth(row: Item | undefined): DepthUsed | undefined {
  if (!row) return undefined
  const { quotedAt, used } = depthRow.parse(row)
  return { quotedAt, quantity: used }
}

export interface Taking extends DepthPlace {
  readonly quote: MarketQuote
  readonly known: DepthUsed | undefined
  readonly quantity: Order['quantity']
}

/** Counts a trade toward what its account has taken, on condition that this is as it was read. */
export function depthWrites(table: string, rules: Rules, taking: Taking): Write[] {
  const { username, assetId, side, quote, known, quantity } = taking
  if (rules.liquidity.depth === undefined || quantity === 0n) return []
  const { quotedAt, quantity: used } = taken(known, quote, quantity)
  const Item = { ...depthKey(username, assetId, side), quotedAt, used: used.toString() }
  const condition = known
    ? {
        ConditionExpression: 'quotedAt = :at AND used = :used',
        ExpressionAttributeValues: { ':at': known.quotedAt, ':used': known.quantity.toString() },
      }
    : { ConditionExpression: 'attribute_not_exists(pk)' }
  return [{ put: { TableName: table, Item, ...condition }, refused: () => new VersionLost() }]
}

/** What an order has filled since it was as before: what it has taken of the market. */
export const filledSince = (after: Order, before?: Order): Order['quantity'] =>
  quantityFromUnits(filledOf(after) - (before ? filledOf(before) : 0n))
