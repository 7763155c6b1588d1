import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type CallRest,
  createRestClient,
  createRestUser,
  newPerson,
  type RestUser,
} from '../world/rest.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let call: CallRest
let user: RestUser

beforeAll(async () => {
  world = await startWorld({ UNKNOWN_USERS_PER_MINUTE: '5' })
  call = createRestClient(world.origin)
  user = await createRestUser(call, '5000')
})
afterAll(() => world.stop())

type Fields = Record<string, unknown>

interface Promised {
  readonly description: string
  readonly headers: object
  readonly content: object
}

interface Reference {
  readonly paths: Record<string, Record<string, { readonly responses: Record<number, Promised> }>>
}

describe('a refusal', () => {
  const members = [
    'code',
    'detail',
    'error',
    'instance',
    'message',
    'request_id',
    'status',
    'timestamp',
    'title',
    'type',
  ]

  it('contains the members of RFC 9457 and those of the old gateway', async () => {
    const { status, headers, body } = await call('GET', '/balance?x=1')
    expect(status).toBe(401)
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(Object.keys(body as Fields).sort()).toEqual(members)
    expect(body).toMatchObject({
      type: 'urn:cnop:problem:unauthenticated',
      title: 'Unauthorized',
      status: 401,
      error: 'AUTH_001',
      code: 'AUTH_001',
      instance: '/api/v1/balance',
      request_id: headers.get('x-request-id'),
    })
  })

  it('lists every invalid field and repeats no password', async () => {
    const body = { ...newPerson(), username: 'abc', password: 'short', phone: 12 }
    const answer = await call('POST', '/auth/register', { body })
    expect(answer.status).toBe(422)
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    const { detail } = answer.body as { detail: readonly Fields[] }
    expect(detail).toContainEqual({
      type: 'string_too_short',
      loc: ['body', 'username'],
      msg: expect.any(String),
      input: 'abc',
      ctx: { min_length: 6 },
    })
    expect(detail).toContainEqual(
      expect.objectContaining({ type: 'string_type', loc: ['body', 'phone'] }),
    )
    expect(detail.filter(({ loc }) => String(loc) === 'body,password').length).toBeGreaterThan(0)
    expect(JSON.stringify(answer.body)).not.toContain('"short"')
  })

  it.each([
    ['greater_than', 0, { gt: 0 }],
    ['less_than_equal', 1_000_001, { le: 1_000_000 }],
    ['decimal_parsing', 'ten', undefined],
    ['decimal_type', false, undefined],
    ['missing', undefined, undefined],
  ])('returns %s for an amount of %p', async (type, amount, ctx) => {
    const { body } = await user.call('POST', '/balance/deposit', { body: { amount } })
    const [error] = (body as { detail: readonly Fields[] }).detail
    expect(error).toMatchObject({ type, loc: ['body', 'amount'], ...(ctx && { ctx }) })
  })

  it.each(['12345 678 9', '+1 (555) 123-4567 ext 8901234', 'call me'])(
    'states which rule the phone number %s breaks',
    async (phone) => {
      const { status, body } = await user.call('PUT', '/auth/profile', { body: { phone } })
      const isNothing = phone === 'call me'
      expect(status).toBe(isNothing ? 200 : 422)
      if (isNothing) return
      const msg = 'must have 10 to 15 digits; other characters are removed'
      expect(body).toMatchObject({ detail: [{ loc: ['body', 'phone'], msg }] })
    },
  )

  it.each(['2027-02-31T00:00:00Z', '2027-01-31T24:00:00Z', '2027-01-31T12:00:00'])(
    'names the field of an invalid time: %s',
    async (moment) => {
      const limit = { order_type: 'limit_buy', asset_id: 'BTC', quantity: 0.001, price: 1 }
      const order = await user.call('POST', '/orders', { body: { ...limit, expires_at: moment } })
      expect([order.status, order.body]).toMatchObject([
        422,
        { detail: [{ type: 'datetime_parsing', loc: ['body', 'expires_at'], input: moment }] },
      ])
    },
  )

  it('names fields as the contract does when a subgraph refuses one', async () => {
    const limit = { order_type: 'limit_buy', asset_id: 'BTC', quantity: 1 }
    const { body } = await user.call('POST', '/orders', { body: limit })
    expect(body).toMatchObject({ detail: [{ loc: ['body', 'price'] }] })
    const headers = { 'idempotency-key': 'short' }
    const deposit = await user.call('POST', '/balance/deposit', { body: { amount: 1 }, headers })
    expect(deposit.status).toBe(422)
    expect(deposit.body).toMatchObject({ detail: [{ loc: ['header', 'Idempotency-Key'] }] })
  })

  it('never returns what may be a secret, wherever it was sent', async () => {
    const secret = 'Sup-Secret-Pw-2026'
    const bodies = [secret, [secret], { Password: secret }, { username: [secret] }, { password: 1 }]
    const refused = [
      ...bodies.map((body) => call('POST', '/auth/login', { body: JSON.stringify(body) })),
      ...bodies.map((body) => call('POST', '/auth/register', { body: JSON.stringify(body) })),
      user.call('POST', '/cny/claim', { body: JSON.stringify(secret) }),
    ]
    for (const { status, body } of await Promise.all(refused)) {
      expect(status).toBe(422)
      expect((body as { detail: Fields[] }).detail.map(({ input }) => input)).not.toContain(secret)
      expect(JSON.stringify(body)).not.toContain(secret)
    }
    const named = await call('POST', '/auth/login', {
      body: { username: 'ada lovelace', password: secret },
    })
    expect(named.body).toMatchObject({
      detail: [{ loc: ['body', 'username'], input: 'ada lovelace' }],
    })
  })

  it('of an order that is too large is a text', async () => {
    const order = { order_type: 'limit_buy', asset_id: 'BTC', quantity: 100, price: 1_000 }
    const { status, body } = await user.call('POST', '/orders', { body: order })
    expect(status).toBe(422)
    expect(Object.keys(body as Fields).sort()).toEqual(members)
    expect(body).toMatchObject({ detail: expect.stringContaining('worth more than one order') })
  })

  it('ignores the expiry of a market order, as its price', async () => {
    const market = { order_type: 'market_buy', asset_id: 'BTC', quantity: 0.001 }
    const body = { ...market, price: 1, expires_at: '2020-01-01T00:00:00Z' }
    expect((await user.call('POST', '/orders', { body })).status).toBe(201)
  })

  it('is 400 for a body that is not JSON and 422 for a body that is not declared as JSON', async () => {
    const broken = await call('POST', '/auth/login', { body: '{"username"' })
    expect([broken.status, (broken.body as Fields)['code']]).toEqual([400, 'SVC_001'])
    const headers = { 'content-type': 'text/plain' }
    expect((await call('POST', '/auth/login', { body: '{}', headers })).status).toBe(422)
    expect((await call('POST', '/auth/login', { body: '[]' })).status).toBe(422)
  })

  it('of a content type that is not JSON names the header', async () => {
    const headers = { 'content-type': 'text/plain' }
    const { body } = await call('POST', '/auth/login', { body: '{}', headers })
    expect(body).toMatchObject({
      detail: [{ msg: expect.stringContaining('Content-Type: application/json') }],
    })
  })

  it('of an unknown path or method is 404 in the same shape', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['GET', '/auth/me'],
      ['GET', '/balance//'],
      ['DELETE', '/orders/order_123456789'],
      ['POST', '/inventory/assets'],
      ['HEAD', '/balance'],
    ] as const) {
      const { status, body } = await call(method, path)
      expect([method, path, status]).toEqual([method, path, 404])
      if (method !== 'HEAD') expect(Object.keys(body as Fields).sort()).toEqual(members)
    }
  })

  it('refuses bytes that are not UTF-8', async () => {
    const body = Buffer.from('{"username":"someone","password":"Horse-26-\xff"}', 'latin1')
    const { status } = await fetch(`${world.origin}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(status).toBe(400)
  })

  it('has a status, headers and a content type of the reference', async () => {
    const { paths } = (await (await fetch(`${world.origin}/docs/openapi.json`)).json()) as Reference
    const latin1 = { 'content-type': 'application/json; charset=latin1' }
    const huge = JSON.stringify({ amount: '1'.repeat(300_000) })
    const provoked = [
      [
        'post',
        '/balance/deposit',
        await user.call('POST', '/balance/deposit', { body: { amount: 1 } }),
      ],
      ['post', '/balance/deposit', await user.call('POST', '/balance/deposit', { body: '{' })],
      ['post', '/balance/deposit', await call('POST', '/balance/deposit')],
      ['post', '/balance/deposit', await user.call('POST', '/balance/deposit', { body: huge })],
      [
        'post',
        '/balance/deposit',
        await user.call('POST', '/balance/deposit', { body: '{}', headers: latin1 }),
      ],
      ['post', '/balance/deposit', await user.call('POST', '/balance/deposit', { body: {} })],
      ['get', '/balance/asset/{asset_id}', await user.call('GET', '/balance/asset/%')],
      ['get', '/balance/asset/{asset_id}', await user.call('GET', '/balance/asset/NOPE')],
      ['post', '/auth/login', await call('POST', '/auth/login', { body: newPerson() })],
    ] as const
    expect(provoked.map(([, , { status }]) => status)).toEqual([
      201, 400, 401, 413, 415, 422, 400, 404, 404,
    ])
    for (const [method, path, { status, headers }] of provoked) {
      const promised = paths[`/api/v1${path}`]?.[method]?.responses[status]
      expect([path, status, promised?.description]).toEqual([path, status, expect.any(String)])
      expect(Object.keys(promised!.content)).toContain(headers.get('content-type')?.split(';')[0])
      const absent = Object.keys(promised!.headers).filter((name) => !headers.has(name))
      expect([path, status, absent]).toEqual([path, status, []])
    }
  })

  it('is documented with OUTCOME_UNKNOWN for commands only', async () => {
    const { paths } = (await (await fetch(`${world.origin}/docs/openapi.json`)).json()) as Reference
    for (const [path, methods] of Object.entries(paths)) {
      if (!path.startsWith('/api/v1')) continue
      for (const [method, { responses }] of Object.entries(methods)) {
        const isOpen = responses[503]?.description.includes('OUTCOME_UNKNOWN')
        expect([path, method, isOpen]).toEqual([path, method, method !== 'get'])
      }
    }
  })

  it('limits the names that an anonymous caller may try', async () => {
    const tryName = async () => {
      const body = { username: newPerson().username, password: 'Correct-Horse-26' }
      return call('POST', '/auth/login', { body })
    }
    let answer = await tryName()
    for (let tries = 0; answer.status === 404 && tries < 5; tries++) answer = await tryName()
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answer.body).toMatchObject({
      retry_after: expect.any(Number),
      reset_time: expect.any(Number),
    })
  })
})
