import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type Split, startSplit } from '@cnop/ops/split/split'
import { print, readCommit, readNumber } from '../report.ts'
import { createClient } from '../world/client.ts'
import {
  auditCustomers,
  bankEnvironment,
  complaintsOf,
  keepBusy,
  openCustomers,
  verifyStore,
} from './bank.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { createRandom, type Random } from './random.ts'

export interface ChaosOptions {
  readonly seconds: number
  readonly seed: number
  /** The interval between kills. */
  readonly everySeconds: number
  readonly customers: number
  readonly dropShare: number
  readonly print: (line: string) => void
}

export interface ChaosResult {
  readonly seconds: number
  readonly kills: number
  readonly droppedReplies: number
  readonly acknowledged: number
  readonly refused: number
  readonly unknown: number
  readonly violations: number
  readonly lostAcks: number
  readonly entries: number
}

/** The time limit for the recovery after the last kill. */
const recoveryMs = 180_000
const commandsAtOnce = 3

interface Victim {
  readonly name: string
  readonly kill: () => void | Promise<void>
}

/** The duration of a Redis outage: long enough for every process to detect it. */
const redisOutageMs = 1_500

/** Injected crashes: the processes and the store restart automatically, Redis after a delay and empty. */
function listVictims({ services, engine, redis }: Split): Victim[] {
  return [
    ...services.map((service) => ({ name: service.name, kill: () => service.kill() })),
    { name: 'store', kill: () => void process.kill(engine.pid, 'SIGKILL') },
    {
      name: 'redis',
      kill: async () => {
        await redis.kill()
        await delay(redisOutageMs)
        await redis.restart()
      },
    },
  ]
}

/** Victims in random order; all are drawn before any of them repeats. */
function drawVictims(split: Split, random: Random): () => Victim {
  let left: Victim[] = []
  return () => {
    if (left.length === 0) left = listVictims(split)
    const victim = random.pick(left)
    left = left.filter((other) => other !== victim)
    return victim
  }
}

async function killUntil(
  endsAt: number,
  { split, random, options }: { split: Split; random: Random; options: ChaosOptions },
): Promise<number> {
  const draw = drawVictims(split, random)
  let kills = 0
  for (;;) {
    await delay(Math.min(options.everySeconds * 1_000, Math.max(0, endsAt - performance.now())))
    if (performance.now() >= endsAt) return kills
    kills += 1
    const { name, kill } = draw()
    options.print(`kill ${kills}: ${name}`)
    await kill()
  }
}

async function untilHealthy(origin: string): Promise<void> {
  const deadline = performance.now() + recoveryMs
  while (performance.now() < deadline) {
    const status = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(2_000) })
      .then(async (answer) => ((await answer.json()) as { status: string }).status)
      .catch(() => 'silent')
    if (status === 'healthy') return
    await delay(200)
  }
  throw new Error('The platform did not recover.')
}

async function storm(split: Split, proxy: FaultProxy, options: ChaosOptions): Promise<ChaosResult> {
  const { seconds, seed, customers: count, dropShare } = options
  const customers = await openCustomers(createClient(split.origin), { count, seed })
  const endsAt = performance.now() + seconds * 1_000
  proxy.dropReplies(dropShare)
  const until = (): boolean => performance.now() >= endsAt
  const deadlineAt = endsAt + recoveryMs
  const busy = customers.map((customer) =>
    keepBusy(customer, { atOnce: commandsAtOnce, until, deadlineAt }),
  )
  const kills = await killUntil(endsAt, { split, random: createRandom(seed + 1), options })
  proxy.dropReplies(0)
  await untilHealthy(split.origin)
  await Promise.all(busy)
  const audit = await auditCustomers(customers)
  const verification = await verifyStore(split.engine.endpoint)
  const violations = [...audit.violations, ...complaintsOf(verification)]
  for (const line of [...violations, ...audit.lostAcks]) options.print(line)
  return {
    seconds,
    kills,
    droppedReplies: proxy.dropped,
    acknowledged: audit.acknowledged,
    refused: audit.refused,
    unknown: audit.unknown,
    violations: violations.length,
    lostAcks: audit.lostAcks.length,
    entries: verification.entries,
  }
}

/** Six processes, a store and a Redis that crash and lose replies while customers trade; then everything is audited. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-chaos-'))
  const proxies: FaultProxy[] = []
  try {
    const split = await startSplit({
      env: {
        ...bankEnvironment,
        DATA_DIRECTORY: directory,
        LOG_LEVEL: 'silent',
        WEB_ENABLED: 'false',
      },
      onLine: () => undefined,
      reachStore: async (endpoint) => {
        const proxy = await startFaultProxy(endpoint, options.seed)
        proxies.push(proxy)
        return proxy.endpoint
      },
    })
    try {
      const [proxy] = proxies
      if (!proxy) throw new Error('The store has no proxy.')
      return await storm(split, proxy, options)
    } finally {
      await split.stop()
    }
  } finally {
    await Promise.all(proxies.map((proxy) => proxy.stop()))
    rmSync(directory, { recursive: true, force: true })
  }
}

async function main(): Promise<void> {
  const options = {
    seconds: { type: 'string' },
    seed: { type: 'string' },
    every: { type: 'string' },
    customers: { type: 'string' },
  } as const
  const { values } = parseArgs({ options })
  const seed = readNumber('seed', values.seed, 1)
  const result = await runChaos({
    seconds: readNumber('seconds', values.seconds, 60),
    seed,
    everySeconds: readNumber('every', values.every, 5),
    customers: readNumber('customers', values.customers, 6),
    dropShare: 0.05,
    print,
  })
  print(JSON.stringify({ ...result, seed, commit: readCommit() }))
  const isGood = result.violations === 0 && result.lostAcks === 0 && result.acknowledged > 0
  process.exitCode = isGood ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
