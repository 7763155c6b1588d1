import { createServer } from 'node:http'
import { mkdirSync, writeFileSync } from 'node:fs'
import { json } from 'node:stream/consumers'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findOnPath, freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'
import { liveRoutes, liveScraping, readRules, shortenRules } from './live-copy.ts'

/** What a receiver was told about an alert. */
interface Notice {
  readonly receiver: string
  readonly alert: string
  readonly status: 'firing' | 'resolved'
}

export interface Monitors {
  readonly notices: readonly Notice[]
  /** Values of an instant query, at this moment. */
  query(expression: string): Promise<readonly number[]>
  /** Alerts that Prometheus reports as firing now. */
  firing(): Promise<readonly string[]>
  stop(): Promise<void>
}

interface Delivered {
  readonly alerts: readonly {
    readonly status: Notice['status']
    readonly labels: { readonly alertname: string }
  }[]
}

/** A real Prometheus with the shortened rules and a real Alertmanager with the production routes. */
export async function startMonitors(
  directory: string,
  processes: Readonly<Record<string, string>>,
): Promise<Monitors> {
  const [prometheus, alertmanager] = ['prometheus', 'prometheus-alertmanager'].map((program) => {
    const path = findOnPath(program)
    if (path === undefined) throw new Error(`${program} is required: install it.`)
    return path
  })
  const notices: Notice[] = []
  const webhook = createServer((request, response) => {
    void json(request).then((body) => {
      const receiver = (request.url ?? '').slice(1)
      for (const { status, labels } of (body as Delivered).alerts)
        notices.push({ receiver, alert: labels.alertname, status })
      response.end()
    })
  })
  const [webhookPort, alertmanagerPort, port] = [
    await freeLoopbackPort(),
    await freeLoopbackPort(),
    await freeLoopbackPort(),
  ]
  await new Promise<void>((resolve) => webhook.listen(webhookPort, '127.0.0.1', resolve))
  const targets = {
    processes,
    alertmanager: `127.0.0.1:${alertmanagerPort}`,
    webhook: `http://127.0.0.1:${webhookPort}`,
  }
  mkdirSync(directory, { recursive: true })
  const write = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  for (const name of ['alerts', 'recording'] as const)
    write(`${name}.yml`, shortenRules(readRules(name)))
  const alerting = await startChild(alertmanager!, [
    `--config.file=${write('alertmanager.yml', liveRoutes(targets))}`,
    `--storage.path=${join(directory, 'alertmanager')}`,
    `--web.listen-address=${targets.alertmanager}`,
    '--cluster.listen-address=',
  ])
  const scraping = await startChild(prometheus!, [
    `--config.file=${write('prometheus.yml', liveScraping(targets))}`,
    `--storage.tsdb.path=${join(directory, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ])
  const origin = `http://127.0.0.1:${port}`
  await untilReady(origin, () => scraping.lastOutput())
  return {
    notices,
    query: async (expression) => {
      const url = `${origin}/api/v1/query?query=${encodeURIComponent(expression)}`
      const { data } = (await (await fetch(url)).json()) as {
        data?: { result: { value: [number, string] }[] }
      }
      if (!data) throw new Error(`Prometheus refused: ${expression}`)
      return data.result.map(({ value: [, value] }) => Number(value))
    },
    firing: async () => {
      const { data } = (await (await fetch(`${origin}/api/v1/alerts`)).json()) as {
        data: { alerts: { state: string; labels: { alertname: string } }[] }
      }
      const names = data.alerts.filter(({ state }) => state === 'firing')
      return [...new Set(names.map(({ labels }) => labels.alertname))]
    },
    stop: async () => {
      await Promise.all([stopChild(scraping), stopChild(alerting)])
      webhook.close()
    },
  }
}

async function untilReady(origin: string, output: () => string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const answer = await fetch(`${origin}/-/ready`).catch(() => undefined)
    if (answer?.ok) return
    await delay(100)
  }
  throw new Error(`Prometheus did not start: ${output()}`)
}
