import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { subgraphNames } from '@cnop/schema/read'
import { signAccessTokens } from '@cnop/user/tokens/access-token'
import { exportSigningKey, generateSigningKey } from '@cnop/user/tokens/signing-keys'
import { startRemoteWorld } from '../world/remote.ts'
import {
  findTrace,
  listTraces,
  newRequestId,
  readTraces,
  type Span,
  trace,
  type Trace,
} from '../world/traces.ts'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

const flagship = /* GraphQL */ `
  query Flagship {
    me {
      portfolio {
        cash {
          available
        }
        totalValue
        holdings {
          asset {
            name
          }
        }
        recentOrders(first: 5) {
          nodes {
            id
          }
        }
        insight {
          engine
        }
        redPocket {
          claimedToday
        }
      }
    }
  }
`

interface Line {
  readonly action: string
  readonly service: string
}

/** What the services logged under a request id. */
function readLines(directory: string, requestId: string): string[] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.log'))
    .flatMap((file) => readFileSync(join(directory, file), 'utf8').split('\n'))
    .filter((text) => text.includes(`"request_id":"${requestId}"`))
    .map((text) => JSON.parse(text) as Line)
    .map(({ service, action }) => `${service} ${action}`)
}

interface Form {
  readonly origin: string
  /** A subgraph's own door, or the only one there is. */
  readonly userOrigin: string
  trader(options: { cash: string }): Promise<Trader>
  stop(): Promise<void>
}

const openHosted = async (env: Record<string, string>): Promise<Form> => {
  const world = await startWorld(env)
  return { ...world, userOrigin: world.origin }
}

const openSplit = async (env: Record<string, string>): Promise<Form> => {
  const world = await startRemoteWorld({ env })
  return {
    origin: world.origins[0]!,
    userOrigin: world.subgraph('user').url,
    trader: (options) => world.trader(options),
    stop: () => world.stop(),
  }
}

describe.each([
  ['in one process', openHosted],
  ['over sockets', openSplit],
])('a request %s', (_name, open) => {
  let form: Form
  let trader: Trader
  let directory: string
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'cnop-traces-'))
    form = await open({ LOG_LEVEL: 'debug', LOG_FILE_PATH: directory })
    trader = await form.trader({ cash: '500.00' })
    await trader.buys('0.002', 'BTC')
  }, 120_000)
  afterAll(async () => {
    await form.stop()
    rmSync(directory, { recursive: true, force: true })
  }, 60_000)

  it('is one trace from the edge over five subgraphs to the store, each span under its cause', async () => {
    const { answer, trace: seen } = await trace(trader, flagship)
    expect(answer.errors).toEqual([])
    expect(seen).toMatchObject({ operation: 'Flagship', status: 200, requests: 1, missing: [] })
    expect(seen.services).toEqual([...subgraphNames].sort())

    const named = (name: string) => seen.spans.filter((span) => span.name.startsWith(name))
    const parentOf = ({ parentId }: Span) => seen.spans.find(({ spanId }) => spanId === parentId)
    expect(seen.spans.filter(({ parentId }) => parentId === null)).toMatchObject([
      { name: 'POST /graphql', service: 'router' },
    ])
    for (const fetched of named('gateway.fetch')) {
      expect(parentOf(fetched)?.name).toBe('gateway.execute')
    }
    for (const worked of named('subgraph.execute')) {
      const { name, attributes } = parentOf(worked)!
      expect([name, attributes['service']]).toEqual(['gateway.fetch', worked.service])
    }
    for (const call of named('dynamodb.')) {
      expect(parentOf(call)).toMatchObject({ name: 'subgraph.execute', service: call.service })
      expect(call.attributes['db.collection.name']).toEqual(expect.any(String))
    }
    const services = (spans: readonly Span[]) => [...new Set(spans.map(({ service }) => service))]
    expect(services(named('subgraph.execute')).sort()).toEqual([...subgraphNames].sort())
    expect(services(named('dynamodb.'))).toEqual(expect.arrayContaining(['user', 'order', 'cny']))
    expect(seen.plan?.length).toBeGreaterThanOrEqual(5)
  })

  it('is shown to the router alone', async () => {
    const { trace: seen } = await trace(trader, flagship)
    const asked = { method: 'POST', body: seen.traceId, headers: { 'content-type': 'text/plain' } }
    const response = await fetch(`${form.userOrigin}/internal/traces`, asked)
    expect(response.ok).toBe(false)
    expect(await response.text()).not.toContain('spanId')
  })

  it('logs its calls to the store under its request id', async () => {
    const { requestId } = await trace(trader, '{ me { portfolio { cash { available } } } }')
    const wanted = ['user store.call', 'router request.answered']
    const untilLogged = async (): Promise<readonly string[]> => {
      const seen = readLines(directory, requestId)
      if (wanted.every((line) => seen.includes(line))) return seen
      await delay(20)
      return untilLogged()
    }
    expect(await untilLogged()).toEqual(expect.arrayContaining(wanted))
  })
})

