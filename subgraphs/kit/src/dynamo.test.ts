import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { connect, type DynamoOptions } from './dynamo.ts'
import type { StoreCall } from './dynamo-middleware.ts'
import { readItem } from './read.ts'
import { transact } from './transact.ts'

/** A store that records its requests and returns empty replies. */
let server: Server
let endpoint: string
const bodies: Record<string, unknown>[] = []
const signatures: (string | undefined)[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      signatures.push(request.headers.authorization?.replace(/.*Signature=/, ''))
      bodies.push(JSON.parse(text) as Record<string, unknown>)
      response.end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})
beforeEach(() => {
  bodies.length = 0
  signatures.length = 0
})

async function writeThrice(mode: DynamoOptions['mode']): Promise<void> {
  const db = connect({ mode, region: 'us-west-2', endpoint })
  for (const pk of ['a', 'b', 'ünïcode']) {
    await transact(db, [{ put: { TableName: 'things', Item: { pk, sk: 'row' } } }])
  }
  db.close()
}

const tokens = (): unknown[] => bodies.filter((body) => 'ClientRequestToken' in body)

describe('connect', () => {
  it('sends no request token to the embedded engine, and all else unchanged', async () => {
    await writeThrice('embedded')
    expect(bodies).toHaveLength(3)
    expect(tokens()).toHaveLength(0)
    expect(bodies[2]).toEqual({
      TransactItems: [
        {
          Put: {
            TableName: 'things',
            Item: { pk: { S: 'ünïcode' }, sk: { S: 'row' } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ],
    })
  })

  it('sends a request token to any other store', async () => {
    await writeThrice('endpoint')
    expect(tokens()).toHaveLength(3)
  })

  it('computes no signature for the embedded engine, and one for any other store', async () => {
    await writeThrice('embedded')
    expect(signatures).toEqual(['0', '0', '0'])
    await writeThrice('endpoint')
    expect(signatures.slice(3)).toEqual(Array(3).fill(expect.stringMatching(/^[0-9a-f]{64}$/)))
  })

  it('reports every call to an observer', async () => {
    const calls: StoreCall[] = []
    const observe = (call: StoreCall): void => void calls.push(call)
    const db = connect({ mode: 'endpoint', region: 'us-west-2', endpoint, observe })
    await readItem(db, 'things', { pk: 'a', sk: 'row' })
    await transact(db, [{ put: { TableName: 'things', Item: { pk: 'a', sk: 'row' } } }])
    expect(calls.map(({ command }) => command)).toEqual(['GetItem', 'TransactWriteItems'])
    db.close()
  })

  it('closes its connections', async () => {
    const ended = new Promise<void>((resolve) => {
      server.once('connection', (socket) => socket.once('close', () => resolve()))
    })
    const db = connect({ mode: 'endpoint', region: 'us-west-2', endpoint })
    await readItem(db, 'things', { pk: 'a', sk: 'row' })
    db.close()
    await ended
  })

  it.each(['embedded', 'endpoint'] as const)('refuses %s without an endpoint', (mode) => {
    expect(() => connect({ mode, region: 'us-west-2' })).toThrow('needs an endpoint')
  })

  it('refuses AWS with an endpoint', () => {
    expect(() => connect({ mode: 'aws', region: 'us-west-2', endpoint })).toThrow('no endpoint')
  })
})
