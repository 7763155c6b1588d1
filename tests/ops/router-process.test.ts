import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Agent, request } from 'undici'
import { compilePrograms } from '../../ops/split/programs.ts'
import { runShortDrill } from '../drill/short.ts'

const drainDelayMs = 2_000
const directory = mkdtempSync(join(tmpdir(), 'cnop-router-'))
const logFile = join(directory, 'logs/router/router.log')
const keepAlive = new Agent({ connections: 4, keepAliveTimeout: 60_000 })

let origin: string
let router: ChildProcess

beforeAll(async () => {
  const port = await freePort()
  origin = `http://127.0.0.1:${port}`
  const programOf = await compilePrograms()
  router = spawn(process.execPath, [programOf('router')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      APP_PROFILE: 'demo',
      DATA_DIRECTORY: directory,
      LOG_FILE_PATH: join(directory, 'logs'),
      ROUTER_PORT: String(port),
      WEB_ENABLED: 'false',
      SEED_DEMO_USER: 'false',
      CNY_SEAL_KEYS: `mistyped:${'s'.repeat(32)}`,
      DRAIN_DELAY_MS: String(drainDelayMs),
    },
  })
  while ((await probe('/ready')) !== 200) await delay(50)
})
afterAll(async () => {
  router.kill('SIGKILL')
  await keepAlive.close()
  rmSync(directory, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** The status of a probe; undefined where no process listens. */
async function probe(path: string): Promise<number | undefined> {
  try {
    const { statusCode, body } = await request(`${origin}${path}`)
    await body.dump()
    return statusCode
  } catch {
    return undefined
  }
}

async function ask(query: string) {
  const { statusCode, headers, body } = await request(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    dispatcher: keepAlive,
  })
  const result = (await body.json()) as { data?: unknown; errors?: unknown }
  return { statusCode, connection: headers['connection'], result }
}

const readMetrics = async (): Promise<string> => (await request(`${origin}/metrics`)).body.text()

async function setFault(method: 'PUT' | 'DELETE', fault?: object): Promise<void> {
  const { statusCode, body } = await request(`${origin}/system/faults/inventory`, {
    method,
    ...(fault && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    }),
  })
  await body.dump()
  expect(statusCode).toBe(200)
}

const assets = '{ assets(first: 1) { nodes { id } } }'

it('warns of keys of a subgraph whose address is missing', async () => {
  const warning = 'CNY_SEAL_KEYS is set without CNY_URL'
  while (!readFileSync(logFile, 'utf8').includes('"action":"config.warning"')) await delay(50)
  expect(readFileSync(logFile, 'utf8')).toContain(warning)
})

it('counts the errors of operations, which GraphQL returns with 200, as failed requests', async () => {
  await setFault('PUT', { kind: 'kill' })
  const { statusCode } = await ask(assets)
  await setFault('DELETE')
  while ((await ask(assets)).result.errors) await delay(50)
  expect(statusCode).toBe(200)
  const metrics = await readMetrics()
  expect(metrics).toMatch(
    /^gateway_graphql_errors_total\{operation="anonymous",code="SUBGRAPH_UNAVAILABLE"\} [1-9]/m,
  )
  expect(metrics).toMatch(/^gateway_failed_requests_total\{endpoint="\/graphql"\} [1-9]/m)
})

it.each([
  'auth_requests_total',
  'gateway_limit_refusals_total',
  'gateway_blocked_addresses 0',
  'gateway_plan_cache_operations',
  // The request for the metrics.
  'gateway_requests_in_flight 1',
  'inventory_requests_in_flight 0',
  'nodejs_eventloop_lag_p99_seconds',
  'inventory_quote_age_seconds',
  'user_ledger_balanced 1',
  'user_ledger_verified_timestamp_seconds',
])('exports %s', async (name) => {
  expect(await readMetrics()).toContain(name)
})

it('neither counts nor logs probes', async () => {
  expect(await probe('/live')).toBe(200)
  expect(await readMetrics()).not.toMatch(/endpoint="(\/live|\/ready|unknown)"/)
})

it('contains trace and network in each log line, and reopens its files on SIGUSR2', async () => {
  renameSync(logFile, `${logFile}.1`)
  router.kill('SIGUSR2')
  while (!existsSync(logFile)) await delay(20)
  await ask(assets)
  const isAnswer = (line: string): boolean => line.includes('"request.answered"')
  let line: string | undefined
  while (line === undefined) {
    line = readFileSync(logFile, 'utf8').split('\n').find(isAnswer)
    await delay(20)
  }
  expect(JSON.parse(line)).toMatchObject({
    client_ip: '127.0.0.0/24',
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
})

// The process would exit with 1 after ten seconds.
it('drains on SIGTERM under load: no request fails, streams end with a retryable code, it exits with 0', async () => {
  const stream = await request(`${origin}/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { prices(ids: ["BTC"]) { sequence } }' }),
  })
  const events = stream.body.text()
  const exited = once(router, 'exit')
  router.kill('SIGTERM')
  // A load balancer sends requests until its check fails.
  const load = async (): Promise<void> => {
    do {
      const { statusCode, result } = await ask(assets)
      expect([statusCode, result.errors]).toEqual([200, undefined])
    } while ((await probe('/ready')) === 200)
  }
  await Promise.all(Array.from({ length: 8 }, load))
  expect(await probe('/ready')).toBe(503)
  expect(await probe('/live')).toBe(200)
  expect((await ask(assets)).connection).toBe('close')
  expect(await events).toContain('OVERLOADED')
  expect(await exited).toEqual([0, null])
})

it('is replaced under load like a copy of a subgraph: no request fails, no stream is lost', async () => {
  const closing: (() => Promise<unknown>)[] = []
  const stopping = AbortSignal.timeout(100_000)
  try {
    expect(await runShortDrill({ stopping, report: () => undefined, closing })).toMatchObject({
      failedDuringRoll: 0,
      streamsLost: 0,
      ends: { 'inventory-1': 'exit code 0', 'router-1': 'exit code 0' },
      ordersFilledTwice: 0,
      ordersLost: 0,
      ledgerViolations: 0,
      problems: [],
    })
  } finally {
    for (const close of closing.reverse()) await close()
  }
}, 120_000)
