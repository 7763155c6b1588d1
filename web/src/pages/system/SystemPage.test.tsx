/** @jest-environment jsdom */
import '../../testing/browser.ts'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { createFakeApi, reply } from '../../testing/fake-api.ts'
import { renderPage } from '../../testing/render-page.tsx'
import { SystemPage } from './SystemPage.tsx'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const at = '2026-11-21T12:00:00.000Z'

const summary = {
  traceId,
  requestId: 'req-1234',
  requests: 1,
  name: 'POST Flagship',
  operation: 'Flagship',
  status: 200,
  startedAt: at,
  durationMs: 42,
  spans: 4,
  services: ['order', 'user'],
  hasFailed: false,
}

const own = { ...summary, traceId: 'f'.repeat(32), operation: 'SystemMarket' }
const banner = { ...summary, traceId: 'e'.repeat(32), operation: 'ShellPlatform' }

const span = (spanId: string, parentId: string | null, name: string, rest: object = {}) => ({
  spanId,
  parentId,
  name,
  service: 'router',
  offsetMs: 0,
  durationMs: 42,
  hasFailed: false,
  attributes: {},
  ...rest,
})

const trace = {
  ...summary,
  dropped: 0,
  missing: ['order'],
  spans: [
    span('a', null, 'POST Flagship'),
    span('b', 'a', 'gateway.fetch', { attributes: { service: 'user' }, offsetMs: 2 }),
    span('d', 'a', 'gateway.fetch', { attributes: { service: 'order' }, hasFailed: true }),
    span('c', 'b', 'dynamodb.Query', {
      service: 'user',
      durationMs: 3.2,
      attributes: { 'db.collection.name': 'ledger', 'db.rows': 2 },
    }),
  ],
  plan: [
    { service: 'user', after: [], isPublic: false, operation: '{ me { id } }', paths: [''] },
    { service: 'order', after: [0], isPublic: false, operation: '{ orders }', paths: ['me'] },
  ],
}

const limits = {
  'x-ratelimit-limit': '10000',
  'x-ratelimit-remaining': '9990',
  'x-ratelimit-reset': '1795262487',
}

const health = {
  status: 'degraded (no cny)',
  checks: {
    user: { status: 'healthy', place: 'hosted', latencyMs: 1, breaker: 'closed' },
    order: { status: 'healthy', place: 'hosted', latencyMs: 1, breaker: 'half-open' },
    cny: { status: 'unreachable', place: 'hosted', latencyMs: 1, breaker: 'open' },
  },
}

const one = { router: 'router-1', copy: 'a', since: at }

const breakers = {
  breakers: [
    { ...one, subgraph: 'user', state: 'closed', lastFailures: [] },
    { ...one, subgraph: 'user', copy: 'b', state: 'closed', lastFailures: [] },
    { ...one, subgraph: 'order', state: 'closed', lastFailures: [] },
    { ...one, subgraph: 'order', copy: 'b', state: 'half-open', lastFailures: [] },
    { ...one, subgraph: 'cny', state: 'open', lastFailures: [{ at, kind: 'timeout' }] },
  ],
  missing: ['router-2'],
}

interface Sent {
  readonly path: string
  readonly method: string
  readonly body: unknown
  readonly authorization: string | undefined
}

/** The router's own endpoints, which the page reads besides GraphQL. */
function createDoors(answers: Readonly<Record<string, () => Response>>) {
  const sent: Sent[] = []
  globalThis.fetch = async (input, init = {}) => {
    await Promise.resolve()
    const path = input as string
    const { method = 'GET', body } = init
    const headers = (init.headers ?? {}) as Record<string, string>
    const parsed: unknown = typeof body === 'string' ? JSON.parse(body) : undefined
    sent.push({ path, method, body: parsed, authorization: headers['authorization'] })
    const answer = answers[path] ?? answers[`${method} ${path}`]
    return answer?.() ?? reply(404, { code: 'NOT_FOUND' })
  }
  return sent
}

const browserFetch = globalThis.fetch

const demo = (faults: () => object = () => ({ faults: {} })) => ({
  '/health': () => reply(200, health, limits),
  '/system/breakers': () => reply(200, breakers),
  '/system/traces?limit=200': () => reply(200, { traces: [own, banner, summary], sampleRatio: 1 }),
  [`/system/traces/${traceId}`]: () => reply(200, trace),
  '/system/faults': () => reply(200, faults()),
})

const cost = {
  estimated: 1,
  limit: 1000,
  budget: { limit: 500_000, remaining: 499_000, resetAt: at },
}

const api = () =>
  createFakeApi({
    SystemLedger: {
      data: {
        ledgerHealth: {
          __typename: 'LedgerHealth',
          accounts: 3,
          entries: 12,
          isBalanced: true,
          isReadOnly: false,
          verifiedAt: at,
          assets: [],
        },
      },
    },
    SystemMarket: {
      data: { market: { __typename: 'Market', feed: 'simulated', isOpen: true, tickedAt: at } },
      extensions: { cost },
    } as { data: object },
  })

const panel = (name: string) => within(screen.getByRole('region', { name }))

