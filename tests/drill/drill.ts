import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { quietSdk } from '@cnop/kit/run'
import { subgraphNames } from '@cnop/schema/read'
import { print, readCommit, readNumber } from '../report.ts'
import { type Alerts, startAlerts } from './alerts.ts'
import { isGood, type Judged, type Line, nothing } from './line.ts'
import { followStreams, type Load, startLoad } from './load.ts'
import { openPhases, type Phases, startLimit, textOf } from './phases.ts'
import { type Platform, startPlatform } from './platform.ts'
import { settleOrders } from './settle.ts'
import { runShortDrill } from './short.ts'
import { breakLedger, guessPasswords, slowInventory, surge } from './trouble.ts'

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
}

const calmMs = 5_000
/** New processes compile their code. */
const warmUpMs = 15_000
/** Between two processes of a deployment, as `minReadySeconds` of Kubernetes. */
const leastReadyMs = 2_000
const stoppedMs = 8_000
/** After a copy stopped dead, queries may be slow for this long; then none may fail. */
const noticeMs = 1_000

const pause = (ms: number, signal: AbortSignal): Promise<unknown> =>
  delay(ms, undefined, { signal }).catch(() => undefined)

async function untilWhole(platform: Platform, signal: AbortSignal): Promise<void> {
  await platform.untilHealthy(signal)
  await platform.untilRouted(
    platform.members.filter(({ kind }) => kind === 'router'),
    signal,
  )
}

async function rollAll({ platform }: Stage, signal: AbortSignal): Promise<void> {
  for (const member of platform.members) {
    const how = await member.drain()
    await member.start(signal)
    if (how !== 'exit code 0') throw new Error(`${member.name} ended with ${how}`)
    await untilWhole(platform, signal)
    await pause(leastReadyMs, signal)
  }
}

async function killOneOfEach({ platform, alerts }: Stage, signal: AbortSignal): Promise<void> {
  for (const victim of platform.members.filter(({ name }) => name.endsWith('-1'))) {
    await victim.kill()
    try {
      await alerts.untilFired(['ProcessDown'], signal)
    } finally {
      await victim.start(signal)
    }
    await untilWhole(platform, signal)
  }
}

/** Returns how many queries failed that began more than a second after a copy stopped. */
async function stopOneDead({ platform, load }: Stage, signal: AbortSignal): Promise<number> {
  const pid = platform.members.find(({ name }) => name === 'user-2')!.pid()
  process.kill(pid, 'SIGSTOP')
  const stoppedAt = performance.now()
  await pause(stoppedMs, signal)
  const until = performance.now()
  process.kill(pid, 'SIGCONT')
  await untilWhole(platform, signal)
  return load.samples.filter(
    ({ startedAt, failure }) =>
      failure !== undefined && startedAt > stoppedAt + noticeMs && startedAt < until,
  ).length
}

async function restartRedis({ platform, alerts }: Stage, signal: AbortSignal): Promise<void> {
  await platform.redis.kill()
  try {
    await alerts.untilFired(['RedisDown'], signal)
  } finally {
    await platform.redis.restart()
  }
  await untilWhole(platform, signal)
}

const storeAlerts = [
  'StoreUnreachable',
  'BreakerOpen',
  'RequestsFailing',
  'QuotesStale',
  'Overloaded',
] as const

/** The store hangs, then ends; its supervisor starts it again with the same rows. */
async function restartStore({ platform, alerts, load }: Stage, signal: AbortSignal): Promise<void> {
  const { pid } = platform.engine
  process.kill(pid, 'SIGSTOP')
  try {
    await surge(load.traders[0]!)
    await alerts.untilFired(storeAlerts, signal)
  } finally {
    process.kill(pid, 'SIGKILL')
  }
  await untilWhole(platform, signal)
}

/** What the drill provokes. */
const expected = [
  'ProcessDown',
  'RedisDown',
  'LatencyHigh',
  ...storeAlerts,
  'FailedLoginBurst',
  'RateLimitSurge',
  'LedgerViolation',
]

/** Everything that happens under load. */
async function runPhases(stage: Stage, phases: Phases): Promise<number | null> {
  let failedAfterStop: number | null = null
  await phases.run('warm-up', 30, (signal) => pause(warmUpMs, signal))
  await phases.run('calm', 30, (signal) => pause(calmMs, signal))
  await phases.run('roll', 300, (signal) => rollAll(stage, signal))
  await phases.run('kill', 180, (signal) => killOneOfEach(stage, signal))
  await phases.run('stop dead', 60, async (signal) => {
    failedAfterStop = await stopOneDead(stage, signal)
  })
  await phases.run('redis', 60, (signal) => restartRedis(stage, signal))
  await phases.run('slow', 60, (signal) =>
    slowInventory(stage.platform, () => stage.alerts.untilFired(['LatencyHigh'], signal)),
  )
  await phases.run('store', 120, (signal) => restartStore(stage, signal))
  await phases.run('afterwards', 30, (signal) => pause(calmMs, signal))
  return failedAfterStop
}

