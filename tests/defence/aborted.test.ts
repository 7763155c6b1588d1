import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openRedis } from '@cnop/kit/redis'
import { startRedisProcess, type RedisProcess } from '@cnop/kit/redis-process'
import { sendRaw } from '../attack/guards/malformed.ts'
import { startWorld, type World } from '../world/world.ts'

const requestsAtOnce = 10

let directory: string
let redis: RedisProcess
let world: World
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cnop-aborted-'))
  redis = await startRedisProcess()
  world = await startWorld({
    LOG_LEVEL: 'info',
    LOG_FILE_PATH: directory,
    REDIS_URL: redis.url,
    REQUESTS_AT_ONCE: String(requestsAtOnce),
  })
})
afterAll(async () => {
  await world.stop()
  await redis.stop()
  rmSync(directory, { recursive: true, force: true })
})

const json = { 'content-type': 'application/json' }

/** How many requests had a status, by endpoint. */
async function countsOf(status: number): Promise<Record<string, number>> {
  const text = await (await fetch(`${world.origin}/metrics`)).text()
  const line = new RegExp(
    `^gateway_requests_total\\{status_code="${status}",endpoint="(.*)"\\} (\\d+)`,
    'gm',
  )
  return Object.fromEntries(
    [...text.matchAll(line)].map(([, endpoint = '', count]) => [endpoint, Number(count)]),
  )
}

const countAborted = async (): Promise<number> => (await countsOf(499))['/graphql'] ?? 0

/** The statuses that the log has for a request. */
async function loggedStatuses(requestId: string): Promise<(number | undefined)[]> {
  const file = join(directory, 'router', 'router.log')
  const find = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes(requestId))
      .map((line) => JSON.parse(line) as { action?: string; extra?: { status: number } })
      .filter(({ action }) => action === 'request.answered')
  while (find().length === 0) await delay(20)
  return find().map(({ extra }) => extra?.status)
}

/** Every call of the service that has the market waits. */
const slowDown = () =>
  fetch(`${world.origin}/system/faults/inventory`, {
    method: 'PUT',
    headers: json,
    body: JSON.stringify({ kind: 'slow', delayMs: 2_000 }),
  })

it('counts and logs a request as 499 when its client disconnects before the response', async () => {
  await slowDown()
  const leaving = new AbortController()
  const asking = fetch(`${world.origin}/graphql`, {
    method: 'POST',
    headers: { ...json, 'x-request-id': 'req-aborted-1' },
    body: JSON.stringify({ query: '{ market { feed } }' }),
    signal: leaving.signal,
  })
  // When this later request has its response, the router has received the earlier one.
  await countsOf(200)
  leaving.abort()
  await expect(asking).rejects.toThrow()
  while ((await countAborted()) < 1) await delay(20)
  expect(await countAborted()).toBe(1)
  expect(await loggedStatuses('req-aborted-1')).toEqual([499])
})

describe('requests whose clients have left', () => {
  const body = '{"query":"{ market { feed } }"}'
  const head = 'host: localhost\r\ncontent-type: application/json'
  const query = `POST /graphql HTTP/1.1\r\n${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`

  async function send(bytes: string) {
    const socket = connect({ port: world.router.port, host: '127.0.0.1' })
    await once(socket, 'connect')
    socket.write(bytes)
    return socket
  }

  async function inFlight(): Promise<number> {
    const text = await (await fetch(`${world.origin}/metrics`)).text()
    return Number(/^gateway_requests_in_flight (\d+)$/m.exec(text)?.[1])
  }

  async function ask(): Promise<number> {
    const { status } = await fetch(`${world.origin}/graphql`, {
      method: 'POST',
      headers: json,
      body,
    })
    return status
  }

  it('hold nothing, when they left while their request was counted', async () => {
    const resting = await inFlight()
    const connection = await openRedis(redis.url, {
      info: () => undefined,
      warn: () => undefined,
    })
    const before = await countAborted()
    await connection.client.client('PAUSE', 400, 'ALL')
    const count = requestsAtOnce * 2
    for (let sent = 0; sent < count; sent += 1) (await send(query)).destroy()
    while ((await countAborted()) < before + count) await delay(20)
    while ((await inFlight()) !== resting) await delay(20)
    expect(await ask()).toBe(200)
    await connection.close()
  })

  it('are at most 20 of one connection, which ends with a refusal of the next', async () => {
    const socket = await send(`GET /health HTTP/1.1\r\n${head}\r\n\r\n`.repeat(24))
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    const statuses = () => (text.match(/HTTP\/1\.1 \d+/g) ?? []).map((line) => line.slice(9))
    if (!socket.closed) await once(socket, 'close')
    expect(statuses()).toEqual([...Array<string>(20).fill('200'), '429'])
    expect(text).toContain('At most 20 requests of a connection may wait for their responses.')
  })

  it('hold nothing, when they waited behind another request of their connection', async () => {
    await slowDown()
    const resting = await inFlight()
    const socket = await send(query.repeat(requestsAtOnce))
    while ((await inFlight()) < resting + requestsAtOnce) await delay(20)
    socket.destroy()
    while ((await inFlight()) !== resting) await delay(20)
    expect(await ask()).toBe(200)
  })
})

