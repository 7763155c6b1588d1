import { once } from 'node:events'
import { connect } from 'node:net'
import { systemClock } from '@cnop/kit/clock'
import { fakeClock } from '@cnop/kit/testing/fake-clock'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClient } from '../world/client.ts'
import type { Trader } from '../world/trader.ts'
import { createVisitor, type Visitor } from '../world/visitor.ts'
import { startWorld, type World } from '../world/world.ts'

const clock = fakeClock(systemClock())
let world: World
let trader: Trader
const visitors: Visitor[] = []

beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_PER_MINUTE: '100000' }, { now: clock.now })
  trader = await world.trader()
})
afterAll(async () => {
  await Promise.all(visitors.map((visitor) => visitor.close()))
  await world.stop()
})

function visitor(options?: Parameters<typeof createVisitor>[1]): Visitor {
  const made = createVisitor(world.origin, options)
  visitors.push(made)
  return made
}

/** A browser after a sign-in. */
async function signedIn(person: Pick<Trader, 'username' | 'password'> = trader) {
  const browser = visitor()
  const { accessToken, status } = await browser.signIn(person.username, person.password)
  expect(status).toBe(200)
  return { browser, accessToken, kept: new Map(browser.cookies) }
}

const statusOf = async (token: string): Promise<number> =>
  (await createClient(world.origin, token).ask('{ me { username } }')).status

/** Expects that both tokens of a session are invalid. */
async function expectEnded({
  kept,
  accessToken,
}: {
  kept: Map<string, string>
  accessToken: string
}) {
  expect(await statusOf(accessToken)).toBe(401)
  expect(await visitor({ cookies: kept }).refresh()).toMatchObject({
    status: 401,
    code: 'SESSION_ENDED',
  })
}

async function expectOpen({
  kept,
  accessToken,
}: {
  kept: Map<string, string>
  accessToken: string
}) {
  expect(await statusOf(accessToken)).toBe(200)
  expect(await visitor({ cookies: kept }).refresh()).toMatchObject({ status: 200 })
}

describe('a sign-out', () => {
  it('ends the session of the cookie, with no access token', async () => {
    const session = await signedIn()
    expect(await session.browser.signOut()).toMatchObject({ status: 204 })
    expect([...session.browser.cookies.keys()]).toEqual(['cnop_device'])
    await expectEnded(session)
  })

  it('ends the session of the access token, with no cookie', async () => {
    const session = await signedIn()
    expect(await visitor().signOut(session.accessToken)).toMatchObject({ status: 204 })
    await expectEnded(session)
  })

  it('ends the one session that both belong to', async () => {
    const session = await signedIn()
    expect(await session.browser.signOut(session.accessToken)).toMatchObject({ status: 204 })
    await expectEnded(session)
  })

  it('ends both sessions when they differ', async () => {
    const [one, other] = [await signedIn(), await signedIn(await world.trader())]
    expect(await one.browser.signOut(other.accessToken)).toMatchObject({ status: 204 })
    await expectEnded(one)
    await expectEnded(other)
  })

  it('ends the cookie’s session although the access token has expired', async () => {
    const session = await signedIn()
    clock.advance(601_000)
    expect(await session.browser.signOut(session.accessToken)).toMatchObject({ status: 204 })
    await expectEnded(session)
  })

  it('ends the session by a cookie that a refresh has replaced', async () => {
    const session = await signedIn()
    await session.browser.refresh()
    expect(await visitor({ cookies: session.kept }).signOut()).toMatchObject({ status: 204 })
    const cookies = new Map(session.browser.cookies)
    await expectEnded({ ...session, kept: cookies })
  })

  it('is refused for an invalid access token without a session to end', async () => {
    const session = await signedIn()
    await session.browser.signOut()
    for (const cookies of [[], [...session.kept]] as const) {
      const answer = await visitor({ cookies }).signOut(session.accessToken)
      expect(answer).toMatchObject({ status: 401, code: 'SESSION_ENDED' })
    }
  })

  it.each([
    ['no cookie', () => undefined],
    ['a made-up one', () => 'anything'],
    ['one with another secret', (token: string) => `${token.slice(0, -4)}AAAA`.replace(/^/, '')],
    [
      'one with another family',
      (token: string) => token.split('.').with(2, 'A'.repeat(22)).join('.'),
    ],
    ['an access token', (_token: string, accessToken: string) => accessToken],
  ])('with %s ends no session, except the one that it proves', async (what, change) => {
    const session = await signedIn()
    const value = change(session.kept.get('cnop_refresh')!, session.accessToken)
    const cookies: [string, string][] = value === undefined ? [] : [['cnop_refresh', value]]
    const answer = await visitor({ cookies }).signOut()
    expect(answer).toMatchObject({ status: 204 })
    // Even an unknown token of the family can come only from a client that had a valid one.
    if (what === 'one with another secret') await expectEnded(session)
    else await expectOpen(session)
  })

  it('refuses a request whose headers came before it and whose body comes after it', async () => {
    const session = await signedIn()
    const body = '{"query":"{ me { username } }"}'
    const socket = connect(world.router.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nauthorization: Bearer ${session.accessToken}\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`,
    )
    // The body is asked for, so the token was accepted.
    await once(socket, 'data')
    expect(await session.browser.signOut()).toMatchObject({ status: 204 })
    socket.write(body)
    await once(socket, 'close')
    expect(answer).toMatch(/^HTTP\/1\.1 100 [^]*HTTP\/1\.1 401 [^]*"code":"SESSION_ENDED"/)
  })

  it('closes the streams of the session', async () => {
    const session = await signedIn()
    const response = await fetch(`${world.origin}/stream`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${session.accessToken}`,
      },
      body: JSON.stringify({
        query: 'subscription { balanceChanged { sequence isSnapshot cash { available } } }',
      }),
    })
    expect(response.status).toBe(200)
    await session.browser.signOut()
    expect(await response.text()).toContain('SESSION_ENDED')
  })
})

