import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { print, readCommit } from '../../report.ts'
import { root } from '../stage.ts'
import { type Break, breaksOf } from './breaks.ts'
import { readRules } from './live-copy.ts'
import { type Monitors, startMonitors } from './monitors.ts'
import { press, startPlatform } from './platform.ts'

/**
 * `npm run alerts:live`: starts the platform as six processes under load, a real Prometheus and a real Alertmanager, breaks
 * each thing that has an alert, and waits until the webhook of the alert's receiver is told that it fires and that it is
 * resolved. Then every query of every dashboard must return data. Windows and durations are a
 * tenth of those of production. `-- --only <alert>` tries the break of one alert.
 */
const patienceMs = 150_000

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string }[] }[]
}

const alertsOfRules = (): string[] => {
  const { groups } = parse(readRules('alerts')) as Rules
  return groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))
}

/** Waits until each alert has a notice of this status behind the given place; returns those that have none. */
async function missing(
  { notices }: Monitors,
  alerts: readonly string[],
  { status, since }: { readonly status: 'firing' | 'resolved'; readonly since: number },
  during?: () => Promise<unknown>,
): Promise<readonly string[]> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const seen = notices.slice(since).filter((notice) => notice.status === status)
    const left = alerts.filter((alert) => !seen.some((notice) => notice.alert === alert))
    if (left.length === 0 || performance.now() > deadline) return left
    await Promise.all([delay(1_000), during?.()])
  }
}

/** Alerts of a break before may still fire. */
async function untilQuiet(monitors: Monitors, alerts: readonly string[]): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (performance.now() < deadline) {
    const firing = await monitors.firing()
    if (!alerts.some((alert) => firing.includes(alert))) return
    await delay(1_000)
  }
}

async function tryBreak(monitors: Monitors, each: Break) {
  await untilQuiet(monitors, each.alerts)
  const since = monitors.notices.length
  const startedAt = performance.now()
  await each.begin()
  const silent = await missing(monitors, each.alerts, { status: 'firing', since }, each.during)
  const firedMs = performance.now() - startedAt
  await each.end()
  const fired = each.alerts.filter((alert) => !silent.includes(alert))
  const stuck = await missing(monitors, fired, { status: 'resolved', since })
  const seconds = (ms: number): number => Math.round(ms / 1_000)
  const times = `fired after ${seconds(firedMs)} s, over after ${seconds(performance.now() - startedAt)} s`
  const problems = [
    ...silent.map((alert) => `${alert} did not fire`),
    ...stuck.map((alert) => `${alert} was not resolved`),
  ]
  print(
    `${each.what}: ${problems.length > 0 ? problems.join(', ') : `${each.alerts.join(', ')} ${times}`}`,
  )
  return { silent, stuck }
}

const dashboards = join(root, 'ops/monitoring/grafana/dashboards')

const queriesOf = (file: string): string[] =>
  [...readFileSync(join(dashboards, file), 'utf8').matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '""']) => JSON.parse(text) as string,
  )

async function emptyQueries(monitors: Monitors) {
  const queries = readdirSync(dashboards).flatMap((file) =>
    queriesOf(file).map((query) => ({ file, query })),
  )
  const empty: string[] = []
  for (const { file, query } of queries)
    if ((await monitors.query(query)).length === 0) empty.push(`${file}: ${query}`)
  return { queries: queries.length, empty }
}

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values
// Each child process adds a listener.
process.setMaxListeners(30)
const directory = mkdtempSync(join(tmpdir(), 'cnop-alerts-'))
const platform = await startPlatform(join(directory, 'data'))
const monitors = await startMonitors(join(directory, 'monitoring'), platform.targets)
const load = press(platform)
try {
  const breaks = breaksOf(platform).filter(({ alerts }) => !only || alerts.includes(only))
  // Rates need samples from before the first fault.
  await delay(15_000)
  const silent: string[] = []
  const stuck: string[] = []
  for (const each of breaks) {
    const found = await tryBreak(monitors, each)
    silent.push(...found.silent)
    stuck.push(...found.stuck)
  }
  const covered = new Set(breaks.flatMap(({ alerts }) => alerts))
  const notTried = only ? [] : alertsOfRules().filter((alert) => !covered.has(alert))
  const { queries, empty } = only ? { queries: 0, empty: [] } : await emptyQueries(monitors)
  const alertsExpected = covered.size
  const result = {
    ...{ commit: readCommit(), alertsExpected, alertsFired: alertsExpected - silent.length },
    ...{ alertsCleared: alertsExpected - silent.length - stuck.length, silent, stuck, notTried },
    ...{ dashboardQueries: queries, emptyQueries: empty },
  }
  print(JSON.stringify(result))
  process.exitCode = [silent, stuck, notTried, empty].every(({ length }) => length === 0) ? 0 : 1
} finally {
  await load.stop()
  await monitors.stop()
  await platform.stop()
  rmSync(directory, { recursive: true, force: true })
}
