/** Hostile ways to answer over HTTP: endless, slow, compressed, redirected, reset and malformed answers. */
import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import zlib, { constants } from 'node:zlib'
import { expectData, expectFailure, type HostileCase } from './case.ts'
import { ask } from './program.ts'
import type { Manner } from './world.ts'

const good = '{"data":{"rogue":{"text":"x"}}}'
const query = '{ rogue { text } }'
const isGood = { rogue: { text: 'x' } }
const noRogue = { rogue: null }
const unavailable = 'SUBGRAPH_UNAVAILABLE'

const gzip = promisify<string | Buffer, Buffer>(zlib.gzip)
const deflate = promisify<Buffer, Buffer>(zlib.deflate)
const brotliCompress = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliCompress)

interface HttpCase {
  readonly name: string
  readonly manner: Manner
  /** A right answer is expected with `good`, a failure of the service otherwise. */
  readonly outcome?: 'good' | 'good or unavailable'
  readonly code?: string
  readonly isShort?: boolean
}

/** Packed in other threads: the honest services of this process answer meanwhile. */
const packed = (encoding: string, pack: () => Promise<Buffer>): Manner => {
  let kept: Promise<Buffer> | undefined
  return async ({ response }) => {
    const bytes = await (kept ??= pack())
    response.setHeader('content-encoding', encoding).end(bytes)
  }
}
const bomb = () => Buffer.alloc(64 * 1024 * 1024, ' ')
const plain = () => Promise.resolve(Buffer.from(good))
const quickly = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }
const status = (code: number, body: string, headers: Record<string, string> = {}): Manner => {
  return ({ response }) => response.writeHead(code, headers).end(body)
}
/** Writes bytes to the socket, past the server's own HTTP. */
const raw =
  (text: string, end: 'end' | 'reset' | 'stay' = 'end'): Manner =>
  ({ response: { socket } }) => {
    socket?.write(text, () => {
      if (end === 'end') socket.end()
      if (end === 'reset') socket.resetAndDestroy()
    })
  }

/** Writes to the socket without an end. */
const endless =
  (first: string, next: () => string): Manner =>
  ({ response: { socket } }) => {
    const write = () => {
      if (socket?.writable) socket.write(next(), () => setImmediate(write))
    }
    socket?.write(first)
    write()
  }

/** Writes a chunk again and again until the other side has gone. */
function keepWriting(response: ServerResponse, chunk: string | Buffer, everyMs?: number): void {
  const write = () => {
    if (response.destroyed) return
    if (everyMs !== undefined) {
      response.write(chunk)
      setTimeout(write, everyMs)
    } else if (response.write(chunk)) setImmediate(write)
    else response.once('drain', write)
  }
  write()
}

const megabyte = Buffer.alloc(1024 * 1024, ' ')
const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'
const withLength = `${head}content-length: ${good.length}\r\n\r\n${good}`

