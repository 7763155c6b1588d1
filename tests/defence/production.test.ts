import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freeLoopbackPort } from '@cnop/kit/child'
import { loadRouterConfig } from '@cnop/router/config'
import { request } from 'undici'
import { internals, malformed, sendRaw } from '../attack/guards/malformed.ts'
import { startRemoteWorld, type RemoteWorld } from '../world/remote.ts'
import { startWorld, type World } from '../world/world.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))

let world: World
let demo: World
let metricsPort: number
beforeAll(async () => {
  metricsPort = await freeLoopbackPort()
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const web = { WEB_ENABLED: 'true', WEB_PORT: '0' }
  world = await startWorld({
    ...web,
    APP_PROFILE: 'production',
    STORE: 'embedded',
    JWT_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    METRICS_PORT: String(metricsPort),
  })
  demo = await startWorld(web)
})
afterAll(async () => {
  await world.stop()
  await demo.stop()
})

const portsOf = ({ router }: World): number[] => [router.port, router.webPort ?? 0]

interface Asked {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly headers?: Record<string, string>
  readonly body?: string
}

async function ask(port: number, path: string, { method = 'GET', ...rest }: Asked = {}) {
  const { statusCode, headers, body } = await request(`http://127.0.0.1:${port}${path}`, {
    method,
    ...rest,
  })
  return { status: statusCode, headers, text: await body.text() }
}

const html = { accept: 'text/html,application/xhtml+xml' }
const json = { 'content-type': 'application/json' }

