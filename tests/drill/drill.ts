import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { percentile, print, readCommit, readNumber } from '../report.ts'
import { type Alerts, startAlerts } from './alerts.ts'
import { followStreams, type Load, type Sample, startLoad, type Streams } from './load.ts'
import { type Member, type Platform, startPlatform } from './platform.ts'
import { settleOrders } from './settle.ts'
import { breakLedger, guessPasswords, surge } from './trouble.ts'

/**
 * `npm run drill`: two routers and two copies of each subgraph behind haproxy, with a real Prometheus, under constant load. Every
 * process is replaced, one of each is killed, one is stopped dead, and Redis and the store are restarted.
 */
interface DrillOptions {
  readonly perSecond: number
  readonly streams: number
  readonly people: number
}

interface Stage {
  readonly platform: Platform
  readonly alerts: Alerts
  readonly load: Load
  readonly streams: Streams
}

const calmMs = 5_000
/** New processes compile their code. */
const warmUpMs = 20_000
/** Between two processes of a deployment, as `minReadySeconds` of Kubernetes. */
const leastReadyMs = 5_000
const stoppedMs = 8_000
/** After a copy stopped dead, queries may be slow for this long; then none may fail. */
const noticeMs = 1_000

interface Phase {
  readonly name: string
  readonly failures: readonly Sample[]
  readonly streamsLost: number
}

async function runPhase(stage: Stage, name: string, act: () => Promise<void>): Promise<Phase> {
  const startedAt = performance.now()
  await act()
  const endedAt = performance.now()
  const streamsLost = await stage.streams.lost(endedAt)
  const samples = stage.load.samples.filter(({ startedAt: at }) => at >= startedAt && at <= endedAt)
  const failures = samples.filter(({ failure }) => failure !== undefined)
  const kinds = new Map<string, number>()
  for (const { name: act, failure } of failures) {
    const kind = `${act}: ${failure ?? ''}`
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  const p95 = percentile(
    samples.map(({ ms }) => ms),
    0.95,
  )
  const seconds = Math.round((endedAt - startedAt) / 1_000)
  print(
    `${name}: ${seconds} s, ${samples.length} requests, ${failures.length} failed, p95 ${p95} ms, ${streamsLost} streams lost`,
  )
  for (const [kind, count] of kinds) print(`  ${count} × ${kind}`)
  return { name, failures, streamsLost }
}

async function rollAll({ platform }: Stage): Promise<void> {
  for (const member of platform.members) {
    const how = await member.roll()
    if (how !== 'exit code 0') print(`  ${member.name} ended with ${how}`)
    // As a deployment does, it goes on when every process is known to be healthy.
    await untilHealthy(platform.origin)
    await platform.untilRouted()
    await delay(leastReadyMs)
  }
}

const firstOf = (members: readonly Member[]): readonly Member[] =>
  members.filter(({ name }) => name.endsWith('-1'))

async function killOneOfEach({ platform, alerts }: Stage): Promise<void> {
  const victims = firstOf(platform.members)
  for (const victim of victims) {
    await victim.kill()
    await alerts.untilFiring(['ProcessDown'])
    await victim.start()
    await platform.untilRouted()
  }
  await untilHealthy(platform.origin)
}

/** Returns the failed queries that began more than a second after a copy stopped. */
async function stopOneDead({ platform, load }: Stage): Promise<number> {
  const victim = platform.members.find(({ name }) => name === 'user-2')!
  process.kill(victim.pid(), 'SIGSTOP')
  const stoppedAt = performance.now()
  await delay(stoppedMs)
  const until = performance.now()
  process.kill(victim.pid(), 'SIGCONT')
  await untilHealthy(platform.origin)
  return load.samples.filter(
    ({ startedAt, failure }) =>
      failure !== undefined && startedAt > stoppedAt + noticeMs && startedAt < until,
  ).length
}

async function restartRedis({ platform, alerts }: Stage): Promise<void> {
  await platform.redis.kill()
  await alerts.untilFiring(['RedisDown'])
  await platform.redis.restart()
  await untilHealthy(platform.origin)
}

const storeAlerts = [
  'StoreUnreachable',
  'BreakerOpen',
  'RequestsFailing',
  'LatencyHigh',
  'QuotesStale',
  'Overloaded',
] as const

/** The store hangs, then ends; its supervisor starts it again with the same rows. */
async function restartStore({ platform, alerts, load }: Stage): Promise<void> {
  const { pid } = platform.engine
  process.kill(pid, 'SIGSTOP')
  await surge(load.traders[0]!)
  await alerts.untilFiring(storeAlerts)
  process.kill(pid, 'SIGKILL')
  await untilHealthy(platform.origin)
}

async function untilHealthy(origin: string): Promise<void> {
  for (;;) {
    const status = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(5_000) })
      .then(async (answer) => ((await answer.json()) as { status: string }).status)
      .catch(() => undefined)
    if (status === 'healthy') return
    await delay(200)
  }
}

