import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { manifest } from '@cnop/schema/read'
import { follow, type Followed, keepStreams, openStream } from '../world/stream.ts'
import { startWorld, type World } from '../world/world.ts'

const secret = 'S3cret-Passw0rd'
let world: World
const { opened, leaveAll } = keepStreams()

beforeAll(async () => {
  world = await startWorld({ STREAMS_PER_USER: '3', STREAMS_PER_ADDRESS: '6' })
})
afterAll(() => world.stop())

const prices = (ids: readonly string[], options: object = {}): Promise<Followed> =>
  opened(follow(world.origin, 'FollowPrices', { variables: { ids }, ...options }))

describe('a stream that must be refused', () => {
  const text = (field: string): string => `subscription { ${field} { sequence } }`

  it.each(['FollowOrders', 'FollowBalance', 'FollowNotifications'])(
    '%s needs a token',
    async (name) => {
      const stream = await follow(world.origin, name)
      expect([stream.status, stream.codes()]).toEqual([401, ['UNAUTHENTICATED']])
    },
  )

  it('takes no token from the address', async () => {
    const { token } = await world.trader()
    const response = await fetch(`${world.origin}/stream?token=${token}&access_token=${token}`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query: text('balanceChanged') }),
    })
    expect(response.status).toBe(400)
  })

  it.each([
    ['a bad token', { token: 'nonsense' }, 401, 'UNAUTHENTICATED'],
    ['a foreign origin', { headers: { origin: 'https://evil.example' } }, 400, 'CSRF_REFUSED'],
    ['a hidden origin', { headers: { origin: 'null' } }, 400, 'CSRF_REFUSED'],
    ['a plain form', { headers: { 'content-type': 'text/plain' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another answer', { headers: { accept: 'application/json' } }, 400, 'BAD_REQUEST'],
    ['a GET', { method: 'GET' }, 405, 'METHOD_NOT_ALLOWED'],
    ['a PUT', { method: 'PUT' }, 405, 'METHOD_NOT_ALLOWED'],
  ])('%s is refused', async (_what, options, status, code) => {
    const variables = { ids: ['BTC'] }
    const stream = await follow(world.origin, 'FollowPrices', { variables, ...options })
    expect([stream.status, stream.codes()]).toEqual([status, [code]])
    expect(stream.headers['x-ratelimit-remaining']).toBeDefined()
  })

  it('its own origin may open a stream', async () => {
    const { host } = new URL(world.origin)
    const stream = await prices(['BTC'], { headers: { origin: `http://${host}` } })
    expect(stream.status).toBe(200)
    await leaveAll()
  })

  it.each([
    ['no ids', [], 'must be 1 to 250 tickers'],
    [
      'too many ids',
      Array.from({ length: 251 }, (_one, at) => `A${at}`),
      'must be 1 to 250 tickers',
    ],
    ['a strange id', ['BTC', '<b>'], 'must be tickers of 1 to 10 letters or digits'],
    ['unknown ids', ['BTC', 'NOPE1', 'NOPE2'], 'no asset has the ticker NOPE1, NOPE2'],
  ])('%s are refused by name', async (_what, ids, reason) => {
    const stream = await follow(world.origin, 'FollowPrices', { variables: { ids } })
    expect(stream.status).toBe(422)
    expect(stream.errors()[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'ids', reason },
    })
  })

  it.each([
    ['nothing', '', 'BAD_REQUEST'],
    ['no document', '{}', 'BAD_REQUEST'],
    ['a body that is not JSON', '{"query"', 'BAD_REQUEST'],
    [
      'a document that is not GraphQL',
      JSON.stringify({ query: 'subscription {' }),
      'GRAPHQL_PARSE_FAILED',
    ],
    ['a query', JSON.stringify({ query: '{ __typename }' }), 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown field', JSON.stringify({ query: text('secrets') }), 'GRAPHQL_VALIDATION_FAILED'],
    [
      'two fields at once',
      JSON.stringify({
        query: 'subscription { a: orderEvents { sequence } b: balanceChanged { sequence } }',
      }),
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a skipped field',
      JSON.stringify({
        query: 'subscription { prices(ids: ["BTC"]) @skip(if: true) { sequence } }',
      }),
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a field that depends on a variable',
      JSON.stringify({
        query: 'subscription ($b: Boolean!) { prices(ids: ["BTC"]) @include(if: $b) { sequence } }',
        variables: { b: false },
      }),
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a variable of another type',
      JSON.stringify({
        query: 'subscription ($ids: [ID!]!) { prices(ids: $ids) { sequence } }',
        variables: { ids: [null] },
      }),
      'BAD_USER_INPUT',
    ],
    [
      'more assets than the limit',
      JSON.stringify({
        query: `subscription { prices(ids: ["BTC"]) { ${Array.from({ length: 40 }, (_one, at) => `a${at}: sequence`).join(' ')} } }`,
      }),
      'QUERY_TOO_COMPLEX',
    ],
    [
      'the id of a query',
      JSON.stringify({
        extensions: {
          persistedQuery: {
            version: 1,
            sha256Hash: Object.keys(manifest('tools'))[0] ?? Object.keys(manifest('rest'))[0],
          },
        },
      }),
      'PERSISTED_QUERY_NOT_FOUND',
    ],
    [
      'a variable with a secret in the wrong place',
      JSON.stringify({
        query: 'subscription ($ids: [ID!]!) { prices(ids: $ids) { sequence } }',
        variables: { ids: [{ password: secret }] },
      }),
      'BAD_USER_INPUT',
    ],
    [
      'a document with a secret in the wrong place',
      JSON.stringify({
        query: `subscription { prices(ids: "${secret}" "${secret}") { sequence } }`,
      }),
      'GRAPHQL_PARSE_FAILED',
    ],
  ])('%s is refused', async (_what, body, code) => {
    const stream = await openStream(world.origin, { body })
    expect(stream.codes()).toEqual([code])
    expect(JSON.stringify(stream.errors())).not.toContain(secret)
    expect(stream.status).toBeGreaterThanOrEqual(400)
    expect(stream.status).toBeLessThan(500)
  })

  it('is not served at the endpoint of queries', async () => {
    const { codes, errors } = await world.stranger.ask(text('orderEvents'))
    expect(codes).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect(errors[0]?.message).toContain('Accept: text/event-stream')
    const { endpoint, method, accept } = errors[0]?.extensions.details ?? {}
    const response = await fetch(`${world.origin}${endpoint}`, {
      method: method!,
      headers: { accept: accept!, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'subscription { prices(ids: ["BTC"]) { sequence } }' }),
    })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    await response.body?.cancel()
  })

  it('is listed at /docs/stream.graphql, to which the description of Query links', async () => {
    const { data } = await world.stranger.ask<{ __type: { description: string } }>(
      '{ __type(name: "Query") { description } }',
    )
    const path = /`(\/docs\/[\w.]+)`/.exec(data?.__type.description ?? '')?.[1]
    const listed = await (await fetch(`${world.origin}${path}`)).text()
    expect(listed).toContain('balanceChanged: BalanceEvent!')
  })

  it('more streams of one user are refused until one is closed', async () => {
    const { token } = await world.trader()
    const open = (): Promise<Followed> => follow(world.origin, 'FollowBalance', { token })
    const first = await Promise.all([open(), open(), open()].map(opened))
    const refused = await open()
    expect([refused.status, refused.codes()]).toEqual([429, ['RATE_LIMITED']])
    expect(refused.headers['retry-after']).toBe('5')
    first[0]?.leave()
    await first[0]?.ended()
    const again = await untilOpen(open)
    expect(again.status).toBe(200)
    await leaveAll()
  })

  it('more streams of one address are refused', async () => {
    const open = (): Promise<Followed> => prices(['BTC'])
    for (let count = 0; count < 6; count += 1) expect((await open()).status).toBe(200)
    const refused = await open()
    expect([refused.status, refused.codes()]).toEqual([429, ['RATE_LIMITED']])
    const elsewhere = await prices(['BTC'], { from: '127.0.0.9' })
    expect(elsewhere.status).toBe(200)
    await leaveAll()
  })
})

/** The platform detects shortly afterwards that a client has left. */
async function untilOpen(open: () => Promise<Followed>): Promise<Followed> {
  for (;;) {
    const stream = await opened(open())
    if (stream.status === 200) return stream
  }
}
