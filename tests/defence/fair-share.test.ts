import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

/** Enough to fill the event loop for many turns. */
const burst = 100
const query = '{ assets(first: 250) { nodes { id sparkline } } }'

/** Sends one query from a loopback address, and resolves with the status when the first bytes of the answer are there. */
async function askFrom(localAddress: string): Promise<string> {
  const { port } = world.router
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  const body = JSON.stringify({ query })
  const head = `POST /graphql HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json`
  socket.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return bytes.toString('latin1').slice(9, 12)
}

it('answers an address in between the requests that another one sent before it', async () => {
  const order: string[] = []
  const ask = async (address: string, name: string): Promise<string> => {
    const status = await askFrom(address)
    order.push(name)
    return status
  }
  await ask('127.0.9.1', 'warm-up')
  const many = Array.from({ length: burst }, () => ask('127.0.9.2', 'burst'))
  const other = ask('127.0.9.3', 'other')
  expect(new Set(await Promise.all([...many, other]))).toEqual(new Set(['200']))
  expect(order.indexOf('other')).toBeLessThan(burst / 2)
})
