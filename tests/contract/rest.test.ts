import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { routes } from '@cnop/router/rest/table'
import { type CallRest, createRestClient, createRestUser, type RestUser } from '../world/rest.ts'
import { startWorld, type World } from '../world/world.ts'
import { describeRestFacts } from './rest/facts.ts'

let world: World
let call: CallRest
let user: RestUser

beforeAll(async () => {
  world = await startWorld()
  call = createRestClient(world.origin)
  user = await createRestUser(call, '5000')
})
afterAll(() => world.stop())

type Fields = Record<string, unknown>
const dataOf = (body: unknown): readonly Fields[] => (body as { data: readonly Fields[] }).data

describe('the REST contract in one process', () => {
  describeRestFacts(() => world.origin)
})

describe('every response', () => {
  it('reports the rate limit, also in a refusal', async () => {
    for (const path of ['/balance', '/inventory/assets?limit=1', '/nothing']) {
      const { headers } = await call('GET', path)
      for (const name of ['limit', 'remaining', 'reset']) {
        expect(headers.get(`x-ratelimit-${name}`)).toMatch(/^\d+$/)
      }
    }
  })

  it('is the same with and without a trailing slash', async () => {
    const { status, body } = await user.call('GET', '/balance/')
    expect([status, body]).toEqual([200, (await user.call('GET', '/balance')).body])
  })

  it('has exactly the keys of the reference', async () => {
    await user.call('POST', '/orders', {
      body: { order_type: 'market_buy', asset_id: 'eth', quantity: '0.01' },
    })
    const answered: string[] = []
    for (const route of routes) {
      if (route.method !== 'get' || route.path === '/orders/{order_id}') continue
      const path = route.path.replace('{asset_id}', 'ETH')
      const { status, body } = await user.call('GET', path)
      expect([path, status]).toEqual([path, 200])
      expect(route.answer.parse(body)).toEqual(body)
      answered.push(path)
    }
    expect(answered).toHaveLength(11)
  })
})

describe('lists', () => {
  it('are paged newest first, to the last page and beyond', async () => {
    const { call: own } = await createRestUser(call, '1000')
    for (const quantity of ['0.001', '0.002', '0.003']) {
      const body = { order_type: 'market_buy', asset_id: 'BTC', quantity }
      expect((await own('POST', '/orders', { body })).status).toBe(201)
    }
    for (const path of ['/orders', '/assets/BTC/transactions']) {
      const page = async (query: string) => {
        const { body } = await own('GET', `${path}?${query}`)
        const quantities = dataOf(body).map(({ quantity }) => quantity)
        return [quantities, (body as Fields)['has_more']]
      }
      expect(await page('')).toEqual([['0.003', '0.002', '0.001'], false])
      expect(await page('limit=2')).toEqual([['0.003', '0.002'], true])
      expect(await page('limit=2&offset=2')).toEqual([['0.001'], false])
      expect(await page('limit=1&offset=1')).toEqual([['0.002'], true])
      expect(await page('limit=5&offset=9')).toEqual([[], false])
    }
    const { body } = await own('GET', '/balance/transactions?limit=1&offset=3')
    expect(body).toMatchObject({ transactions: [{ transaction_type: 'deposit' }], total_count: 1 })
  })

  it.each([
    ['/orders?limit=0', 422],
    ['/orders?limit=101', 422],
    ['/orders?offset=-1', 422],
    ['/orders?offset=10001', 422],
    ['/orders?offset=10000', 200],
    ['/orders?order_type=buy', 422],
    ['/orders?asset_id=BTC!', 422],
    ['/orders?asset_id=nope&status=pending', 200],
    ['/assets/BTC/transactions?limit=0', 200],
    ['/assets/BTC/transactions?limit=1000', 200],
    ['/assets/BTC/transactions?limit=x', 422],
    ['/assets/NOPE/transactions', 404],
    ['/assets/BTC!/transactions', 422],
    ['/balance/asset/NOPE', 404],
    ['/balance/asset/b', 404],
  ])('%s returns %i', async (path, status) => {
    expect((await user.call('GET', path)).status).toBe(status)
  })

  it('of orders are filtered by asset and type', async () => {
    const limit = { order_type: 'limit_buy', asset_id: 'ETH', quantity: 1, price: '1.5' }
    const placed = await user.call('POST', '/orders', { body: limit })
    expect(placed.body).toMatchObject({
      data: { status: 'pending', price: '1.5', total_amount: null },
    })
    const types = async (query: string) =>
      dataOf((await user.call('GET', `/orders?${query}`)).body).map((order) => order['order_type'])
    expect(await types('order_type=limit_buy')).toEqual(['limit_buy'])
    expect(await types('order_type=market_sell')).toEqual([])
    expect(await types('asset_id=btc')).toEqual([])
  })
})