describe('a request whose body is refused or malformed', () => {
  const kinds: readonly (readonly [name: string, status: number, head: string, body: string])[] = [
    ['malformed JSON', 400, 'content-length: 5', '{"a":'],
    ['a malformed chunk', 400, 'transfer-encoding: chunked', 'zz\r\n'],
    ['a malformed second chunk', 400, 'transfer-encoding: chunked', '3\r\n{"a\r\nzz\r\n'],
    ['a malformed trailer', 400, 'transfer-encoding: chunked', '0\r\nb\0ad\r\n\r\n'],
    ['less than its length', 400, 'content-length: 50', '{"a":'],
    ['malformed chunks of gzip', 400, 'content-encoding: gzip\r\ntransfer-encoding: chunked', 'z'],
    ['a declared length that is too large', 413, 'content-length: 999999', '{"a":'],
    ['an encoding that is not read', 415, 'content-encoding: rot13\r\ncontent-length: 1', '1'],
  ]
  const endpoints: readonly (readonly [path: string, endpoint?: string])[] = [
    ['/graphql'],
    ['/stream'],
    ['/auth/sign-in', '/auth'],
    ['/api/v1/auth/login'],
  ]

  const idOf = (...words: string[]): string => `req-${words.join('-').replaceAll(/\W/g, '-')}`

  it.each(kinds)(
    'has one status in response, metric and log: %s',
    async (name, status, head, body) => {
      const [before, aborted] = [await countsOf(status), await countsOf(499)]
      await Promise.all(
        endpoints.map(async ([path]) => {
          const id = idOf(name, path)
          const answer = await sendRaw(
            world.router.port,
            `POST ${path} HTTP/1.1\r\nhost: localhost\r\nx-request-id: ${id}\r\ncontent-type: application/json\r\nconnection: close\r\n${head}\r\n\r\n${body}`,
            { ends: name === 'less than its length' },
          )
          expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`])
          expect(answer).toContain(`X-Request-ID: ${id}\r\n`)
          expect(await loggedStatuses(id)).toEqual([status])
        }),
      )
      const after = await countsOf(status)
      for (const [path, endpoint = path] of endpoints) {
        expect(after[endpoint]).toBe((before[endpoint] ?? 0) + 1)
      }
      expect(await countsOf(499)).toEqual(aborted)
    },
  )
})

describe('a request that declares JSON and has neither a body nor a length', () => {
  it.each([
    ['POST', '/graphql', 400, '"query"'],
    ['POST', '/stream', 400, '"query"'],
    ['POST', '/auth/sign-in', 422, '"username"'],
    ['POST', '/auth/refresh', 401, 'UNAUTHENTICATED'],
    ['POST', '/auth/sign-out', 204, ''],
    ['DELETE', '/system/faults/user', 200, '"faults"'],
  ])('is read like one of length 0: %s %s', async (method, path, status, part) => {
    const answer = await sendRaw(
      world.router.port,
      `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n`,
    )
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`])
    expect(answer).toContain(part)
  })
})
