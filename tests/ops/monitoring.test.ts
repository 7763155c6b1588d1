import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { root } from './stage.ts'

interface Alert {
  readonly alert: string
  readonly annotations: { readonly runbook: string }
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const prometheus = join(root, 'ops/monitoring/prometheus')
const promtool = (...args: string[]): string =>
  execFileSync('promtool', args, { cwd: prometheus, encoding: 'utf8', stdio: 'pipe' })

const { groups } = parse(read('ops/monitoring/prometheus/alerts.yml')) as {
  groups: { rules: Alert[] }[]
}
const alerts = groups.flatMap(({ rules }) => rules)

const alertsNamedIn = (page: string): string[] => {
  const [, list = ''] = /^\*\*Alerts\*\*:? (.+)$/m.exec(read(page)) ?? []
  return [...list.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
}

describe('the rules', () => {
  it('are valid, with the configuration that loads them', () => {
    expect(promtool('check', 'config', 'prometheus.yml')).toContain('SUCCESS')
  })

  it('fire and stay silent with their production durations', () => {
    expect(promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS')
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
  it('are scraped at the ports and paths of docker-compose.yml', () => {
    const compose = read('docker-compose.yml')
    const targets = [...read('ops/monitoring/prometheus/prometheus.yml').matchAll(/'(\w+):(\d+)'/g)]
    for (const [, service = '', port = ''] of targets) {
      const url = service === 'router' ? `127.0.0.1:${port}:` : `http://${service}:${port}`
      if (service !== 'alertmanager') expect(compose).toContain(url)
    }
    expect(targets).toHaveLength(7)
  })

  it('label log lines by service, level and action only', () => {
    const [, labels = ''] = /stage\.labels \{\s*values = \{([^}]*)\}/.exec(
      read('ops/monitoring/alloy/config.alloy'),
    )!
    expect(labels.match(/\w+/g)).toEqual(['service', 'level', 'action'])
  })
})