describe('traces', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  }, 120_000)
  afterAll(() => world.stop())

  const market = 'query Market { market { feed } }'
  const newTraceId = (): string => randomBytes(16).toString('hex')
  const spanId = '00f067aa0ba902b7'

  it('take up the trace of a caller, and several requests of it', async () => {
    const traceId = newTraceId()
    const traceparent = `00-${traceId}-${spanId}-01`
    const first = await trace(world.stranger, market, { traceparent })
    expect(first.trace).toMatchObject({ traceId, requests: 1 })
    await world.stranger.ask(market, {}, { traceparent })
    const twice = async (): Promise<Trace> => {
      const seen = await findTrace(world.origin, first.requestId)
      return seen.requests === 2 ? seen : twice()
    }
    const entries = (await twice()).spans.filter(({ parentId }) => parentId === null)
    expect(entries.map(({ name }) => name)).toEqual(['POST /graphql', 'POST /graphql'])
  })

  it.each(['nonsense', `00-${'0'.repeat(32)}-${spanId}-01`, `00-${'g'.repeat(32)}-${spanId}-01`])(
    'ignore the malformed header %j',
    async (traceparent) => {
      const { answer, trace: seen } = await trace(world.stranger, market, { traceparent })
      expect(answer.errors).toEqual([])
      expect(seen.traceId).toMatch(/^[0-9a-f]{32}$/)
      expect(traceparent).not.toContain(seen.traceId)
    },
  )

  it('of a caller that always sends the same one hold a bounded part of it', async () => {
    const traceparent = `00-${newTraceId()}-${spanId}-01`
    const first = await trace(world.stranger, market, { traceparent })
    for (let count = 0; count < 60; count++) {
      await world.stranger.ask(market, {}, { traceparent })
    }
    const seen = await findTrace(world.origin, first.requestId)
    expect(seen.spans.length).toBeLessThanOrEqual(300)
    expect(seen.dropped).toBeGreaterThan(0)
  })

  it('hold no value that a client sent, neither variable nor literal, and nobody’s name', async () => {
    const trader = await world.trader()
    const literal = `canary-${newKey()}`
    const document = `mutation S { signIn(input: { username: "${trader.username}", password: "${literal}" }) { accessToken } }`
    const { trace: signedIn } = await trace(world.stranger, document)
    expect(signedIn.plan?.map(({ service }) => service)).toEqual(['user'])
    const requestId = newRequestId()
    const phrase = `canary-${newKey()}`
    const claim = 'mutation C($i: ClaimRedPocketInput!) { claimRedPocket(input: $i) { amount } }'
    const headers = { 'x-request-id': requestId }
    await trader.ask(claim, { i: { key: newKey(), phrase } }, headers)
    const claimed = await findTrace(world.origin, requestId)
    expect(claimed.spans[0]?.attributes['user']).toMatch(/^[0-9a-f]{12}$/)
    const text = JSON.stringify([signedIn, claimed])
    for (const secret of [literal, phrase, trader.username, trader.token, trader.password]) {
      expect(text).not.toContain(secret)
    }
  })

  it('show what failed', async () => {
    const fault = (method: string) =>
      fetch(`${world.origin}/system/faults/inventory`, {
        method,
        ...(method === 'PUT' && {
          headers: { 'content-type': 'application/json' },
          body: '{"kind":"kill"}',
        }),
      })
    await fault('PUT')
    const { trace: seen } = await trace(world.stranger, market)
    await fault('DELETE')
    expect(seen).toMatchObject({ hasFailed: true, status: 200 })
    expect(seen.spans.find(({ name }) => name === 'gateway.fetch')).toMatchObject({
      hasFailed: true,
      attributes: { service: 'inventory' },
    })
  })

  it('are the last 200', async () => {
    const { trace: first } = await trace(world.stranger, '{ __typename }')
    for (let count = 0; count < 230; count++) await world.stranger.ask('{ __typename }')
    expect(await listTraces(world.origin, '?limit=200')).toHaveLength(200)
    expect((await readTraces(world.origin, `/${first.traceId}`)).status).toBe(404)
  })

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
    ['?limit=ten', 'limit'],
    ['?requestId=a&requestId=b', 'requestId'],
    ['/not-a-trace', 'id'],
  ])('refuse %s and name the field', async (path, field) => {
    const { status, body } = await readTraces(world.origin, path)
    expect(status).toBe(422)
    expect(JSON.stringify(body)).toContain(`"field":"${field}"`)
  })
})

describe('in production', () => {
  const key = generateSigningKey()
  let world: World
  beforeAll(async () => {
    world = await startWorld({
      APP_PROFILE: 'production',
      STORE: 'embedded',
      JWT_PRIVATE_KEY: JSON.stringify(exportSigningKey(key)),
      PERSISTED_ONLY: 'false',
      TRACE_SAMPLE_RATIO: '0.5',
    })
  }, 120_000)
  afterAll(() => world.stop())

  const tokenOf = (role: 'ADMIN' | 'CUSTOMER') =>
    signAccessTokens({ key, issuer: 'cnop', audience: 'cnop-api' })({
      username: 'somebody',
      role,
      sessionId: newKey(),
      issuedAtMs: new Date().getTime(),
      lifetimeSeconds: 60,
    })

  it('traces are for administrators', async () => {
    const codeOf = async (path: string, token?: string) => {
      const { status, body } = await readTraces(world.origin, path, token)
      return [status, JSON.stringify(body).match(/"code":"(\w+)"/)?.[1]]
    }
    for (const path of ['', `/${'a'.repeat(32)}`]) {
      expect(await codeOf(path)).toEqual([401, 'UNAUTHENTICATED'])
      expect(await codeOf(path, await tokenOf('CUSTOMER'))).toEqual([403, 'FORBIDDEN'])
    }
    expect((await readTraces(world.origin, '', await tokenOf('ADMIN'))).status).toBe(200)
  })

  it('requests are sampled', async () => {
    for (let count = 0; count < 20; count++) await world.stranger.ask('{ __typename }')
    const token = await tokenOf('ADMIN')
    const kept = async (): Promise<unknown[]> => {
      const { body } = await readTraces(world.origin, '?limit=200', token)
      const traces = body['traces'] as unknown[]
      return traces.length >= 10 ? traces : kept()
    }
    expect(await kept()).toHaveLength(10)
  })
})
