import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type Child, findOnPath, freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'

let directory: string
let upstream: Server
let nginx: Child
let origin: string

/** The image's own configuration with the addresses of this test in it. */
function configure(port: number, upstreamPort: number): string {
  const text = readFileSync(new URL('../../ops/docker/nginx.conf', import.meta.url), 'utf8')
  return `daemon off;\n${text}`
    .replaceAll('/tmp/', `${directory}/`)
    .replace('server router:8080;', `server 127.0.0.1:${upstreamPort};`)
    .replace('listen 3000;', `listen 127.0.0.1:${port};`)
    .replace('root /usr/share/nginx/html;', `root ${directory};`)
}

async function waitForNginx(): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const isUp = await fetch(origin).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await delay(10)
  }
  throw new Error(`nginx did not start: ${nginx.lastWords()}`)
}

beforeAll(async () => {
  const binary = findOnPath('nginx')
  if (!binary) throw new Error('This test needs nginx: install it (apt-get install nginx-light).')
  directory = mkdtempSync(join(tmpdir(), 'cnop-nginx-'))
  // The workers of nginx are nobody when its master is root.
  chmodSync(directory, 0o755)
  writeFileSync(join(directory, 'index.html'), '<title>dashboard</title>')
  upstream = createServer((request, response) => {
    response.end(`router ${request.url ?? ''} for ${String(request.headers['x-forwarded-for'])}`)
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const port = await freeLoopbackPort()
  origin = `http://127.0.0.1:${port}`
  const file = join(directory, 'nginx.conf')
  writeFileSync(file, configure(port, (upstream.address() as AddressInfo).port))
  nginx = await startChild(binary, ['-c', file, '-p', directory])
  await waitForNginx()
})

afterAll(async () => {
  await stopChild(nginx)
  upstream.close()
  rmSync(directory, { recursive: true, force: true })
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
])('passes %s to the router and says for whom', async (path) => {
  expect(await (await fetch(origin + path)).text()).toBe(`router ${path} for 127.0.0.1`)
})

it.each(['/', '/dashboard', '/system', '/market/BTC'])(
  'answers %s with the dashboard under its policy',
  async (path) => {
    const response = await fetch(origin + path)
    expect(await response.text()).toContain('dashboard')
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
  },
)

it('does not answer a missing file with the dashboard', async () => {
  expect((await fetch(`${origin}/static/gone.js`)).status).toBe(404)
})

it('sends browsers back by https where they came by https', async () => {
  const header = async (headers: Record<string, string>): Promise<string | null> =>
    (await fetch(`${origin}/`, { headers })).headers.get('strict-transport-security')
  expect(await header({})).toBeNull()
  expect(await header({ 'x-forwarded-proto': 'https' })).toBe('max-age=31536000; includeSubDomains')
})
