import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Admin, createAdmin } from '../world/admin.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let admin: Admin
let trader: Trader
beforeAll(async () => {
  world = await startWorld({ TRUSTED_PROXIES: '127.0.0.1' })
  admin = await createAdmin(world)
  trader = await world.trader()
})
afterAll(() => world.stop())

interface Reply {
  readonly status: number
  readonly body: {
    readonly code?: string
    readonly details?: { readonly field: string; readonly reason: string }
    readonly events?: readonly {
      readonly action: string
      readonly user?: string
      readonly client_ip?: string
      readonly timestamp: string
    }[]
    readonly isComplete?: boolean
    readonly breakers?: readonly {
      readonly subgraph: string
      readonly state: string
      readonly since: string
      readonly lastFailures: readonly { readonly at: string; readonly kind: string }[]
    }[]
  }
}

async function read(path: string, token?: string, origin = world.origin): Promise<Reply> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(`${origin}${path}`, { headers })
  return { status: response.status, body: (await response.json()) as Reply['body'] }
}

const audit = (query: string) => read(`/system/audit${query}`, admin.token)

describe.each(['/system/audit', '/system/blocks'])('%s', (path) => {
  it('is for administrators', async () => {
    expect(await read(path)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } })
    expect(await read(path, trader.token)).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    })
    expect((await read(path, admin.token)).status).toBe(200)
  })
})

describe('the audit query', () => {
  it('returns the newest records first, at most the requested number', async () => {
    const { body } = await audit('?action=user.sign_up&limit=1')
    expect(body.events).toEqual([expect.objectContaining({ user: trader.username })])
    expect(body.isComplete).toBe(false)
    const times = (await audit('')).body.events!.map(({ timestamp }) => timestamp)
    expect(times).toEqual([...times].sort().reverse())
  })

  it('filters by action, user, address and time', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.77', authorization: 'Bearer forged' }
    await world.stranger.ask('{ __typename }', {}, headers)
    const [first] = (await audit('?ip=203.0.113.77')).body.events!
    // Times of the records are in whole milliseconds.
    const before = new Date(Date.parse(first!.timestamp) + 1).toISOString()
    await world.stranger.ask('{ __typename }', {}, headers)
    const ofAddress = await audit('?ip=203.0.113.77')
    expect(ofAddress.body.events!.map(({ action }) => action)).toEqual([
      'token.refused',
      'token.refused',
    ])
    const since = encodeURIComponent(before)
    expect((await audit(`?ip=203.0.113.77&since=${since}`)).body.events).toHaveLength(1)
    const ofUser = await audit(`?user=${trader.username.toUpperCase()}&action=user.sign_in`)
    expect(ofUser.body.events!.map(({ user }) => user)).toEqual([trader.username])
    expect(ofUser.body.isComplete).toBe(true)
  })

  it('records its readers', async () => {
    await audit('?limit=1')
    const [last] = (await audit('?action=admin.access&limit=2')).body.events!
    expect(last).toMatchObject({ user: admin.username, extra: { endpoint: '/system/audit' } })
  })

  it.each([
    ['?action=money', 'action', 'is not an action of the trail'],
    ['?user=a', 'user', 'must be a username'],
    ['?ip=300.1.1.1', 'ip', 'is not an address'],
    ['?since=2027-02-31T00:00:00Z', 'since', 'must be a time such as 2026-01-31T12:00:00Z'],
    ['?since=yesterday', 'since', 'must be a time such as 2026-01-31T12:00:00Z'],
    ['?limit=0', 'limit', 'must be 1 to 500'],
    ['?limit=501', 'limit', 'must be 1 to 500'],
  ])('refuses %s with the field and the reason', async (query, field, reason) => {
    expect(await audit(query)).toMatchObject({
      status: 422,
      body: { code: 'BAD_USER_INPUT', details: { field, reason } },
    })
  })
})

describe('/system/breakers', () => {
  it('reports whether each subgraph is called, since when, and how its last calls failed', async () => {
    const startedAt = (await read('/system/breakers')).body.breakers!.map(({ since }) => since)
    const setFault = (method: string, body: object) =>
      fetch(`${world.origin}/system/faults/cny`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await setFault('PUT', { kind: 'kill' })
    const query = '{ me { portfolio { redPocket { claimedToday } } } }'
    for (let calls = 0; calls < 6; calls += 1) await trader.ask(query)
    const { breakers } = (await read('/system/breakers')).body
    const cny = breakers!.find(({ subgraph }) => subgraph === 'cny')!
    expect(cny).toMatchObject({ state: 'open', lastFailures: expect.any(Array) })
    expect(cny.since > startedAt[0]!).toBe(true)
    expect(cny.lastFailures.map(({ kind }) => kind)).toEqual(
      Array.from({ length: cny.lastFailures.length }, () => 'connection'),
    )
    expect(cny.lastFailures.length).toBeGreaterThan(0)
    await setFault('DELETE', {})
    expect(breakers!.filter(({ state }) => state === 'closed')).toHaveLength(4)
  })

  it('is for administrators in production', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const locked = await startWorld({
      APP_PROFILE: 'production',
      STORE: 'embedded',
      PERSISTED_ONLY: 'false',
      JWT_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    })
    try {
      const own = await createAdmin(locked)
      const { token } = await locked.trader()
      const path = '/system/breakers'
      expect((await read(path, undefined, locked.origin)).status).toBe(401)
      expect((await read(path, token, locked.origin)).status).toBe(403)
      expect((await read(path, own.token, locked.origin)).status).toBe(200)
    } finally {
      await locked.stop()
    }
  })
})
