import { z } from 'zod'
import { belowLeast, isMoreThan } from '../decimal.ts'
import { field, value } from '../fields.ts'
import { type Connection, defineRoute, type Route } from '../route.ts'
import { clampWindow, lenientWindow, strictWindow } from './windows.ts'

const orderType = z.enum(['market_buy', 'market_sell', 'limit_buy', 'limit_sell'])
type OrderType = z.infer<typeof orderType>

const orderStatus = z.enum(['pending', 'completed', 'cancelled', 'expired', 'failed'])

const listedOrder = z.strictObject({
  order_id: z.string(),
  order_type: orderType,
  asset_id: z.string(),
  quantity: value.quantity,
  price: value.price.nullable().meta({
    description: 'The execution price; the limit price of an order that has not filled.',
  }),
  created_at: value.time,
})

const wholeOrder = listedOrder.extend({
  status: orderStatus,
  total_amount: value.money.nullable().meta({ description: 'Null until the order has filled.' }),
})

interface ListedOrder {
  readonly id: string
  readonly side: 'BUY' | 'SELL'
  readonly type: 'MARKET' | 'LIMIT' | 'STOP' | 'STOP_LIMIT' | 'TRAILING_STOP' | 'OCO'
  readonly assetId: string
  readonly quantity: string
  readonly price: string | null
  readonly limitPrice: string | null
  readonly createdAt: string
}

interface Order extends ListedOrder {
  readonly status: Uppercase<z.infer<typeof orderStatus>> | 'PARTIALLY_FILLED'
  readonly total: string | null
}

/** This API knows two types. A stop order of another client is what it becomes when it is triggered, and an OCO order what it is until then. */
const plainTypes = {
  MARKET: 'MARKET',
  LIMIT: 'LIMIT',
  STOP: 'MARKET',
  STOP_LIMIT: 'LIMIT',
  TRAILING_STOP: 'MARKET',
  OCO: 'LIMIT',
} as const satisfies Record<ListedOrder['type'], 'MARKET' | 'LIMIT'>

const showListed = (order: ListedOrder): z.infer<typeof listedOrder> => ({
  order_id: order.id,
  order_type: `${plainTypes[order.type]}_${order.side}`.toLowerCase() as OrderType,
  asset_id: order.assetId,
  quantity: order.quantity,
  price: order.price ?? order.limitPrice,
  created_at: order.createdAt,
})

const showOrder = (order: Order): z.infer<typeof wholeOrder> => ({
  ...showListed(order),
  // This API knows no parts: an order whose rest waits is pending.
  ...(order.status === 'PARTIALLY_FILLED'
    ? { status: 'pending', total_amount: null }
    : {
        status: order.status.toLowerCase() as z.infer<typeof orderStatus>,
        total_amount: order.total,
      }),
})

/** Splits `limit_buy` into type and side. */
const splitType = (kind: OrderType) => {
  const [type = '', side = ''] = kind.toUpperCase().split('_')
  return { type, side }
}

/** The orders that are shown as of this type. */
function filterOf(kind: OrderType) {
  const { type, side } = splitType(kind)
  const types = Object.entries(plainTypes).flatMap(([name, plain]) => (plain === type ? name : []))
  return { side, types }
}

const leastQuantity = '0.001'

const orderFields = z.object({
  order_type: orderType,
  asset_id: field.assetId,
  quantity: field.quantity,
  price: field.price.nullish().meta({
    description: 'The limit price. A market order ignores it and fills at the current price.',
  }),
  expires_at: field.instant.nullish().meta({
    description:
      'When a limit order stops waiting, at most 365 days ahead; without it, it waits until cancelled. A market order ignores it.',
  }),
})

const isSale = (kind: unknown): boolean => kind === 'market_sell' || kind === 'limit_sell'

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isOfQuantity = ({ path }: { readonly path?: readonly PropertyKey[] | undefined }): boolean =>
  path?.[0] === 'quantity'

/**
 * Refuses less than the minimum quantity, also together with other invalid fields. A sale may be smaller when it sells the
 * whole holding; the order service checks that.
 */
const newOrder = orderFields.superRefine(
  ({ order_type: kind, quantity }, context) => {
    if (isSale(kind) || !isMoreThan(leastQuantity, quantity)) return
    const [type, message, ctx] = belowLeast(leastQuantity)
    const path = ['quantity']
    context.addIssue({ code: 'custom', path, message, input: quantity, params: { type, ctx } })
  },
  { when: ({ value, issues }) => isObject(value) && !issues.some(isOfQuantity) },
)