describe('production', () => {
  it('has no demo accounts', async () => {
    const { status, text } = await ask(world.router.port, '/auth/demo')
    expect([status, JSON.parse(text)]).toEqual([200, { isAvailable: false }])
    const posted = { method: 'POST', headers: json, body: '{}' } as const
    const refused = await ask(world.router.port, '/auth/demo', posted)
    expect([refused.status, refused.headers['allow']]).toEqual([405, 'GET, HEAD'])
    const offered = await ask(demo.router.port, '/auth/demo')
    expect(JSON.parse(offered.text)).toEqual({ isAvailable: true })
  })

  it.each(['/docs', '/docs/openapi.json', '/playground/', '/system/faults', '/metrics'])(
    'does not serve %s',
    async (path) => {
      for (const port of portsOf(world)) {
        const { status, text } = await ask(port, path, { headers: html })
        // Metrics have no path on the port of the dashboard, which returns the dashboard for an unknown path.
        const isDashboard = text.includes('<div id="root">')
        expect([404, isDashboard ? 200 : 404]).toContain(status)
        expect(text).not.toMatch(/swagger|graphiql|process_cpu/i)
      }
    },
  )

  it('sends HSTS in every response of every port', async () => {
    const asked: readonly (readonly [string, Asked?])[] = [
      ['/'],
      ['/static/none.js'],
      ['/%'],
      ['/health'],
      ['/nothing/here'],
      ['/graphql', { method: 'POST', headers: json, body: '{"query":"{ me { username } }"}' }],
      ['/graphql', { method: 'POST', headers: json, body: '{' }],
      ['/graphql', { method: 'POST', headers: json, body: ' '.repeat(300_000) }],
      ['/api/v1/balance'],
      ['/auth/refresh', { method: 'POST', headers: json, body: '{}' }],
      ['/system/audit'],
    ]
    for (const port of [...portsOf(world), metricsPort]) {
      for (const [path, options] of asked) {
        const { headers } = await ask(port, path, options)
        expect([port, path, headers['strict-transport-security']]).toEqual([
          port,
          path,
          'max-age=31536000; includeSubDomains',
        ])
      }
      const broken = await sendRaw(port, 'NONSENSE\r\n\r\n')
      expect(broken).toContain('Strict-Transport-Security: max-age=31536000')
    }
  })

  it('serves metrics to this machine only', async () => {
    expect((await ask(metricsPort, '/metrics')).text).toContain('process_cpu_seconds_total')
    const elsewhere = connect({ port: metricsPort, host: '127.0.0.77' })
    const [error] = (await once(elsewhere, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })

  it('compresses metrics, and refuses parameters and other hosts on the metrics port', async () => {
    for (const [accepted, encoding] of [
      ['gzip, br', 'br'],
      ['gzip', 'gzip'],
      ['', undefined],
    ]) {
      const { headers } = await ask(metricsPort, '/metrics', {
        headers: { 'accept-encoding': accepted ?? '' },
      })
      expect([accepted, headers['content-encoding']]).toEqual([accepted, encoding])
    }
    for (const search of ['?name=up', '?name=up&name=down']) {
      const { status, text } = await ask(metricsPort, `/metrics${search}`)
      expect([status, JSON.parse(text)]).toMatchObject([
        400,
        { code: 'BAD_REQUEST', details: { field: 'name' } },
      ])
    }
    const { status, text } = await ask(metricsPort, '/metrics', {
      headers: { host: 'rebound.example' },
    })
    expect([status, JSON.parse(text)]).toMatchObject([421, { code: 'HOST_NOT_ALLOWED' }])
    const absolute =
      'GET http://rebound.example/metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'
    expect(await sendRaw(metricsPort, absolute)).toMatch(/^HTTP\/1\.1 421 /)
  })

  it('returns 4xx for malformed HTTP on the metrics port', async () => {
    for (const { name, bytes } of malformed) {
      const answer = await sendRaw(metricsPort, bytes)
      const [, status] = /^HTTP\/1\.1 (\d)/.exec(answer) ?? []
      expect([name, status, internals.test(answer)]).toEqual([name, '4', false])
    }
  })
})

describe.each([
  ['production', () => world],
  ['the demo', () => demo],
])('%s', (_name, which) => {
  it('sends no third-party page for a GET of /graphql', async () => {
    for (const port of portsOf(which())) {
      const { status, text } = await ask(port, '/graphql', { headers: html })
      expect(status).toBe(400)
      expect(text).not.toMatch(/<html|cdn\.|apollographql/i)
    }
  })

  it('names no software in its headers', async () => {
    for (const port of portsOf(which())) {
      for (const path of ['/', '/health', '/none', '/static/none.js', '/%', '/metrics', '/docs']) {
        const { headers } = await ask(port, path)
        expect([path, headers['x-powered-by'], headers['server']]).toEqual([
          path,
          undefined,
          undefined,
        ])
      }
    }
    const { headers } = await ask(metricsPort, '/metrics')
    expect(headers['x-powered-by']).toBeUndefined()
  })
})

describe('the demo, which has no certificate', () => {
  it('does not send browsers to https', async () => {
    for (const port of portsOf(demo)) {
      expect((await ask(port, '/health')).headers['strict-transport-security']).toBeUndefined()
    }
  })
})

describe('the port of a subgraph', () => {
  let remote: RemoteWorld
  beforeAll(async () => {
    remote = await startRemoteWorld()
  })
  afterAll(() => remote.stop())

  it.each(['/internal/jwks', '/internal/ended-sessions', '/internal/traces', '/graphql'])(
    'returns %s only to signed calls of the router',
    async (path) => {
      const { port } = new URL(remote.subgraph('user').url)
      for (const method of ['GET', 'POST'] as const) {
        const body = method === 'POST' ? { headers: json, body: path } : {}
        const { status, text } = await ask(Number(port), path, { method, ...body })
        expect([403, 404]).toContain(status)
        expect(text).not.toMatch(/"keys"|"sessions"|"spans"|"data"/)
      }
    },
  )

  it('serves liveness, health and metrics to operators', async () => {
    const { port } = new URL(remote.subgraph('user').url)
    for (const path of ['/internal/live', '/internal/health', '/internal/metrics']) {
      const { status, headers } = await ask(Number(port), path)
      expect([path, status, headers['x-powered-by']]).toEqual([path, 200, undefined])
    }
  })

  it('describes itself to the command of an operator who has its key', async () => {
    const { url, signingKey } = remote.subgraph('cny')
    const introspect = (secret: string) =>
      run('node', ['--import', 'tsx', 'ops/introspect.ts', 'cny'], {
        cwd: root,
        env: { ...process.env, CNY_URL: url, CNY_SEAL_KEYS: `${signingKey.id}:${secret}` },
      })
    const { stdout } = await introspect(signingKey.secret)
    expect(stdout).toContain('type RedPocket')
    await expect(introspect('a secret of 32 or more characters')).rejects.toMatchObject({
      stdout: '',
      stderr: 'cny returned status 403.\n',
    })
  })

  it('refuses the host name of another site', async () => {
    const { port } = new URL(remote.subgraph('user').url)
    const headers = { host: `rebound.example:${port}` }
    for (const path of ['/internal/health', '/internal/metrics']) {
      expect((await ask(Number(port), path, { headers })).status).toBe(421)
    }
  })

  it('still lets the router verify tokens and receive ended sessions', async () => {
    const trader = await remote.trader()
    const { errors } = await trader.ask('{ me { username } }')
    expect(errors).toEqual([])
    await trader.ask('mutation { signOut { signedOutAt } }')
    const { status } = await trader.ask('{ me { username } }')
    expect(status).toBe(401)
  })
})

describe('allowed origins', () => {
  it('are the dashboard of a demo, and none in production, unless they are listed', () => {
    const origins = (env: Record<string, string>) => loadRouterConfig(env).allowedOrigins
    expect(origins({ WEB_PORT: '3330' })).toEqual([
      'http://localhost:3330',
      'http://127.0.0.1:3330',
    ])
    const production = { APP_PROFILE: 'production', STORE: 'embedded' }
    expect(origins(production)).toEqual([])
    const listed = 'https://trade.example.com'
    expect(origins({ ...production, ALLOWED_ORIGINS: listed })).toEqual([listed])
  })
})

it('warns of an embedded store in production, and not in the demo', () => {
  const warning = expect.stringMatching(/^STORE is embedded in production/)
  const inProduction = loadRouterConfig({ APP_PROFILE: 'production', STORE: 'embedded' })
  expect(inProduction.warnings).toEqual([warning])
  expect(loadRouterConfig({ STORE: 'embedded' }).warnings).toEqual([])
})
