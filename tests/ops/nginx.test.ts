import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
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

it('sends HSTS to browsers that used https', async () => {
  const header = async (headers: Record<string, string>): Promise<string | null> =>
    (await fetch(`${origin}/`, { headers })).headers.get('strict-transport-security')
  expect(await header({})).toBeNull()
  expect(await header({ 'x-forwarded-proto': 'https' })).toBe('max-age=31536000; includeSubDomains')
})
