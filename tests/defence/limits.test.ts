import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { exportSigningKey, generateSigningKey } from '@cnop/user/tokens/signing-keys'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { openTarget, type Sent, type Target } from '../attack/guards/world.ts'
import { newKey } from '../world/world.ts'

const signingKey = generateSigningKey()

let target: Target
beforeAll(async () => {
  target = await openTarget({
    PERSISTED_ONLY: 'false',
    INTROSPECTION: 'false',
    JWT_PRIVATE_KEY: JSON.stringify(exportSigningKey(signingKey)),
    RATE_LIMIT_PER_MINUTE: '40',
    SERVICE_RATE_LIMITS: 'inventory=10',
    FIELD_RATE_LIMITS: 'money=3',
    COST_PER_MINUTE: '250',
  })
})
afterAll(() => target.world.stop())

const typename = { query: '{ __typename }' }
const market = { query: '{ market { feed } }' }
const left = ({ headers }: Sent): number => Number(headers['x-ratelimit-remaining'])

describe('the limit of an address', () => {
  it('is exact for concurrent requests, and separate for another address', async () => {
    const from = '127.0.8.1'
    const all = await Promise.all(
      Array.from({ length: 45 }, () => target.send({ body: typename, from })),
    )
    const refused = all.filter(({ status }) => status === 429)
    expect(all.filter(({ status }) => status === 200)).toHaveLength(40)
    expect(refused).toHaveLength(5)
    for (const { headers, codes } of refused) {
      expect(codes[0]).toBe('RATE_LIMITED')
      expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    }
    expect(left(await target.send({ body: typename, from: '127.0.8.2' }))).toBe(39)
  })

  it('is reported on every response', async () => {
    const from = '127.0.8.3'
    const answers = [
      await target.send({ body: typename, from }),
      await target.send({ body: typename, from, headers: { authorization: 'Bearer forged' } }),
      await target.send({ method: 'GET', path: '/nowhere', from }),
      await target.send({ body: '{', from }),
      await target.send({ method: 'OPTIONS', from }),
      await target.send({ method: 'GET', path: '/%', from }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 400, 204, 404])
    expect(answers.map(left)).toEqual([39, 38, 37, 36, 35, 34])
    for (const { headers } of answers) {
      expect(headers['ratelimit-policy']).toBe('"client";q=40;w=60')
      expect(headers['ratelimit']).toMatch(/^"client";r=3\d;t=\d+$/)
    }
  })
})