export async function runDrill({ perSecond, streams: count, people }: DrillOptions) {
  // Each process of the platform listens to the end of this one.
  process.setMaxListeners(0)
  const platform = await startPlatform({ routers: 2, copies: 2 })
  const alerts = await startAlerts(platform.members)
  const load = await startLoad(platform.origin, { perSecond, people })
  const streams = followStreams(platform.origin, load.traders, count)
  const stage = { platform, alerts, load, streams }
  try {
    let failedAfterStop = 0
    await runPhase(stage, 'warm-up', () => delay(warmUpMs))
    await runPhase(stage, 'calm', () => delay(calmMs))
    const phases = [
      await runPhase(stage, 'roll', () => rollAll(stage)),
      await runPhase(stage, 'kill', () => killOneOfEach(stage)),
      await runPhase(stage, 'stop dead', async () => {
        failedAfterStop = await stopOneDead(stage)
      }),
      await runPhase(stage, 'redis', () => restartRedis(stage)),
      await runPhase(stage, 'store', () => restartStore(stage)),
      await runPhase(stage, 'afterwards', () => delay(calmMs)),
    ]
    await load.stop()
    await streams.stop()
    const settled = await settleOrders(load, platform.engine.endpoint)
    settled.violations.forEach((line) => print(`  ${line}`))
    await guessPasswords(load.traders[0]!)
    await breakLedger(platform, load.traders[0]!, () => alerts.untilFiring(['LedgerViolation']))
    return { ...sumUp(phases), ...(await judgeAlerts(alerts)), failedAfterStop, ...settled, load }
  } finally {
    await load.stop()
    await streams.stop()
    await alerts.stop()
    await platform.stop()
  }
}

function sumUp(phases: readonly Phase[]) {
  const failed = (name: string): number =>
    phases.find((phase) => phase.name === name)?.failures.length ?? 0
  return {
    failedDuringRoll: failed('roll'),
    failedDuringKill: failed('kill') + failed('stop dead'),
    streamsLost: phases.reduce((sum, phase) => sum + phase.streamsLost, 0),
  }
}

/** What the drill provokes. */
const expected = [
  'ProcessDown',
  'RedisDown',
  ...storeAlerts,
  'FailedLoginBurst',
  'RateLimitSurge',
  'LedgerViolation',
]

async function judgeAlerts(alerts: Alerts) {
  const silent = await alerts.untilFiring(expected)
  if (silent.length > 0) print(`  did not fire: ${silent.join(', ')}`)
  const firing = await alerts.untilCleared(expected)
  if (firing.length > 0) print(`  still firing: ${firing.join(', ')}`)
  const fired = expected.filter((name) => alerts.fired.has(name))
  return {
    alertsExpected: expected.length,
    alertsFired: fired.length,
    alertsCleared: fired.filter((name) => !firing.includes(name)).length,
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rate: { type: 'string' }, streams: { type: 'string' }, people: { type: 'string' } },
  })
  const { load, violations, ...result } = await runDrill({
    perSecond: readNumber('rate', values.rate, 30),
    streams: readNumber('streams', values.streams, 20),
    people: readNumber('people', values.people, 10),
  })
  const { failedDuringRoll, streamsLost, alertsExpected, alertsCleared, ordersFilledTwice } = result
  const line = { requests: load.samples.length, ...result, ledgerViolations: violations.length }
  print(JSON.stringify({ ...line, seed: null, commit: readCommit() }))
  const isGood =
    failedDuringRoll + streamsLost + ordersFilledTwice + violations.length === 0 &&
    alertsCleared === alertsExpected
  if (!isGood) process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
