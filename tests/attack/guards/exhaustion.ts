import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Attack } from '../attack.ts'
import { expectThat } from './repel.ts'
import type { GuardWorld } from './world.ts'

const half = (path: string): string =>
  `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 200\r\n\r\n{"query":"`

/** Opens connections from one address, each with the same bytes, in batches that fit the backlog. */
async function hold(port: number, from: string, count: number, bytes: string): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const opened = Array.from({ length: 100 }, () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: from })
      socket.on('error', () => undefined)
      return socket
    })
    await Promise.all(opened.map((socket) => once(socket, 'connect').catch(() => undefined)))
    for (const socket of opened) if (!socket.destroyed) socket.write(bytes)
    sockets.push(...opened)
  }
  return sockets
}

/** One address holds the sockets. A client at another address must be served as usual. */
function held(name: string, bytes: string): Attack<GuardWorld> {
  return {
    name,
    run: async ({ open, freshAddress }) => {
      const sockets = await hold(open.world.router.port, freshAddress(), 1_500, bytes)
      try {
        const from = freshAddress()
        const sent = await open.send({ body: { query: '{ __typename }' }, from })
        expectThat(sent.status === 200, sent)
        const health = await open.send({ method: 'GET', path: '/health', from })
        expectThat(health.status === 200, health)
      } finally {
        for (const socket of sockets) socket.destroy()
      }
    },
  }
}

const longName = (index: number): string => `Flood${index}${'x'.repeat(50_000)}`

/** Requests that would exhaust resources of other clients. */
export const exhaustionAttacks: readonly Attack<GuardWorld>[] = [
  held('1,500 bodies to /graphql that never end', half('/graphql')),
  held('1,500 bodies to the REST shim that never end', half('/api/v1/auth/login')),
  held('1,500 bodies to /auth that never end', half('/auth/sign-in')),
  held('1,500 bodies to /stream that never end', half('/stream')),
  held('1,500 headers that never end', 'GET /health HTTP/1.1\r\nhost: localhost\r\nx-a: '),
  held('1,500 connections that send nothing', ''),
  {
    name: '200 long names of operations as labels of metrics',
    run: async ({ open, freshAddress }) => {
      const from = freshAddress()
      for (let index = 0; index < 200; index += 1) {
        const query = `query ${longName(index)} { market { feed } }`
        expectThat((await open.send({ body: { query }, from })).status === 200, 'no response')
      }
      const { text } = await open.send({ method: 'GET', path: '/metrics', from })
      expectThat(!text.includes('Flood') && text.length < 500_000, `${text.length} characters`)
    },
  },
]
