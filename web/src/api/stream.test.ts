/** @jest-environment jsdom */
import '../testing/browser.ts'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { PriceTicksDocument, ShellOrderEventsDocument } from '../generated/graphql.ts'
import { createFakeApi } from '../testing/fake-api.ts'
import { createFakeStreams, freeLocks } from '../testing/fake-streams.ts'
import { createSession } from './session.ts'
import { createStreams, type StreamState } from './stream.ts'

beforeEach(() => {
  jest.useFakeTimers()
  localStorage.clear()
})
afterEach(() => {
  stop()
  jest.useRealTimers()
})

let stop: () => void = () => undefined

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms)

async function start(isPersonal = false, locks: typeof freeLocks | null = freeLocks) {
  const api = createFakeApi({}, 600)
  const streams = createFakeStreams()
  const session = createSession({
    fetch: api.fetch,
    now: () => Date.now(),
    storage: localStorage,
    tabStorage: sessionStorage,
  })
  await session.signIn('ada_lovelace', 'secret')
  const deps = { session, fetch: streams.fetch, locks: locks ?? undefined }
  const open = createStreams(deps)
  const seen: { data: object; isFirst: boolean }[] = []
  const states: StreamState[] = []
  const document = isPersonal ? ShellOrderEventsDocument : PriceTicksDocument
  const ids = isPersonal ? {} : { ids: ['BTC'] }
  stop = open(
    { document, isPersonal, ...ids },
    {
      onEvent: (data, isFirst) => seen.push({ data, isFirst }),
      onState: (state) => states.push(state),
    },
  )
  await pass(0)
  return { api, streams, seen, states }
}

const tick = (sequence: number) => ({
  prices: { __typename: 'PricesEvent', sequence, isSnapshot: sequence === 1, prices: [] },
})

function show(visibility: 'visible' | 'hidden') {
  Object.defineProperty(document, 'visibilityState', { configurable: true, value: visibility })
  document.dispatchEvent(new Event('visibilitychange'))
}

it('sends the hash of the document, and no token for public data', async () => {
  const { streams } = await start()
  expect(streams.opened).toHaveLength(1)
  const { operation, hash, variables, authorization } = streams.current('PriceTicks')
  expect({ operation, variables, authorization }).toEqual({
    operation: 'PriceTicks',
    variables: { ids: ['BTC'] },
    authorization: null,
  })
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
})

it('passes events on in order, and is live from the first one', async () => {
  const { streams, seen, states } = await start()
  streams.current('PriceTicks').send(tick(1))
  streams.current('PriceTicks').send(tick(2))
  await pass(0)
  expect(seen).toEqual([
    { data: tick(1), isFirst: true },
    { data: tick(2), isFirst: false },
  ])
  expect(states).toEqual(['live'])
})

it('reconnects when an event is missing, and never shows an event after the gap', async () => {
  const { streams, seen } = await start()
  streams.current('PriceTicks').send(tick(1))
  streams.current('PriceTicks').send(tick(3))
  await pass(1_000)
  expect(seen.map(({ data }) => data)).toEqual([tick(1)])
  expect(streams.opened.map((stream) => stream.isOpen())).toEqual([false, true])
})

it('is down while the server refuses, waits longer each time, and recovers', async () => {
  const { streams, seen, states } = await start()
  streams.refuseAll(503)
  streams.current('PriceTicks').cut()
  await pass(10_000)
  expect(states).toEqual(['down'])
  streams.refuseAll(undefined)
  await pass(30_000)
  expect(streams.opened).toHaveLength(2)
  streams.current('PriceTicks').send(tick(1))
  await pass(0)
  expect(states).toEqual(['down', 'live'])
  expect(seen).toHaveLength(1)
})

it('refreshes the session once when the token has expired, and streams with the new one', async () => {
  const { api, streams } = await start(true)
  expect(streams.current('ShellOrderEvents').authorization).toBe('Bearer token-1')
  streams.current('ShellOrderEvents').refuse('UNAUTHENTICATED')
  await pass(1_000)
  expect(api.sessionCalls).toEqual(['/auth/sign-in', '/auth/refresh'])
  expect(streams.current('ShellOrderEvents').authorization).toBe('Bearer token-2')
})

it('closes a silent connection', async () => {
  const { streams, states } = await start()
  streams.current('PriceTicks').send(tick(1))
  await pass(29_000)
  expect(streams.opened).toHaveLength(1)
  await pass(2_000)
  expect(streams.opened.map((stream) => stream.isOpen())).toEqual([false, true])
  expect(states).toEqual(['live', 'down'])
})

it('pauses while the tab is hidden', async () => {
  const { streams } = await start()
  show('hidden')
  await pass(60_000)
  expect(streams.opened.map((stream) => stream.isOpen())).toEqual([false])
  show('visible')
  await pass(0)
  expect(streams.opened.map((stream) => stream.isOpen())).toEqual([false, true])
})

it('is down without locks between tabs, and while another tab streams', async () => {
  const alone = await start(false, null)
  await pass(3_000)
  expect({ opened: alone.streams.opened.length, states: alone.states }).toEqual({
    opened: 0,
    states: ['down'],
  })
  stop()
  const taken = { request: () => new Promise(() => undefined) } as unknown as LockManager
  const waiting = await start(false, taken)
  await pass(3_000)
  expect({ opened: waiting.streams.opened.length, states: waiting.states }).toEqual({
    opened: 0,
    states: ['down'],
  })
})

it('closes its connection when it has no more readers', async () => {
  const { streams, states } = await start()
  stop()
  await pass(10_000)
  expect(streams.opened.map((stream) => stream.isOpen())).toEqual([false])
  expect(states).toEqual([])
})
