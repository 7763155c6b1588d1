import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { freeLoopbackPort } from '@cnop/kit/child'
import { startSplit } from '../../ops/split/split.ts'
import { measureBundles } from '../../web/size.ts'
import { createClient } from '../world/client.ts'
import { createTrader, type Trader } from '../world/trader.ts'
import { percentile, print, readCommit } from '../report.ts'
import { bench, inNewFolder, timeEach } from './bench.ts'
import { restPercent } from './growth/processes.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** One user sends more requests than the limits of the demo allow. */
const raisedLimits = {
  FIELD_RATE_LIMITS: 'insight=100000,placeOrder=100000',
  COST_PER_MINUTE: '100000000',
}

export interface BaselineOptions {
  /** Measured flagship queries. The numbers of orders and warm-up requests derive from it. */
  readonly runs: number
  /** Idle time before memory is read, and again while CPU is watched. */
  readonly restSeconds: number
}

const flagship = Object.values(
  JSON.parse(readFileSync(join(root, 'schema/persisted/demo.json'), 'utf8')) as Record<
    string,
    string
  >,
).find((document) => document.startsWith('query DemoFlagship'))

async function measure(trader: Trader, { runs }: BaselineOptions) {
  const few = Math.ceil(runs * 0.3)
  if (!flagship) throw new Error('The demo has no flagship query.')
  const ask = () => trader.ask(flagship)
  const order = () => trader.buys('0.001', 'BTC')
  await trader.deposits('9000.00')
  await timeEach(few, ask)
  const flagshipMs = await timeEach(runs, ask)
  await timeEach(Math.ceil(few / 2), order)
  const orderMs = await timeEach(few, order)
  const check = await ask()
  if (check.errors.length > 0)
    throw new Error(`The flagship query failed: ${check.codes.join(', ')}`)
  return { flagshipP50Ms: percentile(flagshipMs, 0.5), orderP50Ms: percentile(orderMs, 0.5) }
}

/** Resident memory of a process and its children, in MB. */
function residentMb(pid: number): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '--pid', String(pid), '--ppid', String(pid)], {
    encoding: 'utf8',
  })
  const kilobytes = stdout.split('\n').map((line) => parseInt(line, 10) || 0)
  return kilobytes.reduce((total, value) => total + value, 0) / 1024
}

/** `npm start`, from the command to the line “ready”. */
export async function startHosted(directory: string) {
  const [port, webPort] = [await freeLoopbackPort(), await freeLoopbackPort()]
  const startedAt = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: root,
    detached: true,
    env: {
      ...process.env,
      ROUTER_PORT: String(port),
      WEB_PORT: String(webPort),
      LOG_LEVEL: 'error',
      DATA_DIRECTORY: directory,
      ...raisedLimits,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  child.stdout.setEncoding('utf8')
  let text = ''
  for await (const chunk of child.stdout as AsyncIterable<string>) {
    text += chunk
    if (text.includes('The platform is ready.')) break
  }
  return {
    readySeconds: (performance.now() - startedAt) / 1000,
    pid: findProcess(child.pid ?? 0),
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      const ended = once(child, 'exit')
      process.kill(-(child.pid ?? 0), 'SIGTERM')
      await ended
    },
  }
}

async function measureHosted(directory: string, options: BaselineOptions) {
  const { readySeconds, pid, origin, stop } = await startHosted(directory)
  try {
    await new Promise((resolve) => setTimeout(resolve, options.restSeconds * 1_000))
    const rssMb = residentMb(pid)
    const restCpuPercent = await restPercent(pid, options.restSeconds)
    const trader = await createTrader(createClient(origin))
    return { readySeconds, rssMb, restCpuPercent, ...(await measure(trader, options)) }
  } finally {
    await stop()
  }
}

/** The node process that npm's shell has started. */
function findProcess(npm: number): number {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/))
  const childOf = (parent: string): string | undefined =>
    rows.find(([, ppid]) => ppid === parent)?.[0]
  let pid = String(npm)
  for (let next = childOf(pid); next; next = childOf(pid)) {
    const args =
      rows
        .find(([candidate]) => candidate === next)
        ?.slice(2)
        .join(' ') ?? ''
    pid = next
    if (args.includes('ops/start.ts') && args.startsWith('node')) break
  }
  return parseInt(pid, 10)
}

async function measureSplit(directory: string, options: BaselineOptions) {
  const env = {
    DATA_DIRECTORY: directory,
    LOG_LEVEL: 'error',
    WEB_ENABLED: 'false',
    ...raisedLimits,
  }
  const split = await startSplit({ env, onLine: () => undefined })
  try {
    const { flagshipP50Ms, orderP50Ms } = await measure(
      await createTrader(createClient(split.origin)),
      options,
    )
    return { flagshipSplitP50Ms: flagshipP50Ms, orderSplitP50Ms: orderP50Ms }
  } finally {
    await split.stop()
  }
}

const round = (figures: Record<string, number>) =>
  Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Math.round(value * 100) / 100]),
  )

export async function measureBaseline(options: BaselineOptions) {
  return inNewFolder(async (directory) => {
    const hosted = await measureHosted(join(directory, 'hosted'), options)
    const split = await measureSplit(join(directory, 'split'), options)
    return { ...round({ ...hosted, ...split }), ...measureBundles() }
  })
}

/** `npm run bench:baseline`: seconds until ready, memory and CPU at rest, and latency of a query and an order. */
async function main(): Promise<void> {
  await bench(async () => {
    print(`limits raised: ${JSON.stringify(raisedLimits)}`)
    return { ...(await measureBaseline({ runs: 200, restSeconds: 5 })), commit: readCommit() }
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
