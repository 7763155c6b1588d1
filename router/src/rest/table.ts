import type { Route } from './route.ts'
import { accountRoutes } from './routes/account.ts'
import { balanceRoutes } from './routes/balance.ts'
import { marketRoutes } from './routes/market.ts'
import { orderRoutes } from './routes/orders.ts'
import { portfolioRoutes } from './routes/portfolio.ts'

export const restPrefix = '/api/v1'

/** Every route of the REST contract. */
export const routes: readonly Route[] = [
  ...accountRoutes,
  ...marketRoutes,
  ...orderRoutes,
  ...balanceRoutes,
  ...portfolioRoutes,
]

interface Pattern {
  readonly route: Route
  readonly steps: readonly string[]
}

const stepsOf = (path: string): string[] => path.split('/').slice(1)

const patterns: readonly Pattern[] = routes.map((route) => ({ route, steps: stepsOf(route.path) }))

/** A variable segment is never empty; a blank one matches, so that its handler can refuse it. */
const fits = ({ steps }: Pattern, given: readonly string[]): boolean =>
  steps.length === given.length &&
  steps.every((step, index) => (step.startsWith('{') ? given[index] !== '' : step === given[index]))

export interface Match {
  readonly route: Route
  /** The variable segments, still percent-encoded: an invalid encoding is refused after the token check. */
  readonly segments: Readonly<Record<string, string>>
}

/** Finds the row for a method and a path below the prefix; one trailing slash does not matter. */
export function findRoute(method: string, path: string): Match | undefined {
  const given = stepsOf(path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)
  const wanted = method.toLowerCase()
  const pattern = patterns.find(
    (candidate) => candidate.route.method === wanted && fits(candidate, given),
  )
  if (!pattern) return undefined
  const segments = pattern.steps.flatMap((step, index) =>
    step.startsWith('{') ? [[step.slice(1, -1), given[index] ?? '']] : [],
  )
  return { route: pattern.route, segments: Object.fromEntries(segments) as Record<string, string> }
}

/** The template of a path, for metric labels of bounded cardinality. */
export function findTemplate(method: string, path: string): string | undefined {
  if (!path.startsWith(`${restPrefix}/`)) return undefined
  const match = findRoute(method, path.slice(restPrefix.length))
  return match && `${restPrefix}${match.route.path}`
}
