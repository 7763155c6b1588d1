import type { Resolvers, PortfolioInsightArgs } from '../generated/resolvers.ts'
import { requireOwner } from '@cnop/kit/identity'
import { analysePortfolio } from '../commands/analyse-portfolio.ts'
import type { Context } from '../deps.ts'
import type { Insight } from '../domain/insight.ts'
import { readFacts } from './facts.ts'

/** An entity as the router refers to it, together with what `@requires` fetched. */
export interface PortfolioReference {
  readonly username: string
}

export const Portfolio = {
  insight: (
    portfolio: PortfolioReference,
    { refresh = false }: PortfolioInsightArgs,
    context: Context,
  ): Promise<Insight> => {
    const { username } = portfolio
    requireOwner(context, username)
    return analysePortfolio(context, {
      username,
      facts: readFacts(portfolio),
      refresh,
      momentMs: context.momentMs,
      log: context.log.child({ user: username }),
    })
  },
}

export const resolvers = { Portfolio } satisfies Resolvers
