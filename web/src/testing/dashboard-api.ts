import { createFakeApi, type FakeAnswer, type FakeOperations } from './fake-api.ts'

export const portfolio = (fields: object): FakeAnswer => ({
  data: {
    me: {
      __typename: 'User',
      username: 'ada_lovelace',
      firstName: 'Ada',
      isGuest: false,
      portfolio: { __typename: 'Portfolio', username: 'ada_lovelace', ...fields },
    },
  },
})

export const noMore = { __typename: 'PageInfo', hasNextPage: false, endCursor: null }

/** Cash and one ether worth $1,000.00, which lost $20.00 today. */
export const owned = (available: string) =>
  portfolio({
    cash: { __typename: 'Cash', available, held: '0.00', posted: available },
    dayChange: { __typename: 'ValueChange', amount: '-20.00', base: '1000.00', percent: -2 },
    dayChangeExcludes: [],
    holdings: [holding('ETH', '1000')],
  })

const holding = (assetId: string, price: string, isActive = true) => ({
  __typename: 'Holding',
  username: 'ada_lovelace',
  assetId,
  quantity: '1',
  available: '1',
  held: '0',
  averageCost: '900',
  costBasis: '900.00',
  marketValue: `${price}.00`,
  unrealisedProfit: null,
  dayChange: null,
  asset: {
    __typename: 'Asset',
    id: assetId,
    name: assetId,
    isActive,
    haltedSince: null,
    quote: { __typename: 'Quote', price, quotedAt: '2026-11-21T12:00:00.000Z' },
  },
})

export const insight = portfolio({
  insight: {
    __typename: 'Insight',
    summary: 'You own $2,234.50.',
    engine: 'GEMINI',
    model: 'gemini',
    generatedAt: '2026-11-21T12:00:00.000Z',
    isCached: false,
    isPending: false,
    degradedReason: null,
    findings: [],
  },
})

/** What the rules say of an empty portfolio: the text is the finding and what to do about it. */
export const nothingYet = (degradedReason: string | null = null) =>
  portfolio({
    insight: {
      __typename: 'Insight',
      summary: 'There is nothing in your portfolio yet. Deposit some cash to begin.',
      engine: 'RULES',
      model: null,
      generatedAt: '2026-11-21T12:00:00.000Z',
      isCached: false,
      isPending: false,
      degradedReason,
      findings: [
        {
          __typename: 'Finding',
          kind: 'EMPTY',
          severity: 'INFO',
          assetId: null,
          text: 'There is nothing in your portfolio yet.',
        },
      ],
    },
  })

export const watchlist = (assets: readonly object[]): FakeAnswer => ({
  data: { me: { __typename: 'User', username: 'ada_lovelace', watchlist: assets } },
})

export const watchedBitcoin = {
  __typename: 'Asset',
  id: 'BTC',
  name: 'Bitcoin',
  quote: { __typename: 'Quote', price: '64000', quotedAt: '2026-11-21T12:00:00.000Z' },
  marketData: { __typename: 'MarketData', changePercent24h: 1.5 },
  sparkline: [],
}

export const platform = (operations: FakeOperations = {}) =>
  createFakeApi({
    ValuesPortfolio: owned('1234.50'),
    DashboardHistory: portfolio({ history: [] }),
    DashboardPerformance: portfolio({
      performance: {
        __typename: 'Performance',
        since: '2026-01-01T00:00:00.000Z',
        timeWeighted: { __typename: 'PerformanceReturn', percent: 4.5 },
        benchmark: {
          ...{ __typename: 'BenchmarkPerformance', assetId: 'BTC' },
          return: { __typename: 'PerformanceReturn', percent: 6 },
        },
      },
    }),
    DashboardOpenOrders: portfolio({
      openOrders: { __typename: 'OrderConnection', nodes: [], pageInfo: noMore },
    }),
    DashboardActivity: portfolio({
      activity: { __typename: 'ActivityConnection', nodes: [], pageInfo: noMore },
    }),
    DashboardInsight: insight,
    DashboardWatchlist: watchlist([]),
    DashboardMovers: {
      data: {
        rising: { __typename: 'AssetConnection', nodes: [watchedBitcoin] },
        falling: { __typename: 'AssetConnection', nodes: [watchedBitcoin] },
      },
    },
    DashboardRedPocket: portfolio({
      redPocket: {
        __typename: 'RedPocket',
        claimedToday: false,
        nextClaimAt: '2026-11-22T00:00:00.000Z',
        isOffered: true,
        canClaim: true,
      },
    }),
    ...operations,
  })
