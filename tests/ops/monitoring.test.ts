import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { readRules, shortenRules } from './alerts/live-copy.ts'
import { loadComposed, loaders } from './manifests.ts'
import { root } from './stage.ts'

interface Alert {
  readonly alert: string
  readonly annotations: { readonly runbook: string }
}

interface Scraping {
  readonly scrape_configs: readonly {
    readonly static_configs: readonly {
      readonly targets: readonly string[]
      readonly labels: { readonly service: string }
    }[]
  }[]
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const prometheus = join(root, 'ops/monitoring/prometheus')
const promtool = (...args: string[]): string =>
  execFileSync('promtool', args, { cwd: prometheus, encoding: 'utf8', stdio: 'pipe' })

const { groups } = parse(read('ops/monitoring/prometheus/alerts.yml')) as {
  groups: { rules: Alert[] }[]
}
const alerts = groups.flatMap(({ rules }) => rules)

interface Loading {
  rule_files: string[]
  scrape_configs: { job_name: string; metrics_path: string }[]
}

const alertsNamedIn = (page: string): string[] => {
  const [, list = ''] = /^\*\*Alerts\*\*:? (.+)$/m.exec(read(page)) ?? []
  return [...list.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
}

describe('the rules', () => {
  it('are valid, with the configuration that loads them', () => {
    expect(promtool('check', 'config', 'prometheus.yml')).toContain('SUCCESS')
  })

  // Debian's Prometheus is built without the discovery of Kubernetes, so that promtool refuses the file.
  it('are loaded in Kubernetes for the same jobs', () => {
    const [compose, cluster] = ['prometheus', 'kubernetes'].map((name) => {
      const file = parse(read(`ops/monitoring/prometheus/${name}.yml`)) as Loading
      const jobs = file.scrape_configs.map(({ job_name, metrics_path }) => [job_name, metrics_path])
      return { rules: file.rule_files, jobs }
    })
    expect(cluster).toEqual(compose)
  })

  it('fire and stay silent with their production durations', () => {
    expect(promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS')
  })

  it('are valid with the shorter durations of npm run alerts:live', () => {
    const directory = mkdtempSync(join(tmpdir(), 'cnop-rules-'))
    for (const name of ['alerts', 'recording'] as const) {
      const text = shortenRules(readRules(name))
      expect(text).not.toMatch(/\[5m\]|for: \d+m|_seconds\) > (?:60|300)|p95_rate5m > 0/)
      writeFileSync(join(directory, `${name}.yml`), text)
      expect(promtool('check', 'rules', join(directory, `${name}.yml`))).toContain('SUCCESS')
    }
    rmSync(directory, { recursive: true })
  })

  it('link each alert to a runbook that names it', () => {
    for (const { alert, annotations } of alerts) {
      expect([alert, alertsNamedIn(annotations.runbook)]).toEqual([
        alert,
        expect.arrayContaining([alert]),
      ])
    }
  })

  it('contain every alert that a runbook names', () => {
    const pages = readdirSync(join(root, 'ops/runbooks')).filter((file) => file.endsWith('.md'))
    const named = pages.flatMap((page) => alertsNamedIn(`ops/runbooks/${page}`))
    expect(named.sort()).toEqual(alerts.map(({ alert }) => alert).sort())
  })
})

describe('the monitoring services', () => {
  it.each(['demo', 'production'] as const)(
    'are scraped where the processes of docker-compose.yml serve metrics in the %s profile',
    (profile) => {
      const { scrape_configs: jobs } = parse(
        read('ops/monitoring/prometheus/prometheus.yml'),
      ) as Scraping
      const scraped = jobs.flatMap(({ static_configs: groups }) =>
        groups.flatMap(({ targets, labels }) => targets.map((at) => [labels.service, at])),
      )
      const served = Object.keys(loaders).map((name) => {
        const { port, metricsPort = port, host, metricsHost = host } = loadComposed(name, profile)
        expect(metricsHost).toBe('0.0.0.0')
        return [name, `${name}:${metricsPort}`]
      })
      expect(scraped.sort()).toEqual(served.sort())
    },
  )

  it('label log lines by service, level and action only', () => {
    const [, labels = ''] = /stage\.labels \{\s*values = \{([^}]*)\}/.exec(
      read('ops/monitoring/alloy/config.alloy'),
    )!
    expect(labels.match(/\w+/g)).toEqual(['service', 'level', 'action'])
  })
})
