import { performance } from 'node:perf_hooks'
import { manifest, type SubgraphName } from '@cnop/schema/read'

/** A panel of the dashboard: one persisted query. */
export interface Panel {
  readonly name: string
  /** The required subgraphs. Without the first one the panel has no data. */
  readonly needs: readonly [SubgraphName, ...SubgraphName[]]
  readonly variables?: Readonly<Record<string, unknown>>
}

export const panels: readonly Panel[] = [
  { name: 'SystemMarket', needs: ['inventory'] },
  { name: 'LandingAssets', needs: ['inventory'] },
  { name: 'SystemLedger', needs: ['user'] },
  { name: 'AccountCash', needs: ['user'] },
  { name: 'DashboardActivity', needs: ['user'] },
  { name: 'ValuesPortfolio', needs: ['user', 'inventory'] },
  { name: 'TradeOpenOrders', needs: ['user', 'order'] },
  { name: 'DashboardInsight', needs: ['user', 'insights'], variables: { refresh: false } },
  { name: 'DashboardRedPocket', needs: ['user', 'cny'] },
]

/** Pages of the signed-in user. */
export const ownPages: ReadonlySet<string> = new Set([
  '/dashboard',
  '/trade/BTC',
  '/portfolio',
  '/orders',
  '/activity',
  '/account',
  '/profile',
])

/** The pages that show data of a service. */
export const pagesOf: Readonly<Record<SubgraphName, readonly string[]>> = {
  user: [...ownPages, '/market', '/market/BTC', '/system'],
  order: ['/dashboard', '/trade/BTC', '/orders', '/market/BTC', '/system'],
  inventory: ['/dashboard', '/trade/BTC', '/portfolio', '/market', '/market/BTC', '/system'],
  insights: ['/dashboard', '/system'],
  cny: ['/dashboard', '/account', '/system'],
}

/** What the system page calls the services. */
export const titles: Readonly<Record<SubgraphName, string>> = {
  user: 'Accounts',
  order: 'Orders',
  inventory: 'Market',
  insights: 'Insights',
  cny: 'Red pockets',
}

/** One response to the query of a panel. */
export interface Sample {
  readonly panel: Panel
  readonly status: number
  readonly isWhole: boolean
  /** Whether the response contains data. */
  readonly hasData: boolean
  /** The codes of the errors, or the cause of a missing response. */
  readonly codes: readonly string[]
  readonly sentAt: number
  readonly ms: number
}

const ids = new Map(
  Object.entries(manifest('web')).map(([id, document]) => [
    /^\s*(?:query|mutation)\s+(\w+)/.exec(document)?.[1] ?? '',
    id,
  ]),
)

/** Queries a panel as the dashboard does. */
export async function askPanel(origin: string, token: string, panel: Panel): Promise<Sample> {
  const sha256Hash = ids.get(panel.name)
  if (sha256Hash === undefined) throw new Error(`The dashboard has no query ${panel.name}.`)
  const sentAt = performance.now()
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      variables: panel.variables ?? {},
      extensions: { persistedQuery: { version: 1, sha256Hash } },
    }),
  })
  const { data, errors = [] } = (await response.json()) as {
    data?: Record<string, unknown> | null
    errors?: { extensions: { code: string; serviceName?: string } }[]
  }
  const codes = errors.map(
    ({ extensions: { code, serviceName } }) => `${code} of ${serviceName ?? 'the router'}`,
  )
  const { status } = response
  const isWhole = status === 200 && codes.length === 0
  const hasData = Object.entries(data ?? {}).some(
    ([name, value]) => name !== '__typename' && value !== null,
  )
  return { panel, status, isWhole, hasData, codes, sentAt, ms: performance.now() - sentAt }
}

const missing = (panel: Panel, error: unknown): Sample => ({
  panel,
  status: 599,
  isWhole: false,
  hasData: false,
  codes: [String(error)],
  sentAt: performance.now(),
  ms: 0,
})

/** Requests the panels round-robin at a constant rate, independent of the responses. */
export function loadPanels(origin: string, token: string, perSecond: number) {
  const samples: Sample[] = []
  const pending = new Set<Promise<unknown>>()
  let next = 0
  const timer = setInterval(() => {
    const panel = panels[next++ % panels.length]!
    const asking = askPanel(origin, token, panel).then(
      (sample) => samples.push(sample),
      (error: unknown) => samples.push(missing(panel, error)),
    )
    pending.add(asking)
    void asking.finally(() => pending.delete(asking))
  }, 1_000 / perSecond)
  return {
    samples,
    stop: async (): Promise<readonly Sample[]> => {
      clearInterval(timer)
      await Promise.all(pending)
      return samples
    },
  }
}
