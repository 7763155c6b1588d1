import type { Cache, CacheExchangeOpts, UpdateResolver } from '@urql/exchange-graphcache'
import type {
  OrdersCancelMutationVariables,
  ShellOrderEventsSubscription,
} from '../generated/graphql.ts'

type Resolved = ReturnType<Cache['resolve']>

const embedded = () => null

const entityKey = (value: Resolved): string | undefined =>
  typeof value === 'string' ? value : undefined

function invalidateFields(cache: Cache, key: string, isMeant: (field: string) => boolean): void {
  for (const { fieldName, arguments: args } of cache.inspectFields(key)) {
    if (isMeant(fieldName)) cache.invalidate(key, fieldName, args)
  }
}

/** A movement of money changes almost everything about a portfolio: what is on screen is read anew. */
const forgetPortfolio: UpdateResolver = (_result, _args, cache) => {
  const user = entityKey(cache.resolve('Query', 'me'))
  if (!user) return
  const portfolio = entityKey(cache.resolve(user, 'portfolio'))
  if (portfolio)
    invalidateFields(cache, portfolio, (field) => !['username', '__typename'].includes(field))
  invalidateFields(cache, user, (field) => field === 'orders')
}

/** A cancelled order has one entry more in its receipt. */
const forgetCancelled: UpdateResolver = (result, args, cache, info) => {
  forgetPortfolio(result, args, cache, info)
  const { input } = args as OrdersCancelMutationVariables
  cache.invalidate({ __typename: 'Order', id: input.orderId }, 'receipt')
}

const forgetSessions: UpdateResolver = (_result, _args, cache) => {
  const user = entityKey(cache.resolve('Query', 'me'))
  if (user) invalidateFields(cache, user, (field) => field === 'sessions')
}

/** An order that changed, here or anywhere else, is read anew with the money that it moved. */
const forgetOrders: UpdateResolver<ShellOrderEventsSubscription> = (
  { orderEvents },
  _args,
  cache,
  info,
) => {
  forgetPortfolio({}, {}, cache, info)
  for (const { orderId } of orderEvents.orders)
    cache.invalidate({ __typename: 'Order', id: orderId })
}

/** Notifications come from price alerts, whose state changed with it. */
const forgetNotifications: UpdateResolver = (_result, _args, cache) => {
  const user = entityKey(cache.resolve('Query', 'me'))
  if (user)
    invalidateFields(cache, user, (field) => ['notifications', 'priceAlerts'].includes(field))
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** What identifies each type; everything without an identity lives inside its parent. */
export const cacheOptions: CacheExchangeOpts = {
  keys: {
    User: (user) => text(user['username']),
    Portfolio: (portfolio) => text(portfolio['username']),
    Holding: ({ username, assetId }) =>
      typeof username === 'string' && typeof assetId === 'string' ? `${username}:${assetId}` : null,
    ActivityConnection: embedded,
    AllocationSlice: embedded,
    Allowance: embedded,
    AssetConnection: embedded,
    BalanceEvent: embedded,
    CancelOrderPayload: embedded,
    CancelPriceAlertPayload: embedded,
    Candle: embedded,
    Cash: embedded,
    CashPayload: embedded,
    ChangePasswordPayload: embedded,
    ClaimRedPocketPayload: embedded,
    CreatePriceAlertPayload: embedded,
    EquityPoint: embedded,
    Finding: embedded,
    Insight: embedded,
    LedgerAssetHealth: embedded,
    LedgerHealth: embedded,
    Market: embedded,
    MarketData: embedded,
    MarkNotificationsSeenPayload: embedded,
    NotificationConnection: embedded,
    NotificationEvent: embedded,
    OrderConnection: embedded,
    OrderEvent: embedded,
    OrderPreview: embedded,
    PageInfo: embedded,
    PlaceOrderPayload: embedded,
    Quote: embedded,
    RedPocket: embedded,
    RevokeSessionPayload: embedded,
    SignUpPayload: embedded,
    SignedUpUser: embedded,
    StreamCash: embedded,
    StreamNotification: embedded,
    StreamOrder: embedded,
    UnwatchAssetPayload: embedded,
    UpdateProfilePayload: embedded,
    ValueChange: embedded,
    WatchAssetPayload: embedded,
  },
  updates: {
    Mutation: {
      deposit: forgetPortfolio,
      withdraw: forgetPortfolio,
      claimRedPocket: forgetPortfolio,
      placeOrder: forgetPortfolio,
      cancelOrder: forgetCancelled,
      changePassword: forgetSessions,
      revokeSession: forgetSessions,
    },
    Subscription: {
      orderEvents: forgetOrders,
      balanceChanged: forgetPortfolio,
      notifications: forgetNotifications,
    },
  },
}
