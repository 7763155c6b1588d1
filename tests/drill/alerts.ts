import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findOnPath, freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'
import { readRules, shortenRules } from '../ops/alerts/live-copy.ts'
import { until } from './phases.ts'
import type { Member } from './platform.ts'

/** A real Prometheus with the real rules, whose durations are divided by ten. */
export interface Alerts {
  /** Every alert that fired so far. */
  readonly fired: ReadonlySet<string>
  /** Alerts that fire now. */
  firing(): Promise<readonly string[]>
  /** Waits until each of these has fired. */
  untilFired(names: readonly string[], signal: AbortSignal): Promise<void>
  /** Waits until none of these fires. */
  untilCleared(names: readonly string[], signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

const lookEveryMs = 500

// Longer than a router waits for a subgraph that hangs before it answers a scrape.
const configuration = (members: readonly Member[]): string => `
global: { scrape_interval: 4s, scrape_timeout: 4s, evaluation_interval: 1s }
rule_files: [recording.yml, alerts.yml]
scrape_configs:
${[true, false]
  .map(
    (isRouter) => `  - job_name: ${isRouter ? 'router' : 'subgraphs'}
    metrics_path: ${isRouter ? '/metrics' : '/internal/metrics'}
    static_configs:
${members
  .filter(({ kind }) => (kind === 'router') === isRouter)
  .map(
    ({ kind, port }) => `      - { targets: ['127.0.0.1:${port}'], labels: { service: ${kind} } }`,
  )
  .join('\n')}`,
  )
  .join('\n')}
`

interface Reply {
  readonly data: {
    readonly alerts: readonly { readonly state: string; readonly labels: { alertname: string } }[]
  }
}

export async function startAlerts(members: readonly Member[]): Promise<Alerts> {
  const binary = findOnPath('prometheus')
  if (!binary)
    throw new Error('The drill needs prometheus: install it (apt-get install prometheus).')
  const directory = mkdtempSync(join(tmpdir(), 'cnop-prometheus-'))
  for (const name of ['recording', 'alerts'] as const) {
    writeFileSync(join(directory, `${name}.yml`), shortenRules(readRules(name)))
  }
  writeFileSync(join(directory, 'prometheus.yml'), configuration(members))
  const port = await freeLoopbackPort()
  const child = await startChild(binary, [
    `--config.file=${join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ])
  const firing = async (): Promise<readonly string[]> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/alerts`)
    const { data } = (await response.json()) as Reply
    const names = data.alerts.filter(({ state }) => state === 'firing')
    return [...new Set(names.map(({ labels }) => labels.alertname))]
  }
  while (!(await firing().catch(() => undefined))) await delay(100)
  const fired = new Set<string>()
  const stopping = new AbortController()
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      for (const name of await firing().catch(() => [])) fired.add(name)
      await delay(lookEveryMs)
    }
  })()
  return {
    fired,
    firing,
    untilFired: (names, signal) => {
      const silent = () => names.filter((name) => !fired.has(name))
      const what = (): string => `${silent().join()} did not fire`
      return until(() => silent().length === 0, what, signal)
    },
    untilCleared: (names, signal) => {
      let left: readonly string[] = names
      const isCleared = async (): Promise<boolean> => {
        left = (await firing()).filter((name) => names.includes(name))
        return left.length === 0
      }
      return until(isCleared, () => `${left.join()} still fires`, signal)
    },
    stop: async () => {
      stopping.abort()
      await watching
      await stopChild(child)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
