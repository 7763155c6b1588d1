/** What becomes of the calls of a request whose client leaves. */
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '@cnop/kit/log'
import { afterAll, afterEach, beforeEach, expect, it } from '@jest/globals'
import { composeSubgraphs } from '../testing/subgraphs.ts'
import { parseConfig } from './config.ts'
import { startStandalone, type RunningEngine } from './serve.ts'

const directory = mkdtempSync(join(tmpdir(), 'engine-leaving-'))
const log = createLog('test', { level: 'silent', filePath: undefined })
const sdl = composeSubgraphs(
  new Map([['slow', 'type Query { name: String } type Mutation { rename: String }']]),
)

let slow: Server
let open: ServerResponse[] = []
let running: RunningEngine | undefined

beforeEach(async () => {
  open = []
  slow = createServer((request, response) => {
    request.resume()
    open.push(response)
    slow.emit('asked')
  })
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  await running?.stop()
  slow.closeAllConnections()
  slow.close()
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function start(share = 'none'): Promise<string> {
  const address = slow.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const file = join(directory, 'supergraph.graphql')
  writeFileSync(file, sdl.replace('http://slow.invalid/graphql', `http://127.0.0.1:${port}/`))
  const source = {
    supergraph: { file },
    server: { port: 0, drain_delay: '0ms' },
    metrics: { port: 0 },
    subgraphs: { all: { breaker: { failures: 1 } } },
    share,
  }
  running = await startStandalone(parseConfig(JSON.stringify(source), {}), log)
  return `http://127.0.0.1:${running.port}/graphql`
}

function ask(url: string, query: string, signal?: AbortSignal): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ query })
  return fetch(url, { method: 'POST', headers, body, ...(signal && { signal }) })
}

/** Asks and leaves once the service has been asked; resolves with the connection of the call. */
async function askAndLeave(url: string, query: string): Promise<ServerResponse> {
  const leaving = new AbortController()
  const asked = once(slow, 'asked')
  const answer = ask(url, query, leaving.signal).catch((error: unknown) => error)
  await asked
  leaving.abort()
  await answer
  const call = open.at(-1)
  if (!call) throw new Error('The service was not asked.')
  return call
}

function answer(response: ServerResponse | undefined, data: object): void {
  response?.setHeader('content-type', 'application/json').end(JSON.stringify({ data }))
}

const samples = async (): Promise<string> =>
  (await fetch(`http://127.0.0.1:${running?.metricsPort}/metrics`)).text()

it('ends the call of a query, and does not hold it against the service', async () => {
  const url = await start()
  const call = await askAndLeave(url, '{ name }')
  await once(call, 'close')
  expect(call.writableFinished).toBe(false)
  // One failure would have opened the circuit.
  const again = once(slow, 'asked')
  const answered = ask(url, '{ name }')
  await again
  answer(open.at(-1), { name: 'x' })
  expect(await (await answered).json()).toEqual({ data: { name: 'x' } })
  expect(await samples()).toContain(
    'engine_subgraph_call_seconds_count{subgraph="slow",outcome="left"} 1',
  )
})

it.each(['calls', 'requests'])(
  'keeps a call that another client waits for, and ends it when that has left too: %s',
  async (share) => {
    const url = await start(share)
    const staying = new AbortController()
    const asked = once(slow, 'asked')
    const first = ask(url, '{ name }', staying.signal).catch((error: unknown) => error)
    await asked
    const others = new AbortController()
    const second = ask(url, '{ name }', others.signal).catch((error: unknown) => error)
    // Answered after the second request: it has been read by then.
    await ask(url, '{ __typename }')
    others.abort()
    await second
    await ask(url, '{ __typename }')
    expect(open).toHaveLength(1)
    expect(open[0]?.closed).toBe(false)
    staying.abort()
    await first
    await once(open[0] as ServerResponse, 'close')
  },
)

it('never ends the call of a mutation', async () => {
  const url = await start()
  const call = await askAndLeave(url, 'mutation { rename }')
  // Had the departure ended it, this later call would have found its connection closed.
  await once(await askAndLeave(url, '{ name }'), 'close')
  expect(call.closed).toBe(false)
  answer(call, { rename: 'x' })
  await once(call, 'finish')
})
