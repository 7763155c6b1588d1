import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { request } from 'undici'
import { startWorld, type World } from '../world/world.ts'

setFlagsFromString('--expose_gc')
const collect = runInNewContext('gc') as () => void

const megabyte = 1024 * 1024
const longName = (index: number): string => `Name${index}${'x'.repeat(100_000)}`

let world: World
let directory: string
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-names-'))
  world = await startWorld({
    LOG_LEVEL: 'info',
    LOG_FILE_PATH: directory,
    DOCUMENT_CACHE_BYTES: String(4 * megabyte),
  })
})
afterAll(async () => {
  await world.stop()
  rmSync(directory, { recursive: true, force: true })
})

function readHeap(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

const readMetrics = async (): Promise<string> => (await fetch(`${world.origin}/metrics`)).text()

const ask = (query: string): Promise<number> =>
  request(`${world.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  }).then(async ({ statusCode, body }) => {
    await body.dump()
    return statusCode
  })

/** Sends 400 requests, ten at a time, and returns the statuses. */
async function sendMany(send: (index: number) => Promise<number>): Promise<Set<number>> {
  const statuses = new Set<number>()
  for (let index = 0; index < 400; index += 10) {
    const sent = Array.from({ length: 10 }, (_, at) => send(index + at))
    for (const status of await Promise.all(sent)) statuses.add(status)
  }
  return statuses
}

describe('names that a caller chooses', () => {
  it('fill neither memory nor metrics with 400 long operation names', async () => {
    await ask('query Warm { asset(id: "BTC") { id name } }')
    await ask(`query ${longName(-1)} { asset(id: "BTC") { id } }`)
    const [heap, metrics] = [readHeap(), await readMetrics()]
    const statuses = await sendMany((index) =>
      ask(`query ${longName(index)} { asset(id: "BTC") { id name } }`),
    )
    expect([...statuses]).toEqual([200])
    expect((await readMetrics()).length - metrics.length).toBeLessThan(20_000)
    expect((readHeap() - heap) / megabyte).toBeLessThan(30)
  })

  it('become no label unless they are registered', async () => {
    await ask('query Invented { asset(id: "BTC") { id } }')
    await ask('query AssetPage { asset(id: "BTC") { name } }')
    const metrics = await readMetrics()
    expect(metrics).not.toContain('Invented')
    expect(metrics).not.toContain('Namexx')
    expect(metrics).toMatch(/inventory_requests_total\{status_code="200",endpoint="other"\} \d+/)
  })

  it('become no labels as paths, methods, persisted ids, request ids or agents', async () => {
    const before = await readMetrics()
    const statuses = await sendMany(async (index) => {
      const { statusCode, body } = await request(`${world.origin}/a${index}/${'y'.repeat(3_000)}`, {
        method: (['GET', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'] as const)[index % 5] as 'GET',
        headers: {
          'user-agent': `agent-${index}${'z'.repeat(4_000)}`,
          'x-request-id': `request-${index}`,
        },
      })
      await body.dump()
      return statusCode
    })
    expect([...statuses]).toEqual([404])
    expect((await readMetrics()).length - before.length).toBeLessThan(20_000)
  })

  it('make no log line longer than a page', () => {
    const path = join(directory, 'router', 'router.log')
    expect(existsSync(path)).toBe(true)
    const lines = readFileSync(path, 'utf8').split('\n')
    expect(lines.length).toBeGreaterThan(400)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(6_000)
  })

  it('are shortened in the trace of the request', async () => {
    const text = await (await fetch(`${world.origin}/system/traces`)).text()
    expect(text.length).toBeLessThan(200_000)
  })
})
