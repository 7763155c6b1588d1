import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { connect, type Db } from './dynamo.ts'
import { Contention, OutcomeUnknown } from './errors.ts'
import { readItem } from './read.ts'
import { transact } from './transact.ts'

type Answer = Parameters<typeof createServer>[1]

let server: Server
let db: Db
let requests = 0

async function storeThat(answer: NonNullable<Answer>): Promise<void> {
  requests = 0
  server = createServer((request, response) => {
    requests++
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  db = connect({
    mode: 'embedded',
    region: 'us-west-2',
    endpoint: `http://127.0.0.1:${port}`,
    requestTimeoutMs: 300,
  })
}

afterEach(() => {
  db.close()
  server.close()
  server.closeAllConnections()
})

const write = (): Promise<void> =>
  transact(db, [{ put: { TableName: 'things', Item: { pk: 'a', sk: 'b' } } }])

describe('a failing store', () => {
  it('leaves the outcome unknown when it breaks the connection, and is asked once', async () => {
    await storeThat((request) => request.socket.destroy())
    await expect(write()).rejects.toThrow(OutcomeUnknown)
    expect(requests).toBe(1)
  })

  it('leaves the outcome unknown when it answers 500, and is asked once', async () => {
    await storeThat((_, response) => response.writeHead(500).end('{}'))
    await expect(write()).rejects.toThrow(OutcomeUnknown)
    expect(requests).toBe(1)
  })

  it('leaves the outcome unknown when its answer breaks off', async () => {
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

  it('leaves the outcome unknown when it does not answer in time, and is asked once', async () => {
    await storeThat(() => undefined)
    await expect(write()).rejects.toThrow(OutcomeUnknown)
    expect(requests).toBe(1)
  })

  it('has written nothing when it does not listen, which is contention after some tries', async () => {
    await storeThat((_, response) => response.end())
    server.close()
    await once(server, 'close')
    await expect(write()).rejects.toThrow(Contention)
  })

  it('is asked again for a read', async () => {
    await storeThat((request, response) => {
      if (requests < 3) request.socket.destroy()
      else response.end('{"Item":{"pk":{"S":"a"}}}')
    })
    expect(await readItem(db, 'things', { pk: 'a', sk: 'b' })).toEqual({ pk: 'a' })
  })
})