async function settle({ platform, load }: Stage, phases: Phases, report: Report) {
  const reached: Partial<Line> = {}
  await phases.attempt('orders', 90, async (signal) => {
    const { violations, ...counts } = await settleOrders(load, platform.engine.endpoint, signal)
    for (const line of violations) report(`  ${line}`)
    Object.assign(reached, counts, { ledgerViolations: violations.length })
  })
  return reached
}

async function judgeAlerts({ platform, alerts, load }: Stage, phases: Phases) {
  const trader = load.traders[0]!
  await phases.attempt('trouble', 90, async (signal) => {
    await guessPasswords(trader)
    await breakLedger(platform, trader, () => alerts.untilFired(['LedgerViolation'], signal))
  })
  await phases.attempt('alerts', 120, async (signal) => {
    await alerts.untilFired(expected, signal)
    await alerts.untilCleared(expected, signal)
  })
  const firing = await alerts.firing()
  const fired = expected.filter((name) => alerts.fired.has(name))
  return {
    alertsFired: fired.length,
    alertsCleared: fired.filter((name) => !firing.includes(name)).length,
  }
}

type Report = (line: string) => void
type Close = () => Promise<unknown>

/** Adds to `closing` what must be closed afterwards, the last one first. */
async function runDrill(
  { perSecond, streams: count, people }: DrillOptions,
  { stopping, report, closing }: { stopping: AbortSignal; report: Report; closing: Close[] },
): Promise<Line> {
  const platform = await startPlatform({ remote: subgraphNames, isSingle: false }, stopping)
  closing.push(() => platform.stop())
  const alerts = await startAlerts(platform.members)
  closing.push(() => alerts.stop())
  const load = await startLoad(platform.origin, { perSecond, people })
  closing.push(() => load.stop())
  const streams = followStreams(platform.origin, load.traders, count)
  closing.push(() => streams.stop())
  const stage = { platform, alerts, load }
  const phases = openPhases({ load, streams, report, stopping })
  const failedAfterStop = await runPhases(stage, phases)
  if (!stopping.aborted) await load.stop()
  await streams.stop()
  return {
    ...nothing,
    alertsExpected: expected.length,
    failedAfterStop,
    ...(await settle(stage, phases, report)),
    ...(await judgeAlerts(stage, phases)),
    requests: load.samples.length,
    failedDuringRoll: phases.failed('roll'),
    failedDuringKill: phases.failed('kill', 'stop dead'),
    streamsLost: phases.streamsLost(),
    problems: phases.problems,
  }
}

const usage = `Usage: npm run drill -- [--rate N] [--streams N] [--people N] [--minutes N] [--short]
  --rate     requests each second, 30 without it
  --streams  open streams, 20 without it
  --people   traders, 10 without it
  --minutes  ends the drill after this long, 11 without it
  --short    one restart of each kind, in about a minute`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string' },
      streams: { type: 'string' },
      people: { type: 'string' },
      minutes: { type: 'string' },
      short: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    print(usage)
    return
  }
  quietSdk(process.env)
  // Each process of the platform listens to the end of this one.
  process.setMaxListeners(0)
  const minutes = readNumber('minutes', values.minutes, 11)
  const whole = startLimit(minutes * 60)
  let cut = `${minutes} minutes were over`
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      cut = name
      whole.end()
    })
  }
  const closing: Close[] = []
  const running = { stopping: whole.signal, report: print, closing }
  const drill: Promise<Judged> = values.short
    ? runShortDrill(running)
    : runDrill(
        {
          perSecond: readNumber('rate', values.rate, 30),
          streams: readNumber('streams', values.streams, 20),
          people: readNumber('people', values.people, 10),
        },
        running,
      )
  const found: Judged = await drill.catch((error: unknown) => ({
    ...nothing,
    alertsExpected: expected.length,
    problems: [textOf(error)],
  }))
  const line = whole.signal.aborted ? { ...found, problems: [cut, ...found.problems] } : found
  print(JSON.stringify({ ...line, seed: null, commit: readCommit() }))
  if (!isGood(line)) process.exitCode = 1
  whole.clear()
  for (const close of closing.reverse()) await close()
}

await main()