describe('a sign-in', () => {
  it('ends the previous session of the browser', async () => {
    const session = await signedIn()
    const next = await session.browser.signIn(trader.username, trader.password)
    await expectEnded(session)
    expect(await statusOf(next.accessToken)).toBe(200)
  })

  it.each([
    [{ username: 'ada' }, 'password: is required'],
    [{ username: 'ada', password: 5 }, 'password: must be a string'],
    [{ username: 'ada', password: 'p', lifetime: 'FOREVER' }, 'lifetime: is not known'],
    [{ username: 'a'.repeat(257), password: 'x' }, 'username: must have at most 256 characters'],
    [[], 'body: must be an object'],
  ])('names the field and the reason for %j', async (body, message) => {
    const response = await fetch(`${world.origin}/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'BAD_USER_INPUT', message })
  })

  it('ends nothing when it is refused', async () => {
    const session = await signedIn()
    const refused = await session.browser.signIn(trader.username, 'Wrong-Password-26')
    expect(refused).toMatchObject({ status: 401, code: 'INVALID_CREDENTIALS' })
    await expectOpen(session)
  })
})

describe('a page of another site', () => {
  it.each(['sign-in', 'refresh', 'sign-out'])(
    'is refused at %s, and ends nothing',
    async (path) => {
      const session = await signedIn()
      const cookie = [...session.kept].map(([name, value]) => `${name}=${value}`).join('; ')
      const answer = await fetch(`${world.origin}/auth/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, origin: 'https://evil.example' },
        body: '{}',
      })
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ code: 'CSRF_REFUSED' })
      await expectOpen(session)
    },
  )
})

describe('the cookies', () => {
  it('are inaccessible to scripts and other sites, and expire with their content', async () => {
    const { setCookies } = await visitor().signIn(trader.username, trader.password)
    const [refresh, device] = setCookies
    expect(refresh).toMatch(
      /^cnop_refresh=[^;]+; Max-Age=2592000; Path=\/auth; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    )
    expect(device).toMatch(
      /^cnop_device=[^;]+; Max-Age=34560000; Path=\/auth; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    )
  })

  it('end 30 days after the sign-in, however often the session is refreshed', async () => {
    const { browser } = await signedIn()
    clock.advance(29 * 86_400_000)
    const { setCookies } = await browser.refresh()
    expect(setCookies[0]).toContain('Max-Age=86400;')
    clock.advance(86_400_000)
    expect(await browser.refresh()).toMatchObject({ status: 401, code: 'SESSION_ENDED' })
  })

  it('give all tabs of a browser the same successor, and end the session for another device', async () => {
    const { browser, kept, accessToken } = await signedIn()
    const tabs = Array.from({ length: 5 }, () => visitor({ cookies: kept }))
    const answers = await Promise.all(tabs.map((tab) => tab.refresh()))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    const successors = new Set(tabs.map(({ cookies }) => cookies.get('cnop_refresh')))
    expect(successors.size).toBe(1)
    const thief = visitor({ cookies: [['cnop_refresh', kept.get('cnop_refresh')!]] })
    expect(await thief.refresh()).toMatchObject({ status: 401, code: 'SESSION_ENDED' })
    await expectEnded({ kept: tabs[0]!.cookies, accessToken })
    expect(browser.cookies.size).toBe(2)
  })
})

describe('a site served over https', () => {
  it('has secure cookies with the prefix of their names', async () => {
    const secure = await startWorld({ SECURE_COOKIES: 'true' })
    try {
      const { username, password } = await secure.trader()
      const browser = createVisitor(secure.origin)
      const { setCookies } = await browser.signIn(username, password)
      expect(setCookies).toEqual([
        expect.stringMatching(/^__Secure-cnop_refresh=.*; Secure; /),
        expect.stringMatching(/^__Secure-cnop_device=.*; Secure; /),
      ])
      const plain = [...browser.cookies].map(
        ([name, value]) => [name.replace('__Secure-', ''), value] as const,
      )
      const planted = createVisitor(secure.origin, { cookies: plain })
      expect(await planted.refresh()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
      expect(await browser.refresh()).toMatchObject({ status: 200 })
      await browser.signOut()
      expect([...browser.cookies.keys()]).toEqual(['__Secure-cnop_device'])
      await Promise.all([browser.close(), planted.close()])
    } finally {
      await secure.stop()
    }
  })
})
