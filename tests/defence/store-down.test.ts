import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type EmbeddedEngine, startEmbedded } from '@cnop/kit/embedded'
import { createLog } from '@cnop/kit/log'
import { type FaultProxy, startFaultProxy } from '../money/fault-proxy.ts'
import { createRestClient } from '../world/rest.ts'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

let directory: string
let engine: EmbeddedEngine
let proxy: FaultProxy
let world: World
let trader: Trader

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-store-down-'))
  engine = await startEmbedded({
    log: createLog('store', { level: 'silent', filePath: undefined }),
  })
  proxy = await startFaultProxy(engine.endpoint, 1)
  world = await startWorld({
    STORE: 'endpoint',
    DYNAMODB_ENDPOINT: proxy.endpoint,
    STORE_DEADLINE_MS: '1000',
    SUBGRAPH_DEADLINE_MS: '8000',
    LOG_LEVEL: 'info',
    LOG_FILE_PATH: directory,
  })
  trader = await world.trader({ cash: '100.00' })
})
afterAll(async () => {
  await world.stop()
  await engine.stop()
  rmSync(directory, { recursive: true, force: true })
})

interface Health {
  readonly status: string
  readonly checks: Record<string, { status: string; breaker: string; checks: object }>
}

const readHealth = async (): Promise<Health> =>
  (await (await fetch(`${world.origin}/health`)).json()) as Health

/** Hosted services write to the file of the process that hosts them. */
const actions = (): string[] =>
  readFileSync(join(directory, 'router', 'router.log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { action?: string }).action ?? '')

const countOf = (action: string): number => actions().filter((each) => each === action).length

const balance = '{ me { portfolio { cash { available } } } }'

/** The responses that every caller gets while the store is unavailable. */
async function meetOutage(): Promise<void> {
  const { status, headers, codes, errors } = await trader.ask(balance)
  expect(codes).toEqual(['STORE_UNAVAILABLE'])
  expect(errors[0]?.extensions.details).toEqual({ retryAfterSeconds: '1' })
  expect([status, headers.get('retry-after')]).toEqual([200, '1'])

  const deposit = 'mutation D($i: CashInput!) { deposit(input: $i) { entry { id } } }'
  const command = { i: { amount: '5.00', key: newKey() } }
  expect((await trader.ask(deposit, command)).codes).toEqual(['STORE_UNAVAILABLE'])

  const rest = await createRestClient(world.origin)('GET', '/balance', { token: trader.token })
  expect([rest.status, rest.headers.get('retry-after')]).toEqual([503, '1'])
  expect(rest.body).toMatchObject({ code: 'SVC_001', status: 503 })
  expect(rest.body).toMatchObject({ type: 'urn:cnop:problem:store-unavailable' })

  const signIn = await fetch(`${world.origin}/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: trader.username, password: trader.password }),
  })
  expect([signIn.status, signIn.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await signIn.json()).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  const exported = await fetch(`${world.origin}/export/activity.csv`, {
    headers: { authorization: `Bearer ${trader.token}` },
  })
  expect([exported.status, exported.headers.get('retry-after')]).toEqual([503, '1'])
}

describe('while the store is silent', () => {
  /** The lines of the log before: a start on a busy machine may have missed the deadline of a call. */
  let before = 0
  beforeAll(() => {
    before = actions().length
    process.kill(engine.pid, 'SIGSTOP')
  })
  afterAll(() => void process.kill(engine.pid, 'SIGCONT'))

  it('every endpoint returns a retryable code', meetOutage, 120_000)

  it('breakers open, the code stays the same, and health reports only codes', async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, () => trader.ask(balance)))
    expect(new Set(answers.flatMap(({ codes }) => codes))).toEqual(new Set(['STORE_UNAVAILABLE']))
    while ((await readHealth()).checks['user']?.breaker !== 'open') await trader.ask(balance)
    const { codes, errors } = await trader.ask(balance)
    expect(codes).toEqual(['STORE_UNAVAILABLE'])
    expect(errors[0]?.extensions.details).toEqual({ retryAfterSeconds: '1' })
    const { status, checks } = await readHealth()
    expect(status).toMatch(/^degraded \(/)
    const { user } = checks
    expect(user).toMatchObject({ status: 'unhealthy', checks: { store: 'STORE_UNAVAILABLE' } })
    expect(JSON.stringify(checks)).not.toMatch(/127\.0\.0\.1|ECONN|SDK|answer within/)
  })

  it('logs the outage once, not in every run of a job', async () => {
    const sinceStop = () => actions().slice(before)
    while (!sinceStop().includes('store.unreachable')) await delay(20)
    const during = sinceStop().slice(sinceStop().indexOf('store.unreachable'))
    const noisy = ['store.call', 'market.sync_failed', 'order.match_failed', 'order.expiry_failed']
    expect(during.filter((each) => noisy.includes(each))).toEqual([])
    expect(during.filter((each) => each === 'store.unreachable')).toHaveLength(1)
  })
})

describe('when the store responds again', () => {
  it('everything recovers automatically, with the same balance', async () => {
    while ((await trader.ask(balance)).codes.length > 0) await delay(20)
    expect((await trader.ask(balance)).data).toEqual({
      me: { portfolio: { cash: { available: '100.00' } } },
    })
    while (countOf('store.reachable') < 1) await delay(20)
    while ((await readHealth()).status !== 'healthy') await delay(20)
  })
})

describe('when nothing listens on the port of the store', () => {
  beforeAll(() => proxy.stop())
  it('every endpoint returns the same code', meetOutage, 120_000)
})
