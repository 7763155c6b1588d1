import { expect, it } from '@jest/globals'
import { createFakeApi, reply } from '../testing/fake-api.ts'
import { createApiClient } from './client.ts'
import { ApiFailure } from './errors.ts'
import { createSession, markerName, type Session } from './session.ts'
import { createStreams } from './stream.ts'
import { LandingAssetsDocument, OrdersListDocument } from '../generated/graphql.ts'

function start(api: { fetch: typeof fetch }, saved: Readonly<Record<string, string>> = {}) {
  let nowMs = 1_000_000
  const stored = new Map(Object.entries(saved))
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  }
  const tabStorage = createTabStorage()
  const session = createSession({ fetch: api.fetch, now: () => nowMs, storage, tabStorage })
  return { session, stored, tabStorage, pass: (seconds: number) => (nowMs += seconds * 1000) }
}

/** A tab's storage with data of two users, and data of no user. */
function createTabStorage(): Storage {
  const names = ['cnop-reload', 'cnop-draft:ada_lovelace:ticket:BTC', 'cnop-key:bob:deposit']
  const kept = new Map(names.map((name) => [name, 'x']))
  return {
    get length() {
      return kept.size
    },
    key: (place) => [...kept.keys()][place] ?? null,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
    clear: () => kept.clear(),
  }
}

const namesIn = (storage: Storage): (string | null)[] =>
  Array.from({ length: storage.length }, (_, place) => storage.key(place))

const openClient = (session: Session, fetch: typeof globalThis.fetch) =>
  createApiClient(session, createStreams({ session, fetch, locks: undefined }), fetch)

const refusing =
  (status: number, code: string): typeof fetch =>
  () =>
    Promise.resolve(reply(status, { code, requestId: 'req_1' }))

const orders = { data: { me: { __typename: 'User', username: 'ada_lovelace', orders: null } } }

it('refreshes once for ten parallel queries at expiry, and sends all of them with the new token', async () => {
  const api = createFakeApi({ OrdersList: orders })
  const { session, pass } = start(api)
  await session.signIn('ada_lovelace', 'secret')
  const client = openClient(session, api.fetch)
  pass(600)

  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      client.query(OrdersListDocument, { first: index + 1, after: null, filter: {} }).toPromise(),
    ),
  )

  expect(api.sessionCalls).toEqual(['/auth/sign-in', '/auth/refresh'])
  expect(api.calls).toHaveLength(10)
  expect(new Set(api.calls.map(({ authorization }) => authorization))).toEqual(
    new Set(['Bearer token-2']),
  )
})

it('refreshes when the server no longer accepts the token, and repeats the query', async () => {
  let asked = 0
  const api = createFakeApi({
    OrdersList: () => {
      asked += 1
      return asked === 1 ? { code: 'UNAUTHENTICATED' } : orders
    },
  })
  const { session } = start(api)
  await session.signIn('ada_lovelace', 'secret')
  const client = openClient(session, api.fetch)

  const { data, error } = await client
    .query(OrdersListDocument, { first: 1, after: null, filter: {} })
    .toPromise()

  expect(error).toBeUndefined()
  expect(data?.me?.username).toBe('ada_lovelace')
  expect(api.calls.map(({ authorization }) => authorization)).toEqual([
    'Bearer token-1',
    'Bearer token-2',
  ])
})

/** After ada's sign-in every session is bob's, as it is when he has signed in in another tab. */
function becomeBob(api: { fetch: typeof fetch }): typeof fetch {
  return async (input, init) => {
    const answer = await api.fetch(input, init)
    return input === '/auth/refresh'
      ? reply(200, { accessToken: 'token-of-bob', expiresInSeconds: 600, username: 'bob' })
      : answer
  }
}

it.each([
  ['has expired', 600, orders],
  ['is refused', 0, { code: 'SESSION_ENDED' } as const],
])(
  'sends nothing with the token of another user after the own one %s',
  async (_how, seconds, answer) => {
    const api = createFakeApi({ OrdersList: answer })
    const fetch = becomeBob(api)
    const { session, pass } = start({ fetch })
    await session.signIn('ada_lovelace', 'secret')
    const client = openClient(session, fetch)
    pass(seconds)
    const ask = () =>
      client
        .query(
          OrdersListDocument,
          { first: 1, after: null, filter: {} },
          { requestPolicy: 'network-only' },
        )
        .toPromise()

    const first = await ask()
    const second = await ask()

    expect(session.getState()).toMatchObject({ username: 'bob' })
    expect(first.error?.networkError).toMatchObject({ failure: { code: 'SESSION_ENDED' } })
    expect(second.error?.networkError).toMatchObject({ failure: { code: 'SESSION_ENDED' } })
    expect(api.calls.map(({ authorization }) => authorization)).toEqual(
      seconds === 0 ? ['Bearer token-1'] : [],
    )
  },
)

it('sends only the hash of a document', async () => {
  const sent: string[] = []
  const api = createFakeApi({ LandingAssets: { data: { assets: null } } })
  const { session } = start(api)
  const client = openClient(session, (input, init) => {
    sent.push(init?.body as string)
    return api.fetch(input, init)
  })

  await client.query(LandingAssetsDocument, {}).toPromise()

  expect(api.calls[0]?.hash).toMatch(/^[0-9a-f]{64}$/)
  expect(sent.join()).not.toContain('selectionSet')
  expect(JSON.parse(sent[0] ?? '{}')).not.toHaveProperty('query')
})

it('keeps the token out of every storage', async () => {
  const { session, stored } = start(createFakeApi())
  await session.signIn('ada_lovelace', 'secret')
  expect([...stored]).toEqual([[markerName, 'ada_lovelace']])
})