const cases: readonly HttpCase[] = [
  {
    name: 'an endless body',
    manner: ({ response }) => keepWriting(response, megabyte),
    isShort: true,
  },
  {
    name: 'a drop of a body every fifty milliseconds',
    manner: ({ response }) => keepWriting(response, ' ', 50),
    isShort: true,
  },
  { name: 'nothing', manner: () => undefined, isShort: true },
  { name: 'headers and nothing else', manner: raw(`${head}content-length: 100\r\n\r\n{`, 'stay') },
  {
    name: 'endless headers',
    manner: endless(head, () => `x-${Math.trunc(performance.now())}: ${'y'.repeat(1_000)}\r\n`),
  },
  {
    name: 'endless interim answers',
    manner: endless('', () => 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(100)),
  },
  { name: 'a gzip bomb', manner: packed('gzip', () => gzip(bomb())), isShort: true },
  { name: 'a deflate bomb', manner: packed('deflate', () => deflate(bomb())) },
  { name: 'a brotli bomb', manner: packed('br', () => brotliCompress(bomb(), quickly)) },
  { name: 'a bomb in a bomb', manner: packed('gzip, gzip', async () => gzip(await gzip(bomb()))) },
  { name: 'an unknown encoding', manner: packed('zstd-9', plain) },
  {
    name: 'gzip that ends early',
    manner: packed('gzip', async () => (await gzip(good)).subarray(0, 20)),
  },
  { name: 'an encoding that it does not have', manner: packed('gzip', plain) },
  {
    name: 'a redirect to another host',
    manner: status(302, '', { location: 'http://127.0.0.1:1/secret' }),
    isShort: true,
  },
  { name: 'a redirect that keeps the method', manner: status(307, '', { location: '/graphql' }) },
  {
    name: 'a redirect to a file',
    manner: status(301, good, { location: 'file:///etc/passwd' }),
    outcome: 'good or unavailable',
  },
  { name: 'status 204', manner: status(204, '') },
  { name: 'status 304', manner: status(304, '') },
  { name: 'status 500 with a page', manner: status(500, '<html>error at 10.0.0.1</html>') },
  { name: 'status 500 with a GraphQL body', manner: status(500, good), outcome: 'good' },
  { name: 'status 401', manner: status(401, ''), code: 'UNAUTHENTICATED' },
  { name: 'status 403', manner: status(403, '{}'), code: 'FORBIDDEN' },
  { name: 'status 999', manner: raw('HTTP/1.1 999 Odd\r\ncontent-length: 2\r\n\r\n{}') },
  { name: 'a reset before the headers', manner: raw('', 'reset'), isShort: true },
  { name: 'a reset within the headers', manner: raw('HTTP/1.1 200 O', 'reset') },
  {
    name: 'a reset within the body',
    manner: raw(`${head}content-length: 1000\r\n\r\n{"data":`, 'reset'),
  },
  {
    name: 'a body that is shorter than promised',
    manner: raw(`${head}content-length: 1000\r\n\r\n${good}`),
  },
  {
    name: 'a body that is longer than promised',
    manner: raw(`${withLength}HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc`),
    outcome: 'good or unavailable',
  },
  {
    name: 'two lengths',
    manner: raw(`${head}content-length: ${good.length}\r\ncontent-length: 5\r\n\r\n${good}`),
  },
  {
    name: 'a length and chunks',
    manner: raw(
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n1f\r\n${good}\r\n0\r\n\r\n`,
    ),
    outcome: 'good or unavailable',
  },
  {
    name: 'a chunk of a size that is no number',
    manner: raw(`${head}transfer-encoding: chunked\r\n\r\nzz\r\n${good}\r\n0\r\n\r\n`),
  },
  {
    name: 'a chunk of an enormous size',
    manner: raw(`${head}transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n${good}`),
  },
  {
    name: 'trailers',
    manner: raw(
      `${head}transfer-encoding: chunked\r\ntrailer: x\r\n\r\n1f\r\n${good}\r\n0\r\nx: y\r\n\r\n`,
    ),
    outcome: 'good',
  },
  {
    name: 'trailers without an end',
    manner: endless(
      `${head}transfer-encoding: chunked\r\n\r\n1f\r\n${good}\r\n0\r\n`,
      () => `x: ${'y'.repeat(1_000)}\r\n`,
    ),
  },
  {
    name: 'a change of protocol',
    manner: raw('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  },
  { name: 'bytes that are not HTTP', manner: raw('\u0016\u0003\u0001\u0002\u0000') },
  {
    name: 'an answer that is not asked for, and then the right one',
    manner: raw(`HTTP/1.1 100 Continue\r\n\r\n${withLength}`),
    outcome: 'good or unavailable',
  },
  {
    name: 'a cache policy that is no number',
    manner: ({ response }) =>
      response
        .setHeader('cache-control', 'max-age=99999999999999999999999, max-age=-1, private, public')
        .end(good),
    outcome: 'good',
  },
]

const toCase = ({
  name,
  manner,
  outcome,
  code = unavailable,
  isShort = false,
}: HttpCase): HostileCase => ({
  name: `an answer over HTTP: ${name}`,
  isShort,
  attack: async ({ url, world }) => {
    world.answerBy(manner)
    const answer = await ask(url, query)
    assert.ok(!answer.text.includes('127.0.0.1'), answer.text)
    if (outcome === 'good' || (outcome !== undefined && answer.errors.length === 0))
      expectData(answer, isGood)
    else expectFailure(answer, noRogue, code)
    world.answerBy(({ response }) => response.end(good))
    expectData(await ask(url, query), isGood)
  },
})

const crowd: HostileCase = {
  name: 'five hundred calls to a service that says nothing',
  attack: async ({ url, world }) => {
    world.answerBy(() => undefined)
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        ask(
          url,
          `query ($v: Boolean!) { a: rogue { text } b${index % 7}: __typename @include(if: $v) }`,
          { v: false },
        ),
      ),
    )
    for (const answer of answers) expectFailure(answer, { a: null }, unavailable)
  },
}

export const hostileHttp: readonly HostileCase[] = [...cases.map(toCase), crowd]
