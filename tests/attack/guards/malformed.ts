import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Attack } from '../attack.ts'
import { expectThat } from './repel.ts'
import type { GuardWorld } from './world.ts'

type Port = 'api' | 'web'

interface Raw {
  readonly name: string
  readonly bytes: string | Buffer
  readonly ports?: readonly Port[]
  /** Whether a success is accepted, for requests that only look malformed. */
  readonly isHarmless?: boolean
}

const nested = (open: string, close: string, levels: number): string =>
  `${open.repeat(levels)}${close.repeat(levels)}`

const post = (path: string, body: string | Buffer, headers = ''): Buffer =>
  Buffer.concat([
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n`,
    ),
    Buffer.from(body),
  ])

const get = (target: string, headers = ''): string =>
  `GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n`

const login = '/api/v1/auth/login'
const credentials = '{"username":"nobody_here","password":"Wrong-Word-2026!"}'
const jsonPaths = [login, '/graphql', '/auth/sign-in', '/stream']

/** Clients that accept plain JSON receive GraphQL syntax errors with status 200. */
const returnsErrorsIn200 = (path: string): boolean => path === '/graphql'

const bodies: readonly Raw[] = jsonPaths.flatMap((path) => [
  { name: `5,000 nested arrays to ${path}`, bytes: post(path, nested('[', ']', 5_000)) },
  { name: `100,000 nested arrays to ${path}`, bytes: post(path, nested('[', ']', 100_000)) },
  {
    name: `20,000 nested objects to ${path}`,
    bytes: post(path, `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`),
  },
  {
    name: `deep variables to ${path}`,
    bytes: post(
      path,
      `{"query":"query ($i: SignInInput!) { signIn(input: $i) { accessToken } }","username":${nested('[', ']', 9_000)},"variables":{"i":${nested('[', ']', 9_000)}}}`,
    ),
  },
  {
    name: `__proto__ to ${path}`,
    bytes: post(path, '{"__proto__":{"query":"{ me }"},"constructor":1}'),
  },
  {
    name: `a lone surrogate to ${path}`,
    bytes: post(path, '{"username":"\\ud800","query":"\\udfff","password":"\\ud800"}'),
  },
  {
    name: `NUL to ${path}`,
    isHarmless: returnsErrorsIn200(path),
    bytes: post(path, '{"username":"a\\u0000b","query":"\\u0000","password":"\\u0000"}'),
  },
  {
    name: `bytes that are not UTF-8 to ${path}`,
    bytes: post(path, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
  },
  { name: `a byte order mark to ${path}`, bytes: post(path, Buffer.from('\ufeff{"query":1}')) },
  {
    name: `a body that is not gzip to ${path}`,
    bytes: post(path, credentials, 'content-encoding: gzip\r\n'),
  },
  {
    name: `a truncated gzip to ${path}`,
    bytes: post(path, gzipSync(credentials).subarray(0, 20), 'content-encoding: gzip\r\n'),
  },
  {
    name: `two encodings to ${path}`,
    bytes: post(path, credentials, 'content-encoding: gzip, br\r\n'),
  },
  {
    name: `chunks without a size to ${path}`,
    bytes: `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
  },
  {
    name: `two lengths to ${path}`,
    bytes: `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}}`,
  },
  {
    name: `a length and chunks to ${path}`,
    bytes: `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  },
  {
    name: `a negative length to ${path}`,
    bytes: `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n`,
  },
])

const wrongPaths = [
  '/%',
  '/%E0%A4%A',
  '/%00',
  '/api/v1/inventory/assets/%',
  '/api/v1/inventory/assets/%FF%FE',
  '/api/v1/orders/%2',
  '/system/blocks/%25',
  '/system/traces/%',
  '/assets/%E0%A4%A.svg',
  '/docs/%',
  '/playground/%c0%ae%c0%ae/%',
  '/static/%',
  '/static/none.js',
  '/export/%',
]

const targets: readonly Raw[] = [
  ...wrongPaths.map((path) => ({
    name: `the path ${path}`,
    bytes: get(path),
    ports: ['api', 'web'] as const,
    // The dashboard displays its own page for unknown paths.
    isHarmless: path === '/%00',
  })),
  { name: 'a target that is not a URL', bytes: get('http://['), ports: ['api', 'web'] },
  { name: 'a target of another protocol', bytes: get('ftp://x/graphql'), ports: ['api', 'web'] },
  {
    name: 'a path of two slashes and a bracket',
    bytes: get('//['),
    ports: ['api', 'web'],
    isHarmless: true,
  },
  {
    name: 'a whole URL as target',
    bytes: get('http://x/health'),
    ports: ['api', 'web'],
    isHarmless: true,
  },
  // A range may be ignored (RFC 9110, section 14.2).
  {
    name: 'a range beyond a file',
    bytes: get('/docs/swagger-ui.css', 'range: bytes=9999999-\r\n'),
    isHarmless: true,
  },
  {
    name: 'a condition that a file does not meet',
    bytes: get('/docs/swagger-ui.css', 'if-match: "another"\r\n'),
  },
  {
    name: 'a range beyond the page',
    bytes: get('/favicon.svg', 'range: bytes=9999999-\r\n'),
    ports: ['web'],
    isHarmless: true,
  },
  {
    name: 'deep variables in a URL',
    bytes: get(
      `/graphql?query=%7B__typename%7D&variables=${encodeURIComponent(nested('[', ']', 2_000)).slice(0, 12_000)}`,
      'apollo-require-preflight: 1\r\n',
    ),
  },
  {
    name: 'parameters that are no UTF-8',
    bytes: get('/graphql?query=%7B__typename%7D%ff', 'apollo-require-preflight: 1\r\n'),
  },
  { name: 'a query string of 15 kB', bytes: get(`/export/activity.csv?${'a'.repeat(15_000)}`) },
  {
    name: 'a query string of 100 kB',
    bytes: get(`/health?${'a'.repeat(100_000)}`),
    ports: ['api', 'web'],
  },
  { name: 'an unknown expectation', bytes: get('/health', 'expect: everything\r\n') },
  {
    name: 'the method TRACE',
    bytes: `TRACE /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
    ports: ['api', 'web'],
  },
  {
    name: 'an invalid method',
    bytes: `FROBNICATE / HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    ports: ['api', 'web'],
  },
  { name: 'no host', bytes: 'GET /health HTTP/1.1\r\n\r\n', ports: ['api', 'web'] },
  {
    name: 'HTTP of another version',
    bytes: 'GET /health HTTP/9.9\r\nhost: localhost\r\n\r\n',
    ports: ['api', 'web'],
  },
  {
    name: 'the start of a TLS handshake',
    bytes: Buffer.from('160301020001', 'hex'),
    ports: ['api', 'web'],
  },
  {
    name: 'a header with a line break',
    bytes: get('/health', 'x-a: b\rc\r\n'),
    ports: ['api', 'web'],
  },
  {
    name: 'a form posted to the dashboard',
    bytes:
      'POST /dashboard HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 3\r\n\r\na=b',
    ports: ['web'],
  },
]

/** Internals that no response may contain: stack frames, file paths, package names. */
export const internals = /node_modules|\bat [\w.<>]+ \(|file:\/\/|\.ts:\d|\/src\/|X-Powered-By/i

/** Sends the bytes and returns the complete response; `ends` says that no further bytes will come. */
export async function sendRaw(
  port: number,
  bytes: string | Buffer,
  { ends = false }: { readonly ends?: boolean } = {},
): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  let answer = ''
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
  await once(socket, 'connect')
  // The socket stays open: a server drops pending responses when its client disconnects.
  socket.write(bytes)
  if (ends) socket.end()
  if (!socket.closed) await once(socket, 'close')
  return answer
}

const portOf = ({ open }: GuardWorld, port: Port): number =>
  (port === 'api' ? open.world.router.port : open.world.router.webPort) ?? 0

export const malformed: readonly Raw[] = [...bodies, ...targets]

/** Malformed HTTP: each request is refused with a 4xx, and the response reveals no internals. */
export const malformedAttacks: readonly Attack<GuardWorld>[] = malformed.flatMap(
  ({ name, bytes, ports = ['api'], isHarmless = false }) =>
    ports.map((port) => ({
      name: `${name} (${port})`,
      run: async (world: GuardWorld) => {
        const answer = await sendRaw(portOf(world, port), bytes)
        const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0)
        const isFine = isHarmless && status === 200
        expectThat(isFine || (status >= 400 && status < 500), answer.slice(0, 600) || 'no answer')
        expectThat(!internals.test(answer), answer.slice(0, 2_000))
      },
    })),
)