describe('the budget of a service', () => {
  it('counts an operation once, and refuses before the service is called', async () => {
    const from = '127.0.8.4'
    const twice = { query: '{ a: market { feed } b: market { isOpen } }' }
    for (let index = 0; index < 10; index += 1) {
      expect((await target.send({ body: twice, from })).status).toBe(200)
    }
    const before = await target.countCalls()
    const refused = await target.send({ body: market, from })
    expect([refused.status, refused.codes[0]]).toEqual([429, 'RATE_LIMITED'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(await target.countCalls()).toBe(before)
    // Operations that call no service, or another one, are accepted.
    expect((await target.send({ body: typename, from })).status).toBe(200)
  })
})

describe('the cost budget', () => {
  it('is reported, and an operation that exceeds it is refused', async () => {
    const from = '127.0.8.5'
    const body = { query: '{ assets(first: 100) { nodes { id } } }' }
    const first = await target.send({ body, from })
    expect(JSON.parse(first.text)).toMatchObject({
      extensions: { cost: { estimated: 101, limit: 1000, budget: { limit: 250, remaining: 149 } } },
    })
    expect((await target.send({ body, from })).status).toBe(200)
    const refused = await target.send({ body, from })
    expect([refused.status, refused.codes[0]]).toEqual([429, 'RATE_LIMITED'])
  })
})

describe('the limit of a field', () => {
  const deposit = (): string =>
    `deposit(input: { key: "${newKey()}", amount: "1.00" }) { cash { available } }`

  it('accepts exactly the limit of concurrent requests, per user', async () => {
    const [alice, bob] = [await target.world.trader(), await target.world.trader()]
    const send = (token: string, query: string, from: string) =>
      target.send({ body: { query }, headers: { authorization: `Bearer ${token}` }, from })
    const all = await Promise.all(
      Array.from({ length: 10 }, () => send(alice.token, `mutation { ${deposit()} }`, '127.0.8.6')),
    )
    expect(all.filter(({ status }) => status === 200)).toHaveLength(3)
    expect(all.filter(({ codes }) => codes[0] === 'RATE_LIMITED')).toHaveLength(7)
    expect(await alice.cash()).toBe('3.00')
    // Aliases count: four exceed the limit, so none runs; three do not.
    const aliases = (count: number): string =>
      `mutation { ${Array.from({ length: count }, (_, i) => `d${i}: ${deposit()}`).join(' ')} }`
    expect((await send(bob.token, aliases(4), '127.0.8.7')).codes[0]).toBe('RATE_LIMITED')
    expect(await bob.cash()).toBe('0.00')
    expect((await send(bob.token, aliases(3), '127.0.8.7')).status).toBe(200)
    expect(await bob.cash()).toBe('3.00')
  })
})

describe('an operation with invalid variables', () => {
  it('does not count toward the limit of a field', async () => {
    const { token } = await target.world.trader()
    const query = 'mutation ($i: CashInput!) { deposit(input: $i) { cash { available } } }'
    const deposits = (amount: unknown) =>
      target.send({
        body: { query, variables: { i: { key: newKey(), amount } } },
        headers: { authorization: `Bearer ${token}` },
        from: '127.0.8.11',
      })
    for (const amount of ['1.234', 'ten', null, '1.00', '1.00', '1.00']) {
      const { codes } = await deposits(amount)
      expect([amount, codes[0]]).toEqual([amount, amount === '1.00' ? undefined : 'BAD_USER_INPUT'])
    }
    expect((await deposits('1.00')).codes[0]).toBe('RATE_LIMITED')
  })
})

describe('an administrator', () => {
  /** A customer's token, signed again with the role of an administrator. */
  async function adminToken(): Promise<string> {
    const { token } = await target.world.trader()
    const { alg = 'ES256', ...header } = decodeProtectedHeader(token)
    return new SignJWT({ ...decodeJwt(token), role: 'admin' })
      .setProtectedHeader({ ...header, alg })
      .sign(signingKey.privateKey)
  }

  it('sets, lists and clears blocks without Redis', async () => {
    const headers = { authorization: `Bearer ${await adminToken()}` }
    const from = '127.0.8.8'
    const one = '/system/blocks/127.0.8.9'
    const guess = {
      query: `mutation { signIn(input: { username: "nobody", password: "Wrong-1" }) { username } }`,
    }
    const set = await target.send({
      method: 'PUT',
      path: one,
      headers,
      body: { seconds: 60 },
      from,
    })
    expect(JSON.parse(set.text)).toEqual({ ip: '127.0.8.9', secondsLeft: 60 })
    const listed = await target.send({ method: 'GET', path: '/system/blocks', headers, from })
    expect(JSON.parse(listed.text)).toEqual({ blocks: [{ ip: '127.0.8.9', secondsLeft: 60 }] })
    expect((await target.send({ body: guess, from: '127.0.8.9' })).status).toBe(403)
    const cleared = await target.send({ method: 'DELETE', path: one, headers, from })
    expect(JSON.parse(cleared.text)).toEqual({ ip: '127.0.8.9', wasBlocked: true })
    expect((await target.send({ body: guess, from: '127.0.8.9' })).codes).toEqual([
      'INVALID_CREDENTIALS',
    ])
  })

  it('enables introspection for a request with a developer token', async () => {
    const body = { query: '{ __schema { queryType { name } } }' }
    const from = '127.0.8.10'
    expect((await target.send({ body, from })).codes).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    const headers = { 'x-developer-token': await adminToken() }
    expect((await target.send({ body, from, headers })).status).toBe(200)
    expect((await target.send({ body, from })).status).toBe(400)
  })

  it('gets no suggestions for a misspelt field when introspection is disabled', async () => {
    const { text } = await target.send({
      body: { query: '{ markets { feed } }' },
      from: '127.0.8.11',
    })
    expect(text).toContain('GRAPHQL_VALIDATION_FAILED')
    expect(text).not.toContain('Did you mean')
  })
})
