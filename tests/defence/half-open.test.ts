import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals'
import { Agent, request } from 'undici'
import { startWorld, type World } from '../world/world.ts'

const attacker = '127.0.9.1'
const victim = '127.0.9.2'
const perAddress = 300

let world: World
let port: number
let webPort: number
const sockets: Socket[] = []
beforeAll(async () => {
  world = await startWorld({
    WEB_ENABLED: 'true',
    WEB_PORT: '0',
    HEADERS_TIMEOUT_MS: '1500',
    BODY_TIMEOUT_MS: '1500',
    REQUESTS_AT_ONCE: '40',
    REQUESTS_PER_ADDRESS: '10',
    CONNECTIONS_PER_ADDRESS: String(perAddress),
    BODY_BYTES_PER_ADDRESS: '1000000',
  })
  port = world.router.port
  webPort = world.router.webPort ?? 0
})
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})
afterAll(() => world.stop())

/** Opens a connection from an address, the attacker's by default, and sends it some bytes. */
async function open(bytes: string, to = port, from = attacker): Promise<Socket> {
  const socket = connect({ port: to, host: '127.0.0.1', localAddress: from })
  sockets.push(socket)
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(bytes)
  return socket
}

const openMany = (count: number, bytes: string, to = port): Promise<Socket[]> =>
  Promise.all(Array.from({ length: count }, () => open(bytes, to)))

async function readAll(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => (text += chunk.toString()))
  if (!socket.closed) await once(socket, 'close')
  return text
}

const agent = new Agent({ localAddress: victim })

/** The response to a client at another address, which closes its connection afterwards. */
async function askAsVictim(to = port, path = '/graphql'): Promise<number> {
  const isPost = path === '/graphql'
  const { statusCode, body } = await request(`http://127.0.0.1:${to}${path}`, {
    dispatcher: agent,
    reset: true,
    ...(isPost && {
      method: 'POST' as const,
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ market { feed } }"}',
    }),
  })
  await body.dump()
  return statusCode
}

const metric = async (name: string): Promise<number> => {
  const text = await (
    await request(`http://127.0.0.1:${port}/metrics`, { dispatcher: agent })
  ).body.text()
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
}

const unfinished = (path: string, method = 'POST'): string =>
  `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 200\r\n\r\n{"query":"`

/** Requests that never end, by their kind and port. */
const kinds: readonly (readonly [name: string, bytes: string, port: () => number])[] = [
  ['bodies to /graphql', unfinished('/graphql'), () => port],
  ['bodies to the REST shim', unfinished('/api/v1/auth/login'), () => port],
  ['bodies to /auth', unfinished('/auth/sign-in'), () => port],
  ['bodies to /stream', unfinished('/stream'), () => port],
  ['bodies to /export', unfinished('/export/activity.csv', 'GET'), () => port],
  ['bodies to /system', unfinished('/system/blocks/1.2.3.4', 'PUT'), () => port],
  ['bodies to the dashboard', unfinished('/dashboard'), () => webPort],
  ['bodies to the API on the port of the dashboard', unfinished('/graphql'), () => webPort],
  [
    'chunks without an end',
    'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"que\r\n',
    () => port,
  ],
  ['headers without an end', 'GET /graphql HTTP/1.1\r\nhost: localhost\r\nx-a: ', () => port],
  ['no byte at all', '', () => port],
]

/** Both members have one name; readers differ in which of them counts. */
const repeated = '{"query":"{ market { feed } }","qu\\u0065ry":"{ __typename }"}'

/** One refusal with a code, before the body was awaited or after its time; then the connection is closed. */
const coded =
  /^HTTP\/1\.1 4\d\d (?:(?!HTTP\/1\.1 )[^])*\r\n\r\n\{[^]*"code":"[A-Z_]+"(?:(?!HTTP\/1\.1 )[^])*\}$/

