import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { afterEach, expect, it } from '@jest/globals'
import { systemClock } from '@cnop/kit/clock'
import { createLog } from '@cnop/kit/log'
import type { RequestContext } from '../edge/request-context.ts'
import { injectNothing } from './faults.ts'
import type { SubgraphCallOptions } from './copy.ts'
import { openRemoteCopies } from './copies.ts'
import { signedLink, type SubgraphLink } from './links.ts'
import { lookUpAll } from './addresses.ts'

const log = createLog('router', { level: 'silent', filePath: undefined })
const mostAnswerBytes = 10_000
let server: Server
let link: SubgraphLink
let calls = 0

async function openLink(
  answer: RequestListener,
  { deadlineMs = 10_000, failures = 1, callsAtOnce = 1 } = {},
): Promise<void> {
  calls = 0
  server = createServer((request, response) => {
    calls += 1
    request.resume()
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const signingKeys = [{ id: 'k', secret: 'x'.repeat(32) }] as const
  const options = {
    place: { name: 'inventory', urls: [url], signingKeys },
    now: systemClock,
    deadlineMs,
    mostAnswerBytes,
    breaker: {
      failures,
      successes: 1,
      openMs: 60_000,
      probeEveryMs: 60_000,
      callsAtOnce,
      callsWaiting: 4,
    },
    callerShare: { atOnce: 2, waiting: 1 },
    heavyCalls: { perCaller: 2, perService: 3, waiting: 1 },
    injectFault: injectNothing,
    log,
  } as const
  const copies = await openRemoteCopies({ ...options, lookUp: lookUpAll, readyEveryMs: 60_000 })
  link = signedLink(options, copies)
}

afterEach(async () => {
  await link.close()
  server.close()
  server.closeAllConnections()
})

const callFrom = (deadlineAt: number, isShared = false): SubgraphCallOptions => {
  const context = { requestId: 'req-12345678', log, deadlineAt, fetches: [], clientIp: '::1' }
  const call = { operationName: 'Assets', isMutation: false, isAnonymous: true, isShared }
  const body = '{"query":"{ a }"}'
  return { ...call, body, points: 0, context: context as unknown as RequestContext }
}
const callOf = (username: string): SubgraphCallOptions => {
  const call = callFrom(later())
  const actor = { username, role: 'customer', sessionId: 's1' } as const
  return { ...call, isAnonymous: false, context: { ...call.context, actor } }
}
const mutation = (): SubgraphCallOptions => ({ ...callFrom(later()), isMutation: true })
const later = (): number => performance.now() + 60_000

it('accepts a reply of the maximum size, and refuses one byte more', async () => {
  let size = mostAnswerBytes
  await openLink((_request, response) => response.end('x'.repeat(size)))
  expect(await link.call(callFrom(later()))).toHaveLength(mostAnswerBytes)
  size += 1
  await expect(link.call(callFrom(later()))).rejects.toMatchObject({
    code: 'SUBGRAPH_ANSWER_TOO_LARGE',
    kind: 'too_large',
  })
})

it('aborts an endless reply, does not retry, and keeps the circuit closed', async () => {
  let hungUp = (): void => undefined
  const isHungUp = new Promise<void>((resolve) => (hungUp = resolve))
  await openLink((_request, response) => {
    const chunk = Buffer.alloc(1_024)
    const feed = (): void => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', feed)
    response.on('close', hungUp)
    feed()
  })
  await expect(link.call(callFrom(later()))).rejects.toMatchObject({ kind: 'too_large' })
  await isHungUp
  expect(calls).toBe(1)
  expect(link.breakerState()).toBe('closed')
})

it('gives a shared call the full deadline, though the request that started it has no time left', async () => {
  await openLink((_request, response) => response.end('{}'))
  const past = performance.now() - 1
  await expect(link.call(callFrom(past))).rejects.toMatchObject({ kind: 'no_time_left' })
  expect(calls).toBe(0)
  expect(await link.call(callFrom(past, true))).toBe('{}')
})

const refused =
  '{"data":null,"errors":[{"message":"Not an email address","extensions":{"code":"BAD_EMAIL"}}]}'
const withoutData = '{"errors":["boom"]}'

it.each([
  [400, withoutData, 'closed'],
  [422, refused, 'closed'],
  [500, refused, 'open'],
  [503, '{"data":{"a":1}}', 'open'],
] as const)(
  'keeps the result of a reply with status %i; a subgraph in trouble counts for the breaker',
  async (status, body, state) => {
    await openLink((_request, response) => response.writeHead(status).end(body))
    expect(await link.call(callFrom(later()))).toBe(body)
    expect([calls, link.breakerState()]).toEqual([1, state])
  },
)

it.each([
  [400, 'Not here.'],
  [401, '{"data":null}'],
  [403, '{"message":"The signature has expired."}'],
  [400, '{"errors":[]}'],
  [502, '<html>'],
])('takes a reply with status %i that holds no result for a failure: %s', async (status, body) => {
  await openLink((_request, response) => response.writeHead(status).end(body))
  await expect(link.call(callFrom(later()))).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' })
  expect(link.breakerState()).toBe('open')
})

it.each([
  [200, '{"data":null}', 'OUTCOME_UNKNOWN'],
  [400, withoutData, undefined],
  [404, 'Not here.', 'SUBGRAPH_UNAVAILABLE'],
  [500, refused, undefined],
  [500, withoutData, 'OUTCOME_UNKNOWN'],
  [502, '<html>', 'OUTCOME_UNKNOWN'],
])('says of a mutation whose reply is %i %s: %s', async (status, body, mutationCode) => {
  await openLink((_request, response) => response.writeHead(status).end(body))
  const called = link.call(mutation())
  if (mutationCode === undefined) expect(await called).toBe(body)
  else await expect(called).rejects.toMatchObject({ mutationCode })
  expect(calls).toBe(1)
})

it('retries a query whose kept-alive connection is reset before any reply, and never a mutation', async () => {
  const used = new WeakSet()
  const signatures = new Set<unknown>()
  await openLink(({ socket, headers }, response) => {
    signatures.add(JSON.stringify(headers))
    if (used.has(socket)) socket.resetAndDestroy()
    else response.end('{"data":{"a":1}}')
    used.add(socket)
  })
  const answers = [await link.call(callFrom(later())), await link.call(callFrom(later()))]
  expect([answers, calls]).toEqual([Array(2).fill('{"data":{"a":1}}'), 3])
  // A subgraph refuses a signature that was used before.
  expect(signatures.size).toBe(3)
  expect(link.breakerState()).toBe('closed')
  await link.call(callFrom(later()))
  await expect(link.call(mutation())).rejects.toMatchObject({ mutationCode: 'OUTCOME_UNKNOWN' })
  expect(calls).toBe(5)
})

const isHealthCheck = (url: string | undefined): boolean => url === '/internal/health'

it('opens no circuit for slow calls of one caller, but for those of several', async () => {
  const options = { deadlineMs: 50, failures: 3, callsAtOnce: 4 }
  await openLink((request, response) => {
    if (isHealthCheck(request.url)) response.end('{}')
  }, options)
  const timeout = { kind: 'timeout' }
  for (let round = 0; round < 3; round++) {
    const slow = [callOf('alice1'), callOf('alice1')].map((call) => link.call(call))
    for (const call of slow) await expect(call).rejects.toMatchObject(timeout)
  }
  expect(link.breakerState()).toBe('closed')
  await expect(link.call(callOf('bobby1'))).rejects.toMatchObject(timeout)
  expect(link.breakerState()).toBe('closed')
  await expect(link.call(callOf('carol1'))).rejects.toMatchObject(timeout)
  expect(link.breakerState()).toBe('open')
})

it('opens the circuit for one caller alone when the subgraph fails its probe too', async () => {
  await openLink(
    (request, response) => {
      if (isHealthCheck(request.url)) response.writeHead(503).end('{}')
    },
    { deadlineMs: 50, failures: 3 },
  )
  let tries = 0
  while (link.breakerState() === 'closed' && tries < 100) {
    await link.call(callOf('alice1')).catch(() => undefined)
    tries += 1
  }
  expect(link.breakerState()).toBe('open')
})

it('lets the other calls of a caller pass its heavy ones, which wait for each other', async () => {
  let arrive = (_answer: () => void): void => undefined
  const arrived = new Promise<() => void>((resolve) => (arrive = resolve))
  await openLink(
    (_request, response) => {
      if (calls === 1) arrive(() => response.end('{}'))
      else response.end('{}')
    },
    { callsAtOnce: 4 },
  )
  const heavy = (username: string) => link.call({ ...callOf(username), points: 2 })
  const first = heavy('alice1')
  const answer = await arrived
  const second = heavy('alice1')
  await expect(heavy('alice1')).rejects.toMatchObject({ code: 'OVERLOADED' })
  expect(await link.call(callOf('alice1'))).toBe('{}')
  expect(calls).toBe(2)
  answer()
  expect(await Promise.all([first, second])).toEqual(['{}', '{}'])
})

it('limits the calls of one caller to a share, and refuses further calls', async () => {
  const waiting: (() => void)[] = []
  await openLink(
    (_request, response) => {
      waiting.push(() => response.end('{}'))
      if (calls === 3) for (const answer of waiting) answer()
      if (calls > 3) response.end('{}')
    },
    { callsAtOnce: 4 },
  )
  const own = [1, 2, 3].map(() => link.call(callOf('alice1')))
  await expect(link.call(callOf('alice1'))).rejects.toMatchObject({ code: 'OVERLOADED' })
  expect(await link.call(callOf('bobby1'))).toBe('{}')
  expect(await Promise.all(own)).toEqual(['{}', '{}', '{}'])
  expect(calls).toBe(4)
})
