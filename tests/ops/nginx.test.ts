import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { errorCodes } from '@cnop/schema/codes'
import { apiPattern, pagePattern } from '@cnop/schema/paths'
import { nginxConfiguration, type RunningNginx, startNginx } from '../world/nginx.ts'

let root: string
let upstream: Server
let nginx: RunningNginx
let origin: string

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'cnop-html-'))
  writeFileSync(join(root, 'index.html'), '<title>dashboard</title>')
  upstream = createServer((request, response) => {
    if (request.url === '/api/v1/refused') response.statusCode = 405
    response.end(`router ${request.url ?? ''} for ${String(request.headers['x-forwarded-for'])}`)
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  nginx = await startNginx({ root, upstreamPort: (upstream.address() as AddressInfo).port })
  origin = nginx.origin
})

afterAll(async () => {
  await nginx.stop()
  upstream.close()
  rmSync(root, { recursive: true, force: true })
})

it('passes on the paths of the shared list', () => {
  expect(nginxConfiguration()).toContain(`location ~* "${apiPattern}" {`)
  expect(nginxConfiguration()).toContain(`location ~ "${pagePattern}" {`)
})

it.each([
  '/graphql',
  '/auth/refresh',
  '/api/v1/orders',
  '/stream',
  '/playground/',
  '/docs/',
  '/health',
  '/system/traces',
])('passes %s to the router with the forwarded headers', async (path) => {
  expect(await (await fetch(origin + path)).text()).toBe(`router ${path} for 127.0.0.1`)
})

it.each(['/', '/dashboard', '/system', '/market/BTC'])(
  'serves the dashboard for %s with its policy',
  async (path) => {
    const response = await fetch(origin + path)
    expect(await response.text()).toContain('dashboard')
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
  },
)

it('does not serve the dashboard for a missing file', async () => {
  const response = await fetch(`${origin}/static/gone.js`)
  expect(response.status).toBe(404)
  expect(await response.json()).toEqual({ message: errorCodes.NOT_FOUND, code: 'NOT_FOUND' })
})

/** The answer to a request as it is written, of which no client would send one like this. */
async function answerTo(text: string): Promise<{ head: string; body: unknown }> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  socket.write(text)
  let answer = ''
  for await (const part of socket) {
    answer += String(part)
    if (answer.endsWith('}')) break
  }
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { head, body: JSON.parse(body) as unknown }
}

it.each([
  ['a method that files do not have', 'POST /index.html', 405, 'METHOD_NOT_ALLOWED'],
  ['a method that pages do not have', 'DELETE /dashboard', 405, 'METHOD_NOT_ALLOWED'],
  ['a body that is too large', 'POST /graphql', 413, 'REQUEST_TOO_LARGE'],
  ['an address that is too long', `GET /${'a'.repeat(9_000)}`, 414, 'HEADERS_TOO_LARGE'],
  ['headers that are too large', 'GET /large', 431, 'HEADERS_TOO_LARGE'],
  ['a request that is none', 'GET', 400, 'BAD_REQUEST'],
])('refuses %s in JSON', async (_name, line, status, code) => {
  const length = status === 413 ? 2_000_000 : 0
  const large = status === 431 ? `X-Large: ${'a'.repeat(9_000)}\r\n` : ''
  const { head, body } = await answerTo(
    `${line} HTTP/1.1\r\nHost: a\r\n${large}Content-Length: ${length}\r\nConnection: close\r\n\r\n`,
  )
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(head).toMatch(/^content-type: application\/json; charset=utf-8$/im)
  expect(head).toMatch(/^cache-control: no-store$/im)
  expect(/^allow: (.*)$/im.exec(head)?.[1]).toBe(status === 405 ? 'GET, HEAD' : undefined)
  expect(body).toMatchObject({ code })
})

it('answers in JSON while no router does', async () => {
  const closed = createServer()
  closed.listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  closed.close()
  const alone = await startNginx({ root, upstreamPort: port })
  try {
    const response = await fetch(`${alone.origin}/graphql`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(502)
    const message = errorCodes.OUTCOME_UNKNOWN
    expect(await response.json()).toEqual({ message, code: 'OUTCOME_UNKNOWN' })
  } finally {
    await alone.stop()
  }
})

it('passes on the refusals of the router as they are', async () => {
  const response = await fetch(`${origin}/api/v1/refused`)
  expect(response.status).toBe(405)
  expect(await response.text()).toBe('router /api/v1/refused for 127.0.0.1')
  expect((await fetch(`${origin}/-/refused`)).status).toBe(404)
})

it('sends HSTS to browsers that used https', async () => {
  const header = async (headers: Record<string, string>): Promise<string | null> =>
    (await fetch(`${origin}/`, { headers })).headers.get('strict-transport-security')
  expect(await header({})).toBeNull()
  expect(await header({ 'x-forwarded-proto': 'https' })).toBe('max-age=31536000; includeSubDomains')
})
