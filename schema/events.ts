import { z } from 'zod'

/**
 * The contract of the event bus: each channel, and the type of its messages. Publishers and subscribers name a channel
 * by its constant, so that a renamed field does not compile. Amounts travel as text, as the API writes them.
 */
export interface Channel<Message> {
  readonly name: string
  readonly type: z.ZodType<Message>
}

/** The messages of a channel. */
export type MessageOf<Named> = Named extends Channel<infer Message> ? Message : never

const channel = <Message>(name: string, type: z.ZodType<Message>): Channel<Message> => ({
  name,
  type,
})

const text = z.string()
const instant = z.iso.datetime()
const units = text.regex(/^\d{1,24}$/)

/** A quote without field names, so that a few hundred fit one message or row: see `subgraphs/quotes/src/packing.ts`. */
export const packedQuote = z.tuple([
  text,
  units,
  text,
  z.boolean(),
  text,
  z.enum(['MAJOR', 'ALTCOIN', 'STABLECOIN']),
  units.nullable(),
  // Absent in most quotes, which are neither halted nor delisted.
  text.nullable().optional(),
  text.nullable().optional(),
])

/** The prices of one tick. */
export const quotesTicked = channel(
  'quotes.ticked',
  z.object({ tickedAt: text, quotes: z.array(packedQuote) }),
)

const changedOrder = z.object({
  username: text,
  orderId: text,
  clientOrderId: text.optional(),
  replaces: text.optional(),
  replacedBy: text.optional(),
  status: z.enum(['PENDING', 'PARTIALLY_FILLED', 'COMPLETED', 'CANCELLED', 'EXPIRED', 'FAILED']),
  side: z.enum(['BUY', 'SELL']),
  type: z.enum(['MARKET', 'LIMIT', 'STOP', 'STOP_LIMIT', 'TRAILING_STOP', 'OCO']),
  assetId: text,
  quantity: text,
  // Absent in messages of older releases.
  filledQuantity: text.optional(),
  limitPrice: text.optional(),
  stopPrice: text.optional(),
  stopLimitPrice: text.optional(),
  trailAmount: text.optional(),
  trailBasisPoints: z.int().optional(),
  bestPrice: text.optional(),
  takeProfitPrice: text.optional(),
  stopLossPrice: text.optional(),
  stopLossLimitPrice: text.optional(),
  exitOrderId: text.optional(),
  entryOrderId: text.optional(),
  triggeredAt: text.optional(),
  price: text.optional(),
  total: text.optional(),
  reason: text.optional(),
  createdAt: text,
  updatedAt: text,
})

/** Every change of a user's orders: all that the owner may see of them. Routers hear only the users that follow. */
export const ordersChanged = (username: string) =>
  channel(`orders.changed.${username}`, changedOrder)

/** An order that begins to wait for its price; for matchers, so it has no owner. */
export const ordersWaiting = channel(
  'orders.waiting',
  z.object({ assetId: text, side: z.enum(['BUY', 'SELL']), limitPrice: text }),
)

/** A stop order that begins to wait for its stop price, or for a price that moves its stop (TRAIL); for those who trigger them. */
export const stopsWaiting = channel(
  'orders.stops-waiting',
  z.object({
    assetId: text,
    side: z.enum(['BUY', 'SELL']),
    kind: z.enum(['STOP', 'TRAIL']).default('STOP'),
    stopPrice: text,
  }),
)

/** The list of the platform's recent trades in an asset has a new one. `mark` is random, and the same for every router. */
export const tradesAdded = channel('trades.added', z.object({ assetId: text, mark: text }))

/** A price alert that begins to wait; for those who watch prices, so it has no owner. */
export const priceAlertsWaiting = channel(
  'price-alerts.waiting',
  z.object({ assetId: text, direction: z.enum(['ABOVE', 'BELOW']), price: text }),
)

/** What a notification can be about: the kinds of the API. */
export const notificationKinds = [
  'PRICE_ALERT',
  'PRICE_ALERT_ENDED',
  'PORTFOLIO_ALERT',
  'PORTFOLIO_ALERT_ENDED',
  'ORDER_FILLED',
  'ORDER_TRIGGERED',
  'ORDER_EXPIRED',
  'ORDER_CANCELLED',
  'ORDER_FAILED',
  'RECURRING_ORDER_BOUGHT',
  'RECURRING_ORDER_SKIPPED',
] as const

const addedNotification = z.object({
  username: text,
  notification: z.object({
    id: text,
    kind: z.enum(notificationKinds),
    text,
    createdAt: text,
    alertId: text.nullish(),
    assetId: text.nullish(),
    orderId: text.nullish(),
  }),
})

/** A user's notification that was stored. */
export const notificationsAdded = (username: string) =>
  channel(`notifications.added.${username}`, addedNotification)

const changedBalances = z.object({ username: text })

/** A ledger command of this user succeeded; balances are to be read again. */
export const balancesChanged = (username: string) =>
  channel(`balances.changed.${username}`, changedBalances)

/** Ledger commands succeeded, at most one message a second from each process; verifiers that rest begin to work. */
export const ledgerChanged = channel('ledger.changed', z.object({}))

/** A session ended; `expiresAt` is when its last access token expires. */
export const sessionsEnded = channel(
  'sessions.ended',
  z.object({ sessionId: text, expiresAt: instant }),
)

/** The ledger was closed in one process; the row of the switch says why. */
export const ledgerClosed = channel('ledger.closed', z.object({ reason: text, closedAt: text }))

/** A router asks the others for their part of a view; `query` and `body` are JSON. */
export const fleetAsked = channel(
  'fleet.asked',
  z.object({ id: text, router: text, view: text, query: text }),
)

/** The answers to one router. */
export const fleetAnswered = (router: string) =>
  channel(`fleet.answered.${router}`, z.object({ id: text, router: text, body: text }))