beforeEach(() => {
  localStorage.clear()
})
afterEach(() => {
  cleanup()
  globalThis.fetch = browserFetch
})

it('shows each service with its breaker, and which service is not called', async () => {
  createDoors(demo())
  await renderPage(<SystemPage />, api())
  await screen.findByText('! Tried again')
  const services = panel('Services')
  expect(services.getAllByRole('term').map((term) => term.textContent)).toEqual([
    expect.stringMatching(
      /^Accounts.*answered in 1 ms.*calls pass from router-1 to copy a, last change .* · the worst of 2 connections$/,
    ),
    expect.stringMatching(/^Orders.*calls are tried again from router-1 to copy b, last change/),
    expect.stringMatching(
      /^Red pocketsruns inside the router · calls are stopped, last change .* · last failure: no answer in time, /,
    ),
  ])
  expect(services.getByText('! No answer')).toBeTruthy()
  expect(services.getByText('! Degraded')).toBeTruthy()
  expect(services.getByText('Not available: Red pockets.')).toBeTruthy()
  expect(services.getByText('No answer from: router-2.')).toBeTruthy()
  expect(services.queryByText(/half-open|unreachable|latencyMs|timeout/)).toBeNull()
})

it('shows a selected trace as a tree of spans, and its plan as a tree', async () => {
  const sent = createDoors(demo())
  await renderPage(<SystemPage />, api())
  await userEvent.click(await screen.findByRole('button', { name: 'Flagship' }))
  expect(screen.queryByRole('button', { name: /^(SystemMarket|ShellPlatform)$/ })).toBeNull()
  const table = await screen.findByRole('table', { name: 'Spans' })
  const rows = within(table).getAllByRole('row').slice(1)
  expect(rows.map((row) => row.textContent)).toEqual([
    expect.stringContaining('POST Flagship'),
    expect.stringContaining('Call→ Accounts'),
    expect.stringContaining('Store: read a listledger · 2 rows'),
    expect.stringContaining('failed'),
  ])
  expect(rows[2]?.textContent).toContain('3.2 ms')
  expect(panel('Waterfall').getByText(/No answer about its part from: Orders/)).toBeTruthy()

  const [first] = panel('Query plan').getAllByRole('listitem')
  const [below] = within(first as HTMLElement).getAllByRole('listitem')
  expect(below?.textContent).toContain('#2 Orders')
  expect(panel('Query plan').getByText('req-1234')).toBeTruthy()
  expect(sent.find(({ path }) => path.includes(traceId))?.authorization).toBe('Bearer token-1')
})

it('shows the source of the prices and the outcome of requests in words', async () => {
  createDoors(demo())
  await renderPage(<SystemPage />, api())
  expect(await panel('Market feed').findByText('Simulated')).toBeTruthy()
  expect(await panel('Last traces').findByText('✓ 200 OK')).toBeTruthy()
  expect(panel('Last traces').getByText('Orders, Accounts')).toBeTruthy()
})

it('shows the remaining requests and the remaining cost budget', async () => {
  createDoors(demo())
  await renderPage(<SystemPage />, api())
  await screen.findByText(/9,990 of 10,000 left/)
  await screen.findByText(/499,000 of 500,000 left/)
  expect(panel('Your budget').getAllByRole('progressbar')).toHaveLength(2)
  panel('Your budget').getByText(/^9,990 of 10,000 left until \d\d:\d\d:27$/)
})

it('injects a fault and removes it', async () => {
  let faults: Record<string, object> = {}
  const sent = createDoors({
    ...demo(() => ({ faults })),
    'PUT /system/faults/cny': () => {
      faults = { cny: { kind: 'slow', delayMs: 2_000 } }
      return reply(200, { faults })
    },
    'DELETE /system/faults/cny': () => {
      faults = {}
      return reply(200, { faults })
    },
  })
  await renderPage(<SystemPage />, api())
  const select = await screen.findByLabelText<HTMLSelectElement>('Red pockets')
  await userEvent.selectOptions(select, 'Slow by 2 s')
  await waitFor(() => expect(select.value).toBe('slow'))
  await userEvent.selectOptions(select, 'Well')
  await waitFor(() => expect(select.value).toBe('none'))
  expect(sent.filter(({ method }) => method !== 'GET')).toMatchObject([
    { method: 'PUT', path: '/system/faults/cny', body: { kind: 'slow', delayMs: 2_000 } },
    { method: 'DELETE', path: '/system/faults/cny' },
  ])
})

it('shows no fault panel without the endpoint, and why there are no traces', async () => {
  createDoors({
    '/health': () => reply(200, health, limits),
    '/system/traces?limit=200': () => reply(403, { code: 'FORBIDDEN', requestId: 'req-9' }),
  })
  await renderPage(<SystemPage />, api())
  const notice = await panel('Last traces').findByRole('alert')
  expect(notice.textContent).toContain('not allowed to see')
  expect(screen.queryByRole('region', { name: 'Faults' })).toBeNull()
  expect(panel('Services').getByText(/· calls are stopped$/)).toBeTruthy()
})
