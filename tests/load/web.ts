import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'
import { print, readCommit, readNumber } from '../report.ts'
import { openBrowser } from '../world/browser.ts'
import { createClient } from '../world/client.ts'
import { createTrader } from '../world/trader.ts'
import { bench, inNewFolder } from './bench.ts'
import { ownRoot, withBuilt } from './web/base.ts'
import { type Visit, visit } from './web/visit.ts'

/**
 * `npm run bench:web`: what a cold visit of a page costs in Chromium, on a CPU four times slower and a Fast 4G network, beside
 * the same of an older commit in the same run. The figures are medians. `--pages dashboard,market`, `--runs 5`,
 * `--against COMMIT` or `--against none`.
 */
const paths = {
  dashboard: '/dashboard',
  market: '/market',
  asset: '/market/BTC',
  portfolio: '/portfolio',
  orders: '/orders',
} as const

type PageName = keyof typeof paths

/** What the dashboard may cost, however fast the machine is. */
export const budget = { requests: 30, wireKb: 400, cls: 0.05 } as const

const baseCommit = 'faa02bc241c6e306c4548ce5c852c0509a295340'

interface Platform {
  readonly origin: string
  readonly person: { readonly username: string; readonly password: string }
}

/** In quantities, which orders of every commit have; each is worth some $300. */
const owned = {
  ...{ BTC: '0.004', ETH: '0.1', SOL: '2', BNB: '0.5', XRP: '500', ADA: '700' },
  ...{ AVAX: '10', DOT: '45', LINK: '20', LTC: '4', UNI: '30', NEAR: '55' },
}
const watched = ['DOGE', 'TRX', 'TON', 'SHIB', 'BCH', 'LEO', 'APT', 'ICP']

/** Somebody whose dashboard has twenty prices, which tick each second. */
async function openPerson(apiOrigin: string): Promise<Platform['person']> {
  const trader = await createTrader(createClient(apiOrigin))
  const { username, password } = trader
  await trader.deposits('9000.00')
  for (const [assetId, quantity] of Object.entries(owned)) {
    const { errors } = await trader.buys(quantity, assetId)
    if (errors.length > 0) throw new Error(`An order failed: ${JSON.stringify(errors)}`)
  }
  const watch = 'mutation ($id: ID!) { watchAsset(assetId: $id) { asset { id } } }'
  for (const id of watched) await trader.ask(watch, { id })
  return { username, password }
}

/** `/health` is at every commit; probes are not. */
async function untilReady(origin: string): Promise<void> {
  const deadline = performance.now() + 120_000
  for (;;) {
    const answer = await fetch(`${origin}/health`).catch(() => undefined)
    if (answer?.ok) return
    if (performance.now() > deadline) throw new Error('The platform did not start.')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Starts the platform of a folder, with the dashboard that was built there. */
async function onPlatform<Result>(
  root: string,
  work: (platform: Platform) => Promise<Result>,
): Promise<Result> {
  return inNewFolder(async (directory) => {
    const [port, webPort] = [await freeLoopbackPort(), await freeLoopbackPort()]
    const child = await startChild(
      process.execPath,
      ['--import', 'tsx', join(root, 'ops/start.ts')],
      {
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          ...{ ROUTER_PORT: String(port), WEB_PORT: String(webPort), METRICS_PORT: '0' },
          ...{ DATA_DIRECTORY: directory, LOG_LEVEL: 'silent', SEED_DEMO_USER: 'false' },
          // A request of a cold visit on a slow CPU is no flood.
          RATE_LIMIT_PER_MINUTE: '100000',
        },
      },
    )
    try {
      const apiOrigin = `http://127.0.0.1:${port}`
      await untilReady(apiOrigin)
      return await work({
        origin: `http://localhost:${webPort}`,
        person: await openPerson(apiOrigin),
      })
    } finally {
      await stopChild(child)
    }
  })
}

const median = (visits: readonly Visit[], name: keyof Visit): number => {
  const sorted = visits.map((each) => each[name]).toSorted((a, b) => a - b)
  return sorted[(sorted.length - 1) >> 1] ?? 0
}

const summarise = (visits: readonly Visit[]): Visit => ({
  requests: median(visits, 'requests'),
  wireKb: median(visits, 'wireKb'),
  lcpMs: median(visits, 'lcpMs'),
  cls: median(visits, 'cls'),
  inpMs: median(visits, 'inpMs'),
})

interface WebOptions {
  readonly pages: readonly PageName[]
  readonly runs: number
  readonly restMs: number
  /** A folder with another commit, built. */
  readonly against?: string | undefined
  readonly print: (line: string) => void
}

type Figures = Partial<Record<PageName, Visit>>

/** The rounds of both platforms alternate, so that a machine that is busy for a while is busy for both. */
export async function measureWeb(
  options: WebOptions,
): Promise<{ pages: Figures; against?: Figures }> {
  const { pages, runs, restMs, against } = options
  const browser = await openBrowser()
  const measure = async (platforms: readonly Platform[]): Promise<Figures[]> => {
    const figures: Figures[] = platforms.map(() => ({}))
    for (const name of pages) {
      const visits: Visit[][] = platforms.map(() => [])
      for (let round = 1; round <= runs; round += 1) {
        for (const [place, { origin, person }] of platforms.entries()) {
          const seen = await visit(browser, { origin, path: paths[name], person, restMs })
          options.print(`${place === 0 ? 'own' : 'against'} ${name} ${JSON.stringify(seen)}`)
          visits[place]?.push(seen)
        }
      }
      for (const [place, each] of visits.entries()) {
        figures[place] = { ...figures[place], [name]: summarise(each) }
      }
    }
    return figures
  }
  try {
    return await onPlatform(ownRoot, async (own) => {
      if (against === undefined) return { pages: (await measure([own]))[0] ?? {} }
      return onPlatform(against, async (base) => {
        const [mine = {}, its = {}] = await measure([own, base])
        return { pages: mine, against: its }
      })
    })
  } finally {
    await browser.close()
  }
}

function readPages(text: string | undefined): readonly PageName[] {
  const names = text?.split(',') ?? Object.keys(paths)
  const unknown = names.find((name) => !Object.hasOwn(paths, name))
  if (unknown !== undefined)
    throw new Error(`--pages: ${unknown} is not among ${Object.keys(paths).join(', ')}.`)
  return names as PageName[]
}

/** What is over its budget, or slower than half of what it was. */
function judge({ pages: { dashboard: own }, against }: Awaited<ReturnType<typeof measureWeb>>) {
  if (!own) return []
  const base = against?.dashboard
  return [
    ...(['requests', 'wireKb', 'cls'] as const).filter((name) => own[name] > budget[name]),
    ...(base && own.lcpMs > base.lcpMs / 2 ? ['lcpMs'] : []),
    ...(base && own.inpMs > base.inpMs ? ['inpMs'] : []),
  ]
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { pages: text, runs: text, against: text } })
  const pages = readPages(values.pages)
  const runs = readNumber('runs', values.runs, 5)
  const commit = values.against ?? baseCommit
  const shared = { pages, runs, restMs: 2_000, print }
  await bench(async () => {
    const result =
      commit === 'none'
        ? await measureWeb(shared)
        : await inNewFolder((directory) => {
            const against = join(directory, 'base')
            return withBuilt(commit, against, () => measureWeb({ ...shared, against }))
          })
    const missed = judge(result)
    if (missed.length > 0) process.exitCode = 1
    return { ...result, missed, commit: readCommit(), base: commit }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
