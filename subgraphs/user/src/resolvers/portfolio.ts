import { nextUtcDayMs, toIso, utcDay } from '@cnop/kit/clock'
import { pageSize } from '@cnop/kit/cursor'
import { BadInput } from '@cnop/kit/errors'
import { allowance } from '@cnop/ledger/account'
import { listEntries } from '@cnop/ledger/activity'
import { readYearGains } from '@cnop/ledger/year-gains'
import { checkTicker } from '@cnop/quotes/quote'
import { readHistory } from '../commands/read-history.ts'
import type { Context } from '../deps.ts'
import type {
  PortfolioActivityArgs,
  PortfolioHistoryArgs,
  PortfolioHoldingArgs,
  PortfolioPerformanceArgs,
  PortfolioRealisedGainsArgs,
} from '../generated/resolvers.ts'
import { type Activity as Entry, toActivity, toTradeFacts } from '../domain/activity.ts'
import { toCash } from '../domain/cash-movement.ts'
import { type OwnedHolding, toOwnedHolding } from '../domain/holding.ts'
import { checkYear, toRealisedGains } from '../domain/realised.ts'
import { readOwned } from './owned.ts'
import { readPerformance } from '../commands/read-performance.ts'
import { describePerformance } from '../domain/performance-facts.ts'
import { readDayChange } from '../commands/read-day-change.ts'
import type { Standing } from '../commands/standing.ts'
import type { DayChange } from '../domain/day-change.ts'
import type { Settled } from '../loaders.ts'

/** Holdings and their prices at the moment of the request. */
async function readStanding(context: Context, username: string): Promise<Standing> {
  const { loaders, quotes, momentMs } = context
  const [settled, { quotes: known }] = await Promise.all([
    loaders.readSettled(username),
    quotes.asOf(momentMs),
  ])
  return { settled, quotes: known, nowMs: momentMs ?? context.now() }
}

const days = new WeakMap<Settled, Promise<DayChange | undefined>>()

/** The day change of a portfolio, computed once for the portfolio and all holdings of a request. */
async function readDay(context: Context, username: string): Promise<DayChange | undefined> {
  const standing = await readStanding(context, username)
  const day = days.get(standing.settled) ?? readDayChange(context, standing)
  days.set(standing.settled, day)
  return day
}

interface Owned {
  readonly username: string
}

const maxPage = 100
const defaultPage = 20
const factCount = 10

async function listHoldings(username: string, context: Context): Promise<readonly OwnedHolding[]> {
  const { holdings } = await context.loaders.readSettled(username)
  return holdings.map((holding) => toOwnedHolding(username, holding))
}

async function findHolding(
  username: string,
  assetId: string,
  context: Context,
): Promise<OwnedHolding | undefined> {
  const holdings = await listHoldings(username, context)
  return holdings.find((holding) => holding.assetId === assetId)
}

const readTicker = (field: string, text: string | null | undefined): string | undefined =>
  text == null ? undefined : checkTicker(text, field)

export const Portfolio = {
  __resolveReference: ({ username }: Owned, context: Context): Promise<Owned> =>
    readOwned(context, username, () => ({ username })),
  cash: async ({ username }: Owned, _args: unknown, context: Context) => {
    const account = await context.loaders.accounts.load(username)
    return toCash(account, context.ledger.limits.redPocketHoldMs, context.now())
  },
  holdings: ({ username }: Owned, _args: unknown, context: Context) =>
    listHoldings(username, context),
  holding: ({ username }: Owned, { assetId }: PortfolioHoldingArgs, context: Context) =>
    findHolding(username, checkTicker(assetId), context),
  allowance: async ({ username }: Owned, _args: unknown, context: Context) => {
    const { limits } = context.ledger
    const account = await context.loaders.accounts.load(username)
    return {
      depositLimit: limits.deposit,
      withdrawLimit: limits.withdrawal,
      ...allowance(account, limits, context.now()),
      resetsAt: toIso(nextUtcDayMs(context.now())),
    }
  },
  activity: async ({ username }: Owned, args: PortfolioActivityArgs, context: Context) => {
    const { after, kinds, assetId, from, to } = args
    const first = pageSize(args.first, maxPage, defaultPage)
    const [fromMs, toMs] = [from, to].map((instant) => (instant ? Date.parse(instant) : undefined))
    if (fromMs !== undefined && toMs !== undefined && fromMs > toMs) {
      throw new BadInput('from', 'must not be after to')
    }
    const page = await listEntries(context.ledger, {
      ...{ username, first, after, kinds, assetId: readTicker('assetId', assetId) },
      ...{ fromMs, toMs },
    })
    return {
      nodes: page.entries.map(toActivity),
      pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.endCursor },
    }
  },
  history: async ({ username }: Owned, { range }: PortfolioHistoryArgs, context: Context) =>
    readHistory(context, await readStanding(context, username), { range: range ?? 'MONTH' }),
  performance: async ({ username }: Owned, args: PortfolioPerformanceArgs, context: Context) => {
    const standing = await readStanding(context, username)
    const question = {
      from: args.from,
      to: args.to ?? utcDay(standing.nowMs),
      assetId: readTicker('assetId', args.assetId),
      benchmark: readTicker('benchmark', args.benchmark),
    }
    return describePerformance(await readPerformance(context, standing, question))
  },
  dayChange: async ({ username }: Owned, _args: unknown, context: Context) =>
    (await readDay(context, username))?.ofPortfolio,
  dayChangeExcludes: async ({ username }: Owned, _args: unknown, context: Context) =>
    (await readDay(context, username))?.leftOut ?? null,
  lotMethod: async ({ username }: Owned, _args: unknown, context: Context) =>
    (await context.loaders.accounts.load(username)).lotMethod,
  realisedGains: async (
    { username }: Owned,
    { year }: PortfolioRealisedGainsArgs,
    context: Context,
  ) => {
    checkYear(year)
    return toRealisedGains(year, await readYearGains(context.ledger, username, year))
  },
  tradeFacts: async ({ username }: Owned, _args: unknown, context: Context) => {
    const kinds = ['BUY', 'SELL'] as const
    const { entries } = await listEntries(context.ledger, { username, first: factCount, kinds })
    return toTradeFacts(entries)
  },
}

export const Activity = {
  order: ({ orderId }: Entry) => (orderId === undefined ? null : { id: orderId }),
}

export const Holding = {
  __resolveReference: ({ username, assetId }: Owned & { assetId: string }, context: Context) =>
    readOwned(context, username, () => findHolding(username, assetId, context)),
  dayChange: async ({ username, assetId }: OwnedHolding, _args: unknown, context: Context) =>
    (await readDay(context, username))?.ofHoldings.get(assetId),
  asset: ({ assetId }: OwnedHolding) => ({ id: assetId }),
}