/** The refusal of a sale that is smaller and not the whole holding. */
function quantityRefusal({ minQuantity }: Readonly<Record<string, string>>) {
  if (minQuantity === undefined) return undefined
  const [type, msg, ctx] = belowLeast(minQuantity)
  return { type, loc: ['body', 'quantity'], msg, input: null, ctx }
}

const placeOrder = defineRoute({
  method: 'post',
  path: '/orders',
  tag: 'Orders',
  summary: 'Places a market or a limit order',
  isProtected: true,
  isCommand: true,
  operation: 'RestPlaceOrder',
  example: { order_type: 'limit_buy', asset_id: 'BTC', quantity: '0.001', price: '50000.00' },
  status: 201,
  statuses: { ASSET_NOT_FOUND: 422 },
  fieldErrors: { ORDER_TOO_SMALL: quantityRefusal },
  inputs: { body: newOrder },
  variables: ({ body }, { key }) => ({
    input: {
      key,
      ...splitType(body.order_type),
      assetId: body.asset_id,
      quantity: body.quantity,
      ...(body.order_type.startsWith('limit') && {
        ...(body.price != null && { limitPrice: body.price }),
        ...(body.expires_at != null && { expiresAt: body.expires_at }),
      }),
    },
  }),
  answer: z.strictObject({ data: wholeOrder }),
  shape: ({ placeOrder: { order } }: { readonly placeOrder: { readonly order: Order } }) => ({
    data: showOrder(order),
  }),
})

interface Orders {
  readonly me: { readonly orders: Connection<ListedOrder> }
}

const listOrders = defineRoute({
  method: 'get',
  path: '/orders',
  tag: 'Orders',
  summary: 'Lists the caller’s orders, newest first',
  isProtected: true,
  operation: 'RestOrders',
  status: 200,
  inputs: {
    query: strictWindow.extend({
      asset_id: field.assetId.optional(),
      order_type: orderType.optional(),
    }),
  },
  variables: ({ query }) => ({
    filter: {
      ...(query.asset_id !== undefined && { assetId: query.asset_id }),
      ...(query.order_type !== undefined && filterOf(query.order_type)),
    },
  }),
  page: { connection: ({ me }: Orders) => me.orders, window: ({ query }) => query },
  answer: z.strictObject({ data: z.array(listedOrder), has_more: z.boolean() }),
  shape: (_data, { page }) => ({ data: page.nodes.map(showListed), has_more: page.hasMore }),
})

const readOrder = defineRoute({
  method: 'get',
  path: '/orders/{order_id}',
  tag: 'Orders',
  summary: 'Shows one of the caller’s orders',
  isProtected: true,
  operation: 'RestOrder',
  status: 200,
  refusals: { 404: 'The caller has no such order.' },
  inputs: { path: z.object({ order_id: field.orderId }) },
  variables: ({ path }) => ({ id: path.order_id }),
  answer: z.strictObject({ data: wholeOrder }),
  shape: ({ order }: { readonly order: Order }) => ({ data: showOrder(order) }),
})

const trade = z.strictObject({
  asset_id: z.string(),
  transaction_type: z.enum(['BUY', 'SELL']),
  quantity: value.quantity,
  price: value.price,
  status: z.literal('COMPLETED'),
  timestamp: value.time,
})

interface Trade {
  readonly kind: 'BUY' | 'SELL'
  readonly quantityChange: string
  readonly price: string
  readonly createdAt: string
}

interface Trades {
  readonly asset: { readonly id: string }
  readonly me: { readonly portfolio: { readonly activity: Connection<Trade> } }
}

const listTrades = defineRoute({
  method: 'get',
  path: '/assets/{asset_id}/transactions',
  tag: 'Orders',
  summary: 'Lists the caller’s trades of one asset, newest first',
  isProtected: true,
  operation: 'RestAssetTransactions',
  status: 200,
  refusals: { 404: 'No asset has this ticker.' },
  inputs: { path: z.object({ asset_id: field.assetId }), query: lenientWindow },
  variables: ({ path }) => ({ assetId: path.asset_id }),
  page: {
    connection: ({ me }: Trades) => me.portfolio.activity,
    window: ({ query }) => clampWindow(query),
  },
  answer: z.strictObject({ data: z.array(trade), has_more: z.boolean() }),
  shape: ({ asset }, { page }) => ({
    data: page.nodes.map((node) => ({
      asset_id: asset.id,
      transaction_type: node.kind,
      quantity: node.quantityChange.replace('-', ''),
      price: node.price,
      status: 'COMPLETED',
      timestamp: node.createdAt,
    })),
    has_more: page.hasMore,
  }),
})

export const orderRoutes: readonly Route[] = [placeOrder, listOrders, readOrder, listTrades]
