import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, it } from '@jest/globals'
import { systemClock } from '@cnop/kit/clock'
import { createLog } from '@cnop/kit/log'
import type { RequestContext } from '../edge/request-context.ts'
import type { LookUp } from './addresses.ts'
import { openRemoteCopies } from './copies.ts'
import type { SubgraphCallOptions } from './copy.ts'
import { injectNothing } from './faults.ts'
import { signedLink, type SubgraphLink } from './links.ts'

const log = createLog('router', { level: 'silent', filePath: undefined })
const reply = '{"data":{"a":1}}'

interface TestCopy {
  readonly url: string
  readonly server: Server
  /** Calls of GraphQL. */
  calls: number
  /** How calls are answered, and whether it responds to probes. */
  answer: RequestListener
  ready: 200 | 503 | 'never'
}

interface Options {
  readonly lookUp?: LookUp
  readonly readyEveryMs?: number
}

const open: Server[] = []
let link: SubgraphLink
afterEach(async () => {
  await link.close()
  for (const server of open.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function openCopy(host = '127.0.0.1', port = 0): Promise<TestCopy> {
  const server = createServer((request, response) => {
    request.resume()
    if (request.url === '/graphql') {
      copy.calls += 1
      copy.answer(request, response)
    } else if (copy.ready !== 'never') response.writeHead(copy.ready).end('{}')
  }).listen(port, host)
  open.push(server)
  await once(server, 'listening')
  const url = `http://${host}:${(server.address() as AddressInfo).port}`
  const answer: RequestListener = (_request, response) => response.end(reply)
  const copy: TestCopy = { url, server, calls: 0, answer, ready: 200 }
  return copy
}

const soon = 200
const never = 60_000

async function openLink(
  urls: readonly string[],
  { lookUp = () => Promise.resolve([]), readyEveryMs = never }: Options = {},
) {
  const signingKeys = [{ id: 'k', secret: 'x'.repeat(32) }] as const
  const options = {
    place: { name: 'inventory', urls, signingKeys },
    now: systemClock,
    deadlineMs: 60_000,
    mostAnswerBytes: 10_000,
    breaker: {
      ...{ failures: 5, successes: 1, openMs: 60_000, probeEveryMs: 60_000 },
      ...{ callsAtOnce: 8, callsWaiting: 8 },
    },
    callerShare: { atOnce: 64, waiting: 64 },
    heavyCalls: { perCaller: 2, perService: 3, waiting: 1 },
    injectFault: injectNothing,
    log,
  } as const
  const copies = await openRemoteCopies({ ...options, lookUp, readyEveryMs })
  link = signedLink(options, copies)
}

function call(isMutation = false): Promise<string> {
  const deadlineAt = performance.now() + 60_000
  const context = { requestId: 'req-12345678', log, deadlineAt, fetches: [], clientIp: '::1' }
  const options: SubgraphCallOptions = {
    ...{ body: '{"query":"{ a }"}', operationName: 'A', isMutation, isAnonymous: true },
    ...{ isShared: false, points: 0, context: context as unknown as RequestContext },
  }
  return link.call(options)
}
const callAll = (count: number, isMutation = false): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => call(isMutation)))

async function untilOut(url: string, isOut = true): Promise<void> {
  const { host } = new URL(url)
  while (
    link
      .copies()
      .find(({ name }) => name === host)
      ?.isOut() !== isOut
  )
    await turn()
}

it('shares calls between copies', async () => {
  const copies = [await openCopy(), await openCopy()]
  await openLink(copies.map(({ url }) => url))
  await callAll(8)
  expect(copies.map(({ calls }) => calls)).toEqual([4, 4])
})

it('sends the queries of a copy that hangs to another one, and calls it again when it responds', async () => {
  const [hanging, well] = [await openCopy(), await openCopy()]
  hanging.ready = 'never'
  const received: (() => void)[] = []
  hanging.answer = (_request, response) => received.push(() => response.end(reply))
  await openLink([hanging.url, well.url], { readyEveryMs: soon })
  expect(await callAll(8)).toEqual(Array(8).fill(reply))
  const sentToIt = hanging.calls
  expect(sentToIt).toBeGreaterThan(0)
  await callAll(8, true)
  expect(hanging.calls).toBe(sentToIt)
  hanging.ready = 200
  hanging.answer = well.answer
  await untilOut(hanging.url, false)
  await callAll(8)
  expect(hanging.calls).toBeGreaterThan(sentToIt)
})

it('leaves a mutation to the copy that may have received it', async () => {
  const copies = [await openCopy(), await openCopy()]
  for (const copy of copies) copy.answer = ({ socket }) => socket.resetAndDestroy()
  await openLink(copies.map(({ url }) => url))
  await expect(call(true)).rejects.toMatchObject({ mutationCode: 'OUTCOME_UNKNOWN' })
  expect(copies.map(({ calls }) => calls).sort()).toEqual([0, 1])
})

it('sends a mutation to another copy when the first one refuses the connection', async () => {
  const [gone, well] = [await openCopy(), await openCopy()]
  gone.server.close()
  await openLink([gone.url, well.url])
  expect(await callAll(8, true)).toEqual(Array(8).fill(reply))
  expect(well.calls).toBe(8)
})

it('opens the circuit of one copy only, and retries its queries on another one', async () => {
  const [broken, well] = [await openCopy(), await openCopy()]
  broken.answer = (_request, response) => response.writeHead(502).end('<html>')
  await openLink([broken.url, well.url])
  for (let count = 0; count < 30; count++) expect(await call()).toBe(reply)
  const states = Object.fromEntries(link.copies().map((copy) => [copy.name, copy.breakerState()]))
  expect(states).toEqual({ [new URL(broken.url).host]: 'open', [new URL(well.url).host]: 'closed' })
  expect(broken.calls).toBe(5)
  expect(link.breakerState()).toBe('closed')
})

it('sends no new call to a copy that drains', async () => {
  const [draining, well] = [await openCopy(), await openCopy()]
  await openLink([draining.url, well.url], { readyEveryMs: soon })
  draining.ready = 503
  await untilOut(draining.url)
  await callAll(8)
  expect([draining.calls, well.calls]).toEqual([0, 8])
})

it('calls every copy while none responds to probes', async () => {
  const copies = [await openCopy(), await openCopy()]
  const urls = copies.map(({ url }) => url)
  await openLink(urls, { readyEveryMs: soon })
  for (const copy of copies) copy.ready = 503
  for (const { url } of copies) await untilOut(url)
  await callAll(8)
  expect(copies.map(({ calls }) => calls)).toEqual([4, 4])
})

it('has a copy for each address of a name, of one family', async () => {
  const first = await openCopy('127.0.0.1')
  const { port } = new URL(first.url)
  const second = await openCopy('127.0.0.2', Number(port))
  const found = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
    { address: '127.0.0.2', family: 4 },
  ]
  const names: string[] = []
  const lookUp: LookUp = (name) => {
    names.push(name)
    return Promise.resolve(found)
  }
  await openLink([`http://inventory:${port}`], { lookUp })
  await callAll(8)
  expect([first.calls, second.calls, names]).toEqual([4, 4, ['inventory']])
})
