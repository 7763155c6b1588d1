import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { attacks } from '../attack/areas/guards.ts'
import { type GuardWorld, openGuardWorld } from '../attack/guards/world.ts'
import { auditOver } from '../audit-http/audit.ts'

let world: GuardWorld
beforeAll(async () => {
  world = await openGuardWorld()
})
afterAll(() => world.stop())

describe('the guards', () => {
  it.each(attacks)('repel $name', async ({ run }) => {
    await expect(run(world)).resolves.toBeUndefined()
  })
})

describe('an input that is refused before the operation runs', () => {
  const alert = (input: string) => `mutation { createPriceAlert(input: ${input}) { alert { id } } }`
  const query = 'mutation ($i: SignInInput!) { signIn(input: $i) { accessToken } }'

  it.each<[string, object]>([
    [
      'amount',
      { query: 'mutation { deposit(input: {key: "abcdefgh", amount: 1.00}) { entry { id } } }' },
    ],
    ['price', { query: alert('{key: "abcdefgh", assetId: "BTC", direction: ABOVE, price: "x"}') }],
    ['price', { query: alert('{key: "abcdefgh", assetId: "BTC", direction: ABOVE}') }],
    ['cost', { query: alert('{cost: 1}') }],
    ['id', { query: '{ asset(id: [1]) { name } }' }],
    ['first', { query: '{ assets(first: "ten") { nodes { id } } }' }],
    ['last', { query: '{ assets(last: 1) { nodes { id } } }' }],
    ['first', { query: '{ assets(first: 251) { nodes { id } } }' }],
    ['first', { query: '{ assets(first: -1) { nodes { id } } }' }],
    ['query', { query: 5 }],
    ['query', {}],
    ['variables', { query: '{ __typename }', variables: 'x' }],
    ['operationName', { query: '{ __typename }', operationName: 7 }],
    ['extensions', { query: '{ __typename }', extensions: 1 }],
    ['body', []],
    ['i', { query }],
    ['i', { query, variables: { i: null } }],
    ['x', { query, variables: { i: { username: 'alice1', password: 'p', x: 1 } } }],
    ['password', { query, variables: { i: { username: 'alice1' } } }],
    ['password', { query, variables: { i: { username: 'alice1', password: 1 } } }],
  ])('names the field %s and the reason: %j', async (field, body) => {
    const { headers, text } = await world.open.send({ body, from: world.freshAddress() })
    expect(headers['content-type']).toContain('json')
    const { errors } = JSON.parse(text) as {
      errors: { extensions: { code: string; details?: { field: string; reason: string } } }[]
    }
    const [{ extensions } = { extensions: undefined }] = errors.filter(
      (error) => error.extensions.details?.field === field,
    )
    expect(extensions?.details?.reason).toMatch(/\w+ \w+/)
    expect(extensions?.code).toMatch(/^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT|BAD_REQUEST)$/)
  })
})

describe('GraphQL over HTTP', () => {
  it('follows the specification without a warning', async () => {
    const { ok, notices, warnings, errors } = await auditOver(world.open.origin)
    expect([warnings, errors]).toEqual([[], []])
    expect(ok + notices.length).toBe(61)
    // Forms in URLs are refused on purpose: a foreign page could send them.
    expect(notices.length).toBeLessThanOrEqual(3)
  })
})

describe('a method that an endpoint does not have', () => {
  it.each([
    ['DELETE', '/graphql', 'GET, POST'],
    ['GET', '/stream', 'POST'],
    ['GET', '/auth/sign-in', 'POST'],
    ['POST', '/export/activity.csv', 'GET, HEAD'],
    ['POST', '/health', 'GET, HEAD'],
    ['DELETE', '/system/faults', 'GET, HEAD'],
    ['GET', '/system/blocks/127.0.0.1', 'PUT, DELETE'],
    ['PUT', '/docs/', 'GET, HEAD'],
    ['DELETE', '/playground/index.html', 'GET, HEAD'],
  ] as const)('%s %s names %s', async (method, path, allow) => {
    const { status, headers, codes } = await world.open.send({ method, path })
    expect([status, headers['allow'], codes]).toEqual([405, allow, ['METHOD_NOT_ALLOWED']])
  })

  it('is named on the port of the dashboard, and for a mutation in an address', async () => {
    const { origin } = new URL(world.open.origin)
    const web = origin.replace(/\d+$/, String(world.open.world.router.webPort))
    const page = await fetch(`${web}/dashboard`, { method: 'POST' })
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    const path = '/graphql?query=mutation%20%7B%20signOut%20%7B%20signedOutAt%20%7D%20%7D'
    const headers = { 'apollo-require-preflight': 'yes' }
    const mutation = await world.open.send({ method: 'GET', path, headers })
    expect(mutation.headers['allow']).toBe('POST')
  })
})

describe('other origins', () => {
  const preflight = (origin: string) =>
    world.open.send({
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })

  it('may read responses only when they are listed, and then see their limits', async () => {
    const listed = await preflight('http://localhost:3000')
    expect(listed.headers['access-control-allow-origin']).toBe('http://localhost:3000')
    const { headers } = await world.open.send({
      headers: { origin: 'http://localhost:3000' },
      body: { query: '{ __typename }' },
    })
    expect(headers['access-control-expose-headers']).toMatch(/X-RateLimit-Remaining.*RateLimit/)
    expect((await preflight('http://evil.example')).headers).not.toHaveProperty(
      'access-control-allow-origin',
    )
  })
})
