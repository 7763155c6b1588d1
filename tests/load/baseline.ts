import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startSplit } from '../../ops/split/split.ts'
import { measureBundles } from '../../web/size.ts'
import { createClient } from '../world/client.ts'
import { createTrader, type Trader } from '../world/trader.ts'
import { percentile } from '../report.ts'
import { bench, timeEach } from './bench.ts'

/** `npm run bench:baseline`: how quickly the platform is there, how much it needs, how fast it answers. */
const root = fileURLToPath(new URL('../../', import.meta.url))
/** One user asks more often here than a person may. */
const raisedLimits = {
  FIELD_RATE_LIMITS: 'insight=100000,placeOrder=100000',
  COST_PER_MINUTE: '100000000',
}
const runs = 200
const warmUps = 60

const flagship = Object.values(
  JSON.parse(readFileSync(join(root, 'schema/persisted/demo.json'), 'utf8')) as Record<
    string,
    string
  >,
).find((document) => document.startsWith('query DemoFlagship'))

async function measure(trader: Trader) {
  if (!flagship) throw new Error('The demo has no flagship query.')
  const ask = () => trader.ask(flagship)
  const order = () => trader.buys('0.001', 'BTC')
  await trader.deposits('9000.00')
  await timeEach(warmUps, ask)
  const flagshipMs = await timeEach(runs, ask)
  await timeEach(warmUps / 2, order)
  const orderMs = await timeEach(60, order)
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

/** `npm start` as a person runs it, from the command to the line that says it is ready. */
async function measureHosted(directory: string) {
  const startedAt = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: root,
    detached: true,
    env: {
      ...process.env,
      ROUTER_PORT: '18181',
      WEB_PORT: '13131',
      LOG_LEVEL: 'error',
      DATA_DIRECTORY: directory,
      ...raisedLimits,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.setEncoding('utf8')
  let text = ''
  for await (const chunk of child.stdout as AsyncIterable<string>) {
    text += chunk
    if (text.includes('The platform is ready.')) break
  }
  const readySeconds = (performance.now() - startedAt) / 1000
  const pid = findProcess(child.pid ?? 0)
  try {
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    const rssMb = residentMb(pid)
    const figures = await measure(await createTrader(createClient('http://127.0.0.1:18181')))
    return { readySeconds, rssMb, ...figures }
  } finally {
    const ended = once(child, 'exit')
    process.kill(-(child.pid ?? 0), 'SIGTERM')
    await ended
  }
}

/** The node process below npm and its shell. */
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

async function measureSplit(directory: string) {
  const env = {
    DATA_DIRECTORY: directory,
    LOG_LEVEL: 'error',
    WEB_ENABLED: 'false',
    ...raisedLimits,
  }
  const split = await startSplit({ env, hearLine: () => undefined })
  try {
    const { flagshipP50Ms, orderP50Ms } = await measure(
      await createTrader(createClient(split.origin)),
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

await bench(async () => {
  console.log(`Raised limits: ${JSON.stringify(raisedLimits)}`)
  const directory = mkdtempSync(join(tmpdir(), 'cnop-baseline-'))
  try {
    const hosted = await measureHosted(join(directory, 'hosted'))
    const split = await measureSplit(join(directory, 'split'))
    return { ...round({ ...hosted, ...split }), ...measureBundles() }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