describe('a repeated key', () => {
  it('moves cash once and places one order', async () => {
    const { call: own } = await createRestUser(call, '1000')
    const send = (path: string, body: Fields, key: string) =>
      own('POST', path, { body, headers: { 'idempotency-key': key } })
    const first = await send('/balance/deposit', { amount: '10.00' }, 'deposit-key-1')
    const again = await send('/balance/deposit', { amount: 10 }, '"deposit-key-1"')
    expect([again.status, again.body]).toEqual([201, first.body])
    expect((await send('/balance/deposit', { amount: 11 }, 'deposit-key-1')).status).toBe(422)
    const order = { order_type: 'market_buy', asset_id: 'BTC', quantity: '0.001' }
    const placed = await send('/orders', order, 'order-key-1')
    expect((await send('/orders', order, 'order-key-1')).body).toEqual(placed.body)
    expect(dataOf((await own('GET', '/orders')).body)).toHaveLength(1)
  })
})

describe('a command without a key', () => {
  it('gets a key in the response, for a retry', async () => {
    const { call: own } = await createRestUser(call, '1000')
    const first = await own('POST', '/balance/deposit', { body: { amount: 10 } })
    const key = first.headers.get('idempotency-key') ?? ''
    const headers = { 'idempotency-key': key }
    const again = await own('POST', '/balance/deposit', { body: { amount: 10 }, headers })
    expect([key.length, again.body]).toEqual([36, first.body])
  })
})

describe('red pockets', () => {
  it('are one a day, of 8.88, for an accepted phrase', async () => {
    const { call: own } = await createRestUser(call)
    for (const phrase of ['', '   ', undefined, 8]) {
      expect((await own('POST', '/cny/claim', { body: { phrase } })).status).toBe(422)
    }
    const first = await own('POST', '/cny/claim', { body: { phrase: 'spring' } })
    expect(first.status).toBe(201)
    expect(first.body).toEqual({
      success: true,
      message: expect.any(String),
      amount: '8.88',
      got_red_pocket: false,
      timestamp: expect.stringMatching(/Z$/),
    })
    expect((await own('POST', '/cny/claim', { body: { phrase: 'autumn' } })).status).toBe(422)
    expect((await own('GET', '/balance/transactions')).body).toMatchObject({
      transactions: [{ transaction_type: 'deposit', amount: '8.88' }],
    })
  })
})

describe('the reference', () => {
  it('describes every route in OpenAPI 3.1 and loads nothing from other sites', async () => {
    const description = (await (await fetch(`${world.origin}/docs/openapi.json`)).json()) as {
      openapi: string
      paths: Record<string, Record<string, unknown>>
    }
    expect(description.openapi).toBe('3.1.0')
    for (const { method, path } of routes) {
      expect(description.paths[`/api/v1${path}`]).toHaveProperty(method)
    }
    const page = await fetch(`${world.origin}/docs`)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    const addresses = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, at]) => at,
    )
    expect(addresses.length).toBeGreaterThan(2)
    for (const address of addresses) {
      expect((await fetch(new URL(address!, world.origin))).status).toBe(200)
      expect(address).toMatch(/^\/docs\//)
    }
  })
})

describe('/metrics', () => {
  it('counts by route template and exports the four metric families of the old gateway', async () => {
    await user.call('GET', '/balance/asset/XRP')
    await call('GET', '/portfolio')
    const text = await (await fetch(`${world.origin}/metrics`)).text()
    for (const family of [
      'requests_total',
      'errors_total',
      'proxy_errors_total',
      'request_latency_seconds',
    ]) {
      expect(text).toContain(`# TYPE gateway_${family}`)
    }
    expect(text).toMatch(
      /gateway_errors_total\{status_code="401",endpoint="\/api\/v1\/portfolio"\} \d+/,
    )
    expect(text).toContain('endpoint="/api/v1/balance/asset/{asset_id}"')
    expect(text).not.toMatch(/_created\b|XRP/)
  })
})
