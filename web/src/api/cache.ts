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

/** A movement of money changes almost all data of a portfolio, so the displayed queries are read again. */
const forgetPortfolio: UpdateResolver = (_result, _args, cache) => {
  const user = entityKey(cache.resolve('Query', 'me'))
  if (!user) return
  const portfolio = entityKey(cache.resolve(user, 'portfolio'))
  if (portfolio)
    invalidateFields(cache, portfolio, (field) => !['username', '__typename'].includes(field))
  invalidateFields(cache, user, (field) => ['orders', 'recurringOrders'].includes(field))
}

/** A cancelled order has an additional entry in its receipt. */
const forgetCancelled: UpdateResolver = (result, args, cache, info) => {
  forgetPortfolio(result, args, cache, info)
  const { input } = args as OrdersCancelMutationVariables
  cache.invalidate({ __typename: 'Order', id: input.orderId }, 'receipt')
}

const forgetSessions: UpdateResolver = (_result, _args, cache) => {
  const user = entityKey(cache.resolve('Query', 'me'))
  if (user) invalidateFields(cache, user, (field) => field === 'sessions')
}

const forgetRecurring: UpdateResolver = (_result, _args, cache) => {
  const user = entityKey(cache.resolve('Query', 'me'))
  if (user) invalidateFields(cache, user, (field) => field === 'recurringOrders')
}

const forgetPortfolioAlerts: UpdateResolver = (_result, _args, cache) => {
  const user = entityKey(cache.resolve('Query', 'me'))
  if (user) invalidateFields(cache, user, (field) => field === 'portfolioAlerts')
}

/** A changed order is read again with the balances that it affects, wherever the change was made. */
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

/** An alert that caused a notification has changed its state. */
const forgetNotifications: UpdateResolver = (_result, _args, cache) => {
  const user = entityKey(cache.resolve('Query', 'me'))
  if (user)
    invalidateFields(cache, user, (field) =>
      ['notifications', 'priceAlerts', 'portfolioAlerts'].includes(field),
    )
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** The key of each type. Types without a key are embedded in their parent. */
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
    BenchmarkPerformance: embedded,
    CancelOrderPayload: embedded,
    CancelOrdersPayload: embedded,
    CancelPriceAlertPayload: embedded,
    Candle: embedded,
    Cash: embedded,
    CashPayload: embedded,
    ChangePasswordPayload: embedded,
    ChooseNotificationChannelsPayload: embedded,
    ClaimRedPocketPayload: embedded,
    CreatePriceAlertPayload: embedded,
    DeleteRecurringOrderPayload: embedded,
    DepthLevel: embedded,
    Drawdown: embedded,
    EquityPoint: embedded,
    Finding: embedded,
    Insight: embedded,
    LedgerAssetHealth: embedded,
    LedgerHealth: embedded,
    Market: embedded,
    MarketData: embedded,
    MarketDepth: embedded,
    MarkNotificationsSeenPayload: embedded,
    NotificationChoice: embedded,
    NotificationConnection: embedded,
    NotificationEvent: embedded,
    OrderConnection: embedded,
    OrderEvent: embedded,
    OrderFill: embedded,
    OrderPreview: embedded,
    PageInfo: embedded,
    Performance: embedded,
    PerformanceReturn: embedded,
    PlaceOrderPayload: embedded,
    PortfolioAlertPayload: embedded,
    Quote: embedded,
    RealisedAssetGain: embedded,
    RealisedGains: embedded,
    RecurringDate: embedded,
    RecurringOrderPayload: embedded,
    RecurringRun: embedded,
    RedPocket: embedded,
    ReplaceOrderPayload: embedded,
    RevokeSessionPayload: embedded,
    SetLotMethodPayload: embedded,
    SignUpPayload: embedded,
    SignedUpUser: embedded,
    StreamCash: embedded,
    StreamNotification: embedded,
    StreamOrder: embedded,
    Trade: embedded,
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
      replaceOrder: forgetPortfolio,
      cancelOrder: forgetCancelled,
      cancelOrders: forgetPortfolio,
      createRecurringOrder: forgetRecurring,
      deleteRecurringOrder: forgetRecurring,
      createPortfolioAlert: forgetPortfolioAlerts,
      setLotMethod: forgetPortfolio,
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
