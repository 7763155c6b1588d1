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
    expect(extensions?.code).toMatch(/^(GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/)
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
