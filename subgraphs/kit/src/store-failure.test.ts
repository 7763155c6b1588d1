import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { connect, type Db } from './dynamo.ts'
import { OutcomeUnknown, StoreUnavailable } from './errors.ts'
import { createLog } from './log.ts'
import { readItem } from './read.ts'
import { runInScope } from './tracing/scope.ts'
import { transact } from './transact.ts'

type Answer = Parameters<typeof createServer>[1]

let server: Server
let db: Db
let requests = 0

async function storeThat(answer: NonNullable<Answer>, deadlineMs = 10_000): Promise<void> {
  requests = 0
  server = createServer((request, response) => {
    requests++
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  db = connect({ ...place(), deadlineMs, requestTimeoutMs: 300 })
}

const place = () => ({
  mode: 'embedded' as const,
  region: 'us-west-2',
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
})

afterEach(() => {
  db.close()
  server.close()
  server.closeAllConnections()
})

const write = (): Promise<void> =>
  transact(db, [{ put: { TableName: 'things', Item: { pk: 'a', sk: 'b' } } }])

describe('a failing store', () => {
  it('leaves the outcome unknown when the connection breaks, and is called once', async () => {
    await storeThat((request) => request.socket.destroy())
    await expect(write()).rejects.toThrow(OutcomeUnknown)
    expect(requests).toBe(1)
  })

  it('leaves the outcome unknown when it answers 500, and is called once', async () => {
    await storeThat((_, response) => response.writeHead(500).end('{}'))
    await expect(write()).rejects.toThrow(OutcomeUnknown)
    expect(requests).toBe(1)
  })

  it('leaves the outcome unknown when its reply is truncated', async () => {
    await storeThat((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"Consu')
      setImmediate(() => response.destroy())
    })
    await expect(write()).rejects.toThrow(OutcomeUnknown)
  })

  it('leaves the outcome unknown when its answer is not JSON', async () => {
    await storeThat((_, response) => response.writeHead(200).end('<html>'))
    await expect(write()).rejects.toThrow(OutcomeUnknown)
  })

  it('leaves the outcome unknown when it does not answer in time, and is called once', async () => {
    await storeThat(() => undefined)
    await expect(write()).rejects.toThrow(OutcomeUnknown)
    expect(requests).toBe(1)
  })

  it('has written nothing when it does not listen, which is reported after some retries', async () => {
    await storeThat((_, response) => response.end())
    server.close()
    await once(server, 'close')
    await expect(write()).rejects.toThrow(StoreUnavailable)
  })

  it('is called again for a read', async () => {
    await storeThat((request, response) => {
      if (requests < 3) request.socket.destroy()
      else response.end('{"Item":{"pk":{"S":"a"}}}')
    })
    expect(await readItem(db, 'things', { pk: 'a', sk: 'b' })).toEqual({ pk: 'a' })
  })
})

describe('a store that is down, to a reader', () => {
  const soonMs = 500
  const read = () =>
    runInScope({ subgraph: 'user' }, () => readItem(db, 'things', { pk: 'a', sk: 'b' }))

  it('is reported within the deadline when it never answers', async () => {
    await storeThat(() => undefined, soonMs)
    await expect(read()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      details: { retryAfterSeconds: '1' },
    })
  })

  it('is reported when it does not listen', async () => {
    await storeThat((_, response) => response.end(), soonMs)
    server.close()
    await once(server, 'close')
    await expect(read()).rejects.toThrow(StoreUnavailable)
  })

  it('is reported when it is too busy', async () => {
    await storeThat((_, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
      response.end('{"__type":"com.amazonaws#ThrottlingException","message":"slow down"}')
    }, soonMs)
    await expect(read()).rejects.toThrow(StoreUnavailable)
  })

  it('is not reported as down for an invalid request', async () => {
    await storeThat((_, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
      response.end('{"__type":"com.amazonaws#ValidationException","message":"no such key"}')
    })
    await expect(read()).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it('logs once when it becomes unavailable and once when it recovers, however many calls and jobs fail', async () => {
    const lines: { action?: string; level: string }[] = []
    const log = createLog(
      'jobs',
      { level: 'info', filePath: undefined },
      { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) },
    )
    let isUp = false
    await storeThat((request, response) => {
      if (isUp) response.end('{}')
      else request.socket.destroy()
    }, soonMs)
    db.close()
    db = connect({ ...place(), deadlineMs: soonMs, notes: { log, slowMs: 60_000 } })
    for (let tick = 0; tick < 4; tick += 1) {
      const error: unknown = await read().catch((reason: unknown) => reason)
      log.warn({ action: 'job.failed', error }, 'A job failed.')
    }
    isUp = true
    await read()
    await read()
    expect(lines.map(({ action }) => action)).toEqual(['store.unreachable', 'store.reachable'])
  })
})