describe('an address that holds half-open requests', () => {
  it('blocks no other client, for any bytes, and is disconnected', async () => {
    const held = await Promise.all(
      kinds.map(async ([name, bytes, to]) => ({ name, sockets: await openMany(25, bytes, to()) })),
    )
    expect(await askAsVictim()).toBe(200)
    expect(await askAsVictim(webPort, '/')).toBe(200)
    for (const { name, sockets: opened } of held) {
      const answers = await Promise.all(opened.map(readAll))
      const others = answers.filter((text) => text !== '' && !coded.test(text))
      expect({ name, others }).toEqual({ name, others: [] })
    }
    // Refused by its headers, without waiting for the body.
    expect(await metric('gateway_requests_total\\{status_code="401",endpoint="/export"\\}')).toBe(
      25,
    )
    // Three kinds end at the deadline of a body: one status in response and metric.
    expect(await metric('gateway_requests_total\\{status_code="408",endpoint="/graphql"\\}')).toBe(
      75,
    )
    expect(
      await metric('gateway_requests_total\\{status_code="499",endpoint="/graphql"\\}'),
    ).toBeNaN()
  })

  it('may hold no more connections than its limit', async () => {
    const before = await metric('gateway_connections_refused_total')
    await openMany(perAddress + 100, '')
    expect(await askAsVictim()).toBe(200)
    // A connection is open to its client before the server has seen it.
    while ((await metric('gateway_connections_refused_total')) < before + 100) await delay(20)
  })

  it('may hold no more bytes of bodies than its limit', async () => {
    const length = 200_000
    const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`
    const held = await openMany(20, `${head}{"query":"${'x'.repeat(length - 100)}`)
    expect(await askAsVictim()).toBe(200)
    const answers = await Promise.all(held.map(readAll))
    const refused = answers.filter((text) => text.startsWith('HTTP/1.1 429 '))
    expect(refused.length).toBeGreaterThanOrEqual(20 - 1_000_000 / (length - 100) - 1)
    expect(refused[0]).toContain('"counted":"bytes of request bodies"')
  })

  it('is refused a body that is too long before it has sent it', async () => {
    const paths = ['/graphql', '/stream', '/auth/sign-in', '/api/v1/auth/login', '/health']
    const heads = ['content-length: 99999999999\r\n\r\n{', 'transfer-encoding: chunked\r\n\r\n']
    const chunks = `${(10_000).toString(16)}\r\n${' '.repeat(10_000)}\r\n`.repeat(30)
    for (const path of paths) {
      for (const head of heads) {
        const method = path === '/health' ? 'GET' : 'POST'
        const body = head.includes('chunked') ? chunks : ''
        const text = await readAll(
          await open(
            `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${head}${body}`,
          ),
        )
        expect([path, text]).toEqual([path, expect.stringMatching(/^HTTP\/1\.1 413 /)])
        expect(text).toMatch(coded)
        expect(text).toContain('REQUEST_TOO_LARGE')
      }
    }
  })

  it('gets the response to a request, and only then the refusal of what follows on its connection', async () => {
    const body = '{"query":"{ market { feed } }"}'
    const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
    const text = await readAll(await open(`${head}${body}garbage\r\n\r\n`))
    expect(text).toMatch(
      /^HTTP\/1\.1 200 [^]*"feed":[^]*HTTP\/1\.1 400 [^]*"code":"BAD_REQUEST"\}$/,
    )
  })

  it.each([
    ['is no proxy', 'CONNECT localhost:80 HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
    [
      'takes no port that does not exist',
      'GET /live HTTP/1.1\r\nhost: localhost:99999\r\n\r\n',
      400,
    ],
    ['takes no empty host', 'GET /live HTTP/1.1\r\nhost:\r\n\r\n', 400],
    [
      'reads no member of JSON twice',
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${repeated.length}\r\n\r\n${repeated}`,
      400,
    ],
    [
      'drops no header without a word',
      `GET /live HTTP/1.1\r\n${'a:1\r\n'.repeat(1_500)}host: localhost\r\nconnection: close\r\n\r\n`,
      200,
    ],
  ])('%s', async (_what, bytes, status) => {
    const text = await readAll(await open(bytes))
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    if (status !== 200) expect(text).toMatch(coded)
  })

  it('may have no more concurrent requests than its limit', async () => {
    const slow = await request(`${world.origin}/system/faults/inventory`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"kind":"slow","delayMs":2500}',
    })
    await slow.body.dump()
    const body = '{"query":"{ market { feed isOpen } }"}'
    const whole = `POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const held = await openMany(60, whole)
    const others = await request(`${world.origin}/graphql`, {
      method: 'POST',
      dispatcher: agent,
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    })
    expect(others.statusCode).toBe(200)
    const answers = await Promise.all(held.map(readAll))
    const refused = answers.filter((text) => text.startsWith('HTTP/1.1 429 '))
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]).toContain('Retry-After: 1')
    await request(`${world.origin}/system/faults/inventory`, { method: 'DELETE' })
  })
})

describe('ten addresses that hold all connections of a port', () => {
  it('make room for any other', async () => {
    const small = await startWorld({ CONNECTIONS_AT_ONCE: '50' })
    try {
      const addresses = Array.from({ length: 10 }, (_, place) => `127.0.8.${place + 1}`)
      for (const address of addresses) {
        for (let count = 0; count < 6; count += 1) await open('', small.router.port, address)
      }
      for (let count = 0; count < 20; count += 1) {
        expect(await askAsVictim(small.router.port)).toBe(200)
      }
      const { body } = await request(`${small.origin}/metrics`, { dispatcher: agent })
      expect(await body.text()).toMatch(/^gateway_connections_displaced_total [1-9]/m)
    } finally {
      await small.stop()
    }
  })
})

describe('a client that does not read its responses', () => {
  it('loses its connection, and no other client waits for it', async () => {
    const small = await startWorld({ ANSWER_TIMEOUT_MS: '1', ROUTER_DEADLINE_MS: '1000' })
    try {
      const socket = connect({ port: small.router.port, host: '127.0.0.1', localAddress: attacker })
      sockets.push(socket)
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      socket.pause()
      socket.write('GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(40))
      // Over a new connection each time: the server may close an idle one at any moment.
      const open = async (): Promise<string> => {
        const options = { dispatcher: agent, reset: true }
        const { body } = await request(`${small.origin}/metrics`, options)
        return /^gateway_connections (\d+)$/m.exec(await body.text())?.[1] ?? ''
      }
      while ((await open()) === '1') await delay(20)
      expect(await askAsVictim(small.router.port)).toBe(200)
      while ((await open()) !== '1') await delay(50)
    } finally {
      await small.stop()
    }
  })
})
