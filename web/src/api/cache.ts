import type { Cache, CacheExchangeOpts, UpdateResolver } from '@urql/exchange-graphcache'

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
    invalidateFields(
      cache,
      portfolio,
      (field) => !['username', '__typename', 'insight'].includes(field),
    )
  invalidateFields(cache, user, (field) => field === 'orders')
  for (const key of assetKeys(cache)) invalidateFields(cache, key, (field) => field === 'myOrders')
}

function assetKeys(cache: Cache): string[] {
  return cache
    .inspectFields('Query')
    .filter(({ fieldName }) => fieldName === 'asset')
    .map(({ fieldKey }) => entityKey(cache.resolve('Query', fieldKey)))
    .filter((key) => key !== undefined)
}

const forgetSessions: UpdateResolver = (_result, _args, cache) => {
  const user = entityKey(cache.resolve('Query', 'me'))
  if (user) invalidateFields(cache, user, (field) => field === 'sessions')
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
    CancelOrderPayload: embedded,
    Candle: embedded,
    Cash: embedded,
    CashPayload: embedded,
    ChangePasswordPayload: embedded,
    ClaimRedPocketPayload: embedded,
    Finding: embedded,
    Insight: embedded,
    LedgerAssetHealth: embedded,
    LedgerHealth: embedded,
    Market: embedded,
    MarketData: embedded,
    OrderConnection: embedded,
    OrderPreview: embedded,
    PageInfo: embedded,
    PlaceOrderPayload: embedded,
    Quote: embedded,
    RedPocket: embedded,
    RevokeSessionPayload: embedded,
    SignUpPayload: embedded,
    SignedUpUser: embedded,
    UpdateProfilePayload: embedded,
    ValueChange: embedded,
  },
  updates: {
    Mutation: {
      deposit: forgetPortfolio,
      withdraw: forgetPortfolio,
      claimRedPocket: forgetPortfolio,
      placeOrder: forgetPortfolio,
      cancelOrder: forgetPortfolio,
      changePassword: forgetSessions,
      revokeSession: forgetSessions,
    },
  },
}
