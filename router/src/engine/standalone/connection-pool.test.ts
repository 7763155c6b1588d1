/** Connections to a server whose every byte the test decides. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from '@jest/globals'
import { openRemote, type Remote, type RemoteOptions } from './remote.ts'

const opened: { close: () => unknown }[] = []

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close()
})

const answer = (body: string, fields = ''): string =>
  `HTTP/1.1 200 OK\r\n${fields}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** Calls `onRequest` with each request, its connection, and how many that connection has carried. */
async function listen(
  onRequest: (socket: Socket, text: string, count: number) => void,
  options: Partial<RemoteOptions> = {},
): Promise<{ remote: Remote; server: Server; sockets: Socket[] }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    let count = 0
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      count += 1
      onRequest(socket, chunk.toString('utf8'), count)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const remote = openRemote({ service: 'raw', url: `http://127.0.0.1:${port}/graphql`, ...options })
  opened.push(remote, {
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  return { remote, server, sockets }
}

const textOf = async (remote: Remote, body: string, isRepeatable = false): Promise<string> =>
  (await remote.post(body, { isRepeatable })).bytes.toString()

it('sends what waits for a connection in its order, over as many as it may', async () => {
  const waiting: (() => void)[] = []
  const { remote, server, sockets } = await listen(
    (socket, text) => {
      waiting.push(() => socket.write(answer(text.slice(-1))))
      server.emit('asked')
    },
    { connections: 2 },
  )
  const got: string[] = []
  const posts = ['1', '2', '3', '4', '5'].map(async (body) => {
    got.push(await textOf(remote, body))
  })
  for (let count = 0; count < posts.length; count += 1) {
    if (waiting.length === 0) await once(server, 'asked')
    waiting.shift()?.()
  }
  await Promise.all(posts)
  expect(got.toSorted()).toEqual(['1', '2', '3', '4', '5'])
  expect(sockets.length).toBeLessThanOrEqual(2)
})

it('does not take bytes that nobody asked for for an answer', async () => {
  const { remote, sockets } = await listen((socket, text) => {
    const own = answer(text.slice(-1))
    socket.write(text.endsWith('1') ? own + answer('unasked') : own)
  })
  expect(await textOf(remote, '1')).toBe('1')
  expect(await textOf(remote, '2')).toBe('2')
  expect(sockets).toHaveLength(2)
  const gone = once(sockets[1] as Socket, 'close')
  sockets[1]?.write(answer('late'))
  await gone
  expect(await textOf(remote, '3')).toBe('3')
})

it.each(['connection: close\r\n', 'keep-alive: timeout=1\r\n'])(
  'does not use a connection again that the server will close: %j',
  async (fields) => {
    const { remote, sockets } = await listen((socket) => socket.write(answer('ok', fields)))
    for (const body of ['1', '2']) expect(await textOf(remote, body)).toBe('ok')
    expect(sockets).toHaveLength(2)
  },
)

it('reads an answer up to the end of its connection, and not one that is cut off', async () => {
  const { remote } = await listen((socket, text) => {
    if (text.endsWith('whole')) socket.end('HTTP/1.1 200 OK\r\n\r\nwhole')
    else socket.end(answer('cut off').slice(0, -1))
  })
  expect(await textOf(remote, 'whole')).toBe('whole')
  // Part of an answer has come: it is not sent again either.
  await expect(textOf(remote, 'other', true)).rejects.toMatchObject({
    code: 'SUBGRAPH_UNAVAILABLE',
  })
})

it('sends text that is not ASCII with its length in bytes', async () => {
  const seen: string[] = []
  const { remote } = await listen((socket, text) => {
    seen.push(text)
    socket.write(answer('ü€'))
  })
  expect(await textOf(remote, '"ü€"')).toBe('ü€')
  expect(seen.join('')).toMatch(/content-length: 7\r\n\r\n"ü€"$/)
})

it.each([
  ['x-a', 'b\r\nx-c: d'],
  ['x-a\r\nx-c', 'd'],
  ['x-a', '€'],
])('sends no header that would be two: %j %j', async (name, value) => {
  const { remote, sockets } = await listen((socket) => socket.write(answer('ok')))
  await expect(remote.post('{}', { headers: { [name]: value } })).rejects.toMatchObject({
    code: 'SUBGRAPH_UNAVAILABLE',
  })
  expect(sockets).toHaveLength(0)
})

it('ends when its calls have ended, and takes no more', async () => {
  let reply: (() => void) | undefined
  const { remote, server } = await listen((socket) => {
    reply = () => socket.write(answer('ok'))
    server.emit('asked')
  })
  const last = textOf(remote, '1')
  await once(server, 'asked')
  const left = remote.leave()
  reply?.()
  expect(await last).toBe('ok')
  await left
  await expect(textOf(remote, '2')).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' })
})