it('requests no refresh in a browser that never signed in', async () => {
  const api = createFakeApi()
  const { session } = start(api)
  await session.start()
  expect(session.getState()).toEqual({ status: 'anonymous', hasEnded: false, hasDrafts: false })
  expect(api.sessionCalls).toEqual([])
})

it('continues the session of an earlier visit', async () => {
  const api = createFakeApi()
  const { session } = start(api, { [markerName]: 'yes' })
  await session.start()
  expect(session.getState()).toMatchObject({ status: 'signed-in', username: 'ada_lovelace' })
})

it('ends the session when the refresh is refused, and reports it', async () => {
  const api = createFakeApi()
  let answer = api.fetch
  const { session } = start({ fetch: (input, init) => answer(input, init) })
  await session.signIn('ada_lovelace', 'secret')
  answer = refusing(401, 'SESSION_ENDED')
  await session.refresh()
  expect(session.getState()).toMatchObject({ status: 'anonymous', hasEnded: true })
})

it.each(['OVERLOADED', 'RATE_LIMITED', 'INTERNAL'])(
  'keeps the session when the refresh fails temporarily: %s',
  async (code) => {
    const api = createFakeApi()
    let answer = api.fetch
    const { session } = start({ fetch: (input, init) => answer(input, init) })
    await session.signIn('ada_lovelace', 'secret')
    answer = refusing(503, code)
    await session.refresh()
    expect(session.getState().status).toBe('signed-in')
  },
)

it('reports why a sign-in was refused and how long to wait', async () => {
  const refuse: typeof fetch = () =>
    Promise.resolve(
      reply(429, { code: 'SIGN_IN_DELAYED', requestId: 'req_1' }, { 'retry-after': '7' }),
    )
  const { session } = start({ fetch: refuse })
  const before = Date.now()
  const refused = await session.signIn('ada', 'x').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ApiFailure)
  const { failure } = refused as ApiFailure
  expect(failure).toMatchObject({ code: 'SIGN_IN_DELAYED', requestId: 'req_1' })
  expect(failure.retryAtMs).toBeGreaterThan(before + 6_999)
  expect(failure.retryAtMs).toBeLessThanOrEqual(Date.now() + 7_000)
})

it('signs out with both of its tokens, after a refresh in flight', async () => {
  const api = createFakeApi()
  const sent: string[] = []
  const { session } = start({
    fetch: (input, init) => {
      const { authorization } = init?.headers as Record<string, string>
      sent.push(`${input as string} ${authorization ?? 'without'}`)
      return api.fetch(input, init)
    },
  })
  await session.signIn('ada_lovelace', 'secret')
  await Promise.all([session.refresh(), session.signOut()])
  expect(sent).toEqual([
    '/auth/sign-in without',
    '/auth/refresh without',
    '/auth/sign-out Bearer token-2',
  ])
  expect(session.getState()).toEqual({ status: 'anonymous', hasEnded: false, hasDrafts: false })
})

it('is not restored by a refresh that began before the session ended', async () => {
  const api = createFakeApi()
  const { session, stored } = start(api)
  await session.signIn('ada_lovelace', 'secret')
  const refreshing = session.refresh()
  session.leave('ended')
  await refreshing
  expect(session.getState()).toMatchObject({ status: 'anonymous', hasEnded: true })
  expect(stored.has(markerName)).toBe(false)
})

it('signs out locally even when the server no longer has the session', async () => {
  const api = createFakeApi()
  let answer = api.fetch
  const { session, stored } = start({ fetch: (input, init) => answer(input, init) })
  await session.signIn('ada_lovelace', 'secret')
  answer = refusing(401, 'SESSION_ENDED')
  await session.signOut()
  expect(session.getState().status).toBe('anonymous')
  expect(stored.has(markerName)).toBe(false)
})

type End = (session: Session) => unknown

const endings: Readonly<Record<string, { end: End; left: readonly string[] }>> = {
  'signed out': { end: (session) => session.signOut(), left: [] },
  'was signed out by another tab': {
    end: (session) => session.leave('signed-out'),
    left: [],
  },
  'was signed out by the server': {
    end: (session) => session.refresh(),
    left: ['cnop-draft:ada_lovelace:ticket:BTC'],
  },
  'was signed out by the server, as another tab noticed': {
    end: (session) => session.leave('ended'),
    left: ['cnop-draft:ada_lovelace:ticket:BTC'],
  },
}

it.each(Object.entries(endings))(
  'keeps the tab’s data of a user who %s only for the same user, and only without a sign-out',
  async (_how, { end, left }) => {
    const api = createFakeApi()
    let answer = api.fetch
    const { session, tabStorage } = start({ fetch: (input, init) => answer(input, init) })
    await session.signIn('ada_lovelace', 'secret')
    // Her draft survives a reload; drafts of other users do not survive her sign-in.
    expect(namesIn(tabStorage)).toEqual(['cnop-reload', 'cnop-draft:ada_lovelace:ticket:BTC'])
    answer = refusing(401, 'SESSION_ENDED')
    await end(session)
    expect(namesIn(tabStorage)).toEqual(['cnop-reload', ...left])
    expect(session.getState()).toMatchObject({ hasDrafts: left.length > 0 })
    const grant = { accessToken: 'token', expiresInSeconds: 600, username: 'grace_hopper' }
    answer = () => Promise.resolve(reply(200, grant))
    await session.signIn('grace_hopper', 'secret')
    expect(namesIn(tabStorage)).toEqual(['cnop-reload'])
  },
)

it('keeps nothing in a tab that the browser restores after a sign-out', async () => {
  const { session, tabStorage } = start(createFakeApi())
  await session.start()
  expect(namesIn(tabStorage)).toEqual(['cnop-reload'])
})
