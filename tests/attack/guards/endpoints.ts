import { connect } from 'node:net'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import type { ErrorCode } from '@cnop/schema/codes'
import type { Attack } from '../attack.ts'
import { expectRefusal, expectThat, refusedLetter } from './repel.ts'
import type { GuardWorld, Target } from './world.ts'

const query = '{ market { feed } }'
const form = 'query=%7B__typename%7D'

/** Requests that a foreign page can make a browser send without a preflight. */
const fromForeignPages: readonly Attack<GuardWorld>[] = [
  ...[
    ['application/x-www-form-urlencoded', form],
    ['text/plain', JSON.stringify({ query })],
    [
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n${query}\r\n--x--`,
    ],
  ].map(([type = '', body]) =>
    refusedLetter({
      name: `a form as ${type}`,
      letter: { headers: { 'content-type': type }, body },
      codes: ['UNSUPPORTED_MEDIA_TYPE'],
      status: 415,
    }),
  ),
  refusedLetter({
    name: 'a query in a URL, as an image would request it',
    letter: { method: 'GET', path: `/graphql?query=${encodeURIComponent(query)}` },
    codes: ['CSRF_REFUSED'],
  }),
  refusedLetter({
    name: 'a query in a URL with a content type that a form may have',
    letter: {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent(query)}`,
      headers: { 'content-type': 'text/plain' },
    },
    codes: ['CSRF_REFUSED'],
  }),
  refusedLetter({
    name: 'a mutation in a URL',
    letter: {
      method: 'GET',
      path: `/graphql?query=${encodeURIComponent('mutation { signOut { signedOutAt } }')}`,
      headers: { 'apollo-require-preflight': 'yes' },
    },
    codes: ['METHOD_NOT_ALLOWED'],
    status: 405,
  }),
  refusedLetter({
    name: 'a sign-in by a form of another page',
    letter: {
      path: '/auth/sign-in',
      headers: { 'content-type': 'text/plain', origin: 'https://evil.example' },
      body: JSON.stringify({ username: 'demo', password: 'x' }),
    },
    codes: ['UNSUPPORTED_MEDIA_TYPE'],
  }),
  refusedLetter({
    name: 'a refresh by a form of another page',
    letter: {
      path: '/auth/refresh',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a=b',
    },
    codes: ['UNSUPPORTED_MEDIA_TYPE'],
  }),
  {
    name: 'a preflight of another origin',
    run: async ({ open }) => {
      const { headers } = await open.send({
        method: 'OPTIONS',
        headers: {
          origin: 'https://evil.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      })
      expectThat(headers['access-control-allow-origin'] === undefined, headers)
    },
  },
]

/** A body of an unsupported type: the refusal names the header and its accepted values. */
const refusedBody = (
  path: string,
  name: string,
  value: string,
  reason: RegExp,
): Attack<GuardWorld> => ({
  name: `${name}: ${value} at ${path}`,
  run: async ({ open }) => {
    const accept = path === '/stream' ? 'text/event-stream' : '*/*'
    const letter = { path, headers: { accept, [name]: value }, body: { query } }
    const { text } = await expectRefusal(open, letter, {
      codes: ['UNSUPPORTED_MEDIA_TYPE'],
      status: 415,
    })
    expectThat(text.includes(name) && reason.test(text), text)
  },
})

const jsonHead = 'host: localhost\r\ncontent-type: application/json'
const chunkedPost = `POST /graphql HTTP/1.1\r\n${jsonHead}\r\ntransfer-encoding: `
const chunks = `${query.length.toString(16)}\r\n${query}\r\n0\r\n\r\n`

/** Requests that the parser accepts, and that another server on the way may read differently. */
const misframed: readonly (readonly [name: string, head: string])[] = [
  ['a request line of HTTP/0.9', 'GET /health\r\nhost: localhost'],
  ['HTTP/2 without its preface', `POST /graphql HTTP/2.0\r\n${jsonHead}`],
  ['a coding under the chunks', `${chunkedPost}gzip, chunked`],
  ['a coding that does nothing under the chunks', `${chunkedPost}identity, chunked`],
  ['codings in two headers', `${chunkedPost}gzip\r\ntransfer-encoding: chunked`],
  ['chunks in HTTP/1.0', `${chunkedPost}chunked`.replace('1.1', '1.0')],
]

const jsonBody = 'content-type: application/json\r\ncontent-length: 9'

/** Requests with `Expect: 100-continue` that are refused by the rest of their headers. */
const heldBack: readonly (readonly [head: string, status: number, code: ErrorCode])[] = [
  ['POST /nothing HTTP/1.1\r\ncontent-length: 9', 404, 'NOT_FOUND'],
  ['PUT /graphql HTTP/1.1\r\ncontent-length: 9', 405, 'METHOD_NOT_ALLOWED'],
  ['POST /graphql HTTP/1.1\r\ncontent-length: 9', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  [
    'POST /graphql HTTP/1.1\r\ncontent-length: 9\r\nauthorization: Bearer x',
    401,
    'UNAUTHENTICATED',
  ],
  [
    'POST /graphql HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 999999',
    413,
    'REQUEST_TOO_LARGE',
  ],
  ['PUT /system/blocks/192.0.2.1 HTTP/1.1\r\ncontent-length: 9', 401, 'UNAUTHENTICATED'],
  ['GET /export/activity.csv HTTP/1.1\r\ncontent-length: 9', 401, 'UNAUTHENTICATED'],
  ['GET /export/activity.json?a=1 HTTP/1.1\r\ncontent-length: 9', 400, 'BAD_REQUEST'],
  [`POST /auth/refresh HTTP/1.1\r\n${jsonBody}`, 401, 'UNAUTHENTICATED'],
  [
    `POST /auth/sign-out HTTP/1.1\r\n${jsonBody}\r\nauthorization: Bearer x`,
    401,
    'UNAUTHENTICATED',
  ],
  ['GET /graphql?query=%7Ba%7D HTTP/1.1\r\ncontent-length: 9', 400, 'CSRF_REFUSED'],
  [`POST /stream HTTP/1.1\r\n${jsonBody}\r\naccept: text/html`, 400, 'BAD_REQUEST'],
  [
    `POST /stream HTTP/1.1\r\n${jsonBody}\r\naccept: text/event-stream\r\norigin: https://evil.example`,
    400,
    'CSRF_REFUSED',
  ],
  ['GET /health?a=1 HTTP/1.1\r\ncontent-length: 9', 400, 'BAD_REQUEST'],
  ['GET /system/traces?a=1 HTTP/1.1\r\ncontent-length: 9', 400, 'BAD_REQUEST'],
  [
    `POST /graphql HTTP/1.1\r\n${jsonBody}\r\ncontent-encoding: rot13`,
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'POST /api/v1/auth/login HTTP/1.1\r\ncontent-type: application/json; charset=latin1\r\ncontent-length: 9',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['POST /graphql HTTP/1.1\r\nexpect: a-miracle', 417, 'EXPECTATION_FAILED'],
]

/** Invalid HTTP or JSON. */
const malformed: readonly Attack<GuardWorld>[] = [
  refusedLetter({ name: 'truncated JSON', letter: { body: '{"query":' }, codes: ['BAD_REQUEST'] }),
  refusedLetter({ name: 'JSON that is not an object', letter: { body: '"query"' } }),
  refusedLetter({ name: 'a query that is not a string', letter: { body: { query: { $ne: 1 } } } }),
  refusedLetter({
    name: 'variables that are not an object',
    letter: { body: { query, variables: 'x' } },
  }),
  refusedLetter({
    name: '50 MB compressed to 50 kB',
    letter: {
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(50_000_000, ' ')),
    },
    codes: ['REQUEST_TOO_LARGE'],
  }),
  ...['/graphql', '/stream', '/auth/sign-in', '/api/v1/auth/login'].flatMap((path) => [
    refusedBody(path, 'content-encoding', 'rot13', /must be identity, gzip, deflate or br/),
    refusedBody(path, 'content-type', 'application/json; charset=latin1', /must be utf-8/),
    refusedBody(path, 'content-type', 'application/json; charset=utf-16le', /must be utf-8/),
  ]),
  refusedLetter({
    name: 'bytes that are not UTF-8',
    letter: { body: Buffer.from(`{"query":"${query} #\xff"}`, 'latin1') },
    codes: ['BAD_REQUEST'],
  }),
  {
    name: 'bytes that are not HTTP',
    run: ({ open }) => expectRawRefusal(open, 'NONSENSE\r\n\r\n', [400, 'BAD_REQUEST']),
  },
  {
    name: 'a request without a host',
    run: ({ open }) => expectRawRefusal(open, 'GET / HTTP/1.1\r\n\r\n', [400, 'BAD_REQUEST']),
  },
  {
    name: 'an expectation that nobody knows',
    run: ({ open }) =>
      expectRawRefusal(open, 'GET / HTTP/1.1\r\nhost: localhost\r\nexpect: a-miracle\r\n\r\n', [
        417,
        'EXPECTATION_FAILED',
      ]),
  },
  ...misframed.map(([name, head]) => ({
    name,
    run: ({ open }: GuardWorld) =>
      expectRawRefusal(open, `${head}\r\n\r\n${chunks}`, [400, 'BAD_REQUEST']),
  })),
  ...heldBack.map(([head, status, code]) => ({
    name: `a body held back behind ${head.split('\r\n').join(', ')}`,
    run: ({ open }: GuardWorld) =>
      expectRawRefusal(
        open,
        `${head}\r\nhost: localhost\r\nexpect: 100-continue\r\n\r\n`,
        // Not 100: the headers alone are enough to refuse.
        [status, code],
      ),
  })),
  {
    name: 'headers of 100 kB',
    run: ({ open }) =>
      expectRawRefusal(
        open,
        `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`,
        [431, 'HEADERS_TOO_LARGE'],
      ),
  },
]

/** Writes bytes to the socket. The response must also contain the rate-limit headers. */
async function expectRawRefusal(
  target: Target,
  bytes: string,
  [status, code]: readonly [status: number, code: ErrorCode],
): Promise<void> {
  const before = await target.countCalls()
  const { hostname, port } = new URL(target.origin)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  socket.write(bytes)
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString()))
  await once(socket, 'close')
  expectThat(answer.startsWith(`HTTP/1.1 ${status} `), answer || 'no answer')
  expectThat(answer.includes('X-RateLimit-Remaining: '), answer)
  const [, body = ''] = answer.split('\r\n\r\n')
  JSON.parse(body)
  expectThat(body.includes(`"code":"${code}"`), answer)
  expectThat((await target.countCalls()) === before, 'a subgraph was called')
}

export const endpointAttacks = [...fromForeignPages, ...malformed]
