import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { root } from '../stage.ts'

const read = (path: string): string => readFileSync(join(root, 'ops/monitoring', path), 'utf8')

const minuteMs = 60_000
/** Five minutes become 30 seconds, and one minute six: a fault is seen in seconds. */
const shortened = 10

/** How long what an alert looks at must be old, in seconds; counts and ratios stay as they are. */
const ages = /(_seconds\)) > (60|300)\b/g

/** The machine is shared with the harness: only the fault may be slower than this. */
const latency = { production: 'p95_rate5m > 0.2', live: 'p95_rate5m > 1' }

/** Rules as in production, with shorter windows and durations. */
export const shortenRules = (text: string): string =>
  text
    .replace(latency.production, latency.live)
    .replace(/\[5m\]/g, `[${(5 * minuteMs) / shortened / 1_000}s]`)
    .replace(
      /\bfor: (\d+)m\b/g,
      (_all, minutes: string) => `for: ${(parseInt(minutes, 10) * minuteMs) / shortened / 1_000}s`,
    )
    .replace(ages, (_all, metric: string, age: string) => `${metric} > ${parseInt(age, 10) / 10}`)

export const readRules = (name: 'alerts' | 'recording'): string => read(`prometheus/${name}.yml`)

export interface LiveTargets {
  /** Host and port of each process, by its name. */
  readonly processes: Readonly<Record<string, string>>
  readonly alertmanager: string
  readonly webhook: string
}

interface Scraping {
  global: Record<string, string>
  alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] }
  scrape_configs: {
    static_configs: { targets: string[]; labels: { service: string } }[]
  }[]
}

/** The scrape configuration of production with the addresses of this run. */
export function liveScraping({ processes, alertmanager }: LiveTargets): string {
  const config = parse(read('prometheus/prometheus.yml')) as Scraping
  // Longer than the router waits for a subgraph that hangs before it answers a scrape.
  config.global = { scrape_interval: '4s', scrape_timeout: '4s', evaluation_interval: '1s' }
  config.alerting.alertmanagers = [{ static_configs: [{ targets: [alertmanager] }] }]
  for (const { static_configs: groups } of config.scrape_configs) {
    for (const group of groups) {
      const { service } = group.labels
      const target = processes[service]
      if (target === undefined) throw new Error(`This run has no process ${service}.`)
      group.targets = [target]
    }
  }
  return stringify(config)
}

interface Route {
  group_wait?: string
  group_interval?: string
  receiver: string
  routes?: Route[]
}

interface Alerting {
  route: Route
  receivers: { name: string; webhook_configs: Record<string, unknown>[] }[]
}

/** The routes of production, whose receivers are the webhook of this run. */
export function liveRoutes({ webhook }: LiveTargets): string {
  const config = parse(read('alertmanager/alertmanager.yml')) as Alerting
  for (const route of [config.route, ...(config.route.routes ?? [])]) {
    route.group_wait = '1s'
    route.group_interval = '1s'
  }
  for (const receiver of config.receivers) {
    receiver.webhook_configs = receiver.webhook_configs.map(({ url_file: _file, ...rest }) => ({
      ...rest,
      url: `${webhook}/${receiver.name}`,
    }))
  }
  return stringify(config)
}
