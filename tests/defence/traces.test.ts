import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { signAccessTokens } from '@cnop/user/tokens/access-token'
import { exportSigningKey, generateSigningKey } from '@cnop/user/tokens/signing-keys'
import {
  findTrace,
  listTraces,
  newRequestId,
  readTraces,
  trace,
  type Trace,
} from '../world/traces.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

describe('traces', () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld()
  })
  afterAll(() => world.stop())

  const market = 'query Market { market { feed } }'
  const newTraceId = (): string => randomBytes(16).toString('hex')
  const spanId = '00f067aa0ba902b7'

  it('continue the trace of a caller, for several of its requests', async () => {
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

  it('keep a limited number of spans when a caller always sends the same trace id', async () => {
    const traceparent = `00-${newTraceId()}-${spanId}-01`
    const first = await trace(world.stranger, market, { traceparent })
    for (let count = 0; count < 60; count++) {
      await world.stranger.ask(market, {}, { traceparent })
    }
    const seen = await findTrace(world.origin, first.requestId)
    expect(seen.spans.length).toBeLessThanOrEqual(300)
    expect(seen.dropped).toBeGreaterThan(0)
  })

  it('contain no value that a client sent, neither variable nor literal, and no user name', async () => {
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

  it('show failures', async () => {
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

  it('are the latest 200', async () => {
    const { trace: first } = await trace(world.stranger, '{ __typename }')
    for (let count = 0; count < 230; count++) await world.stranger.ask('{ __typename }')
    expect(await listTraces(world.origin, '?limit=200')).toHaveLength(200)
    expect((await readTraces(world.origin, `/${first.traceId}`)).status).toBe(404)
  })

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=201', 'limit'],
    ['?limit=ten', 'limit'],
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
  })
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
