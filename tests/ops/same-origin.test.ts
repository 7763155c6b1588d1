import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { apiSegments, isApiPath, isPagePath } from '@cnop/schema/paths'
import { request } from 'undici'
import { type RunningNginx, startNginx } from '../world/nginx.ts'
import { startWorld, type World } from '../world/world.ts'

const root = fileURLToPath(new URL('../../web/dist/app', import.meta.url))

let world: World
let nginx: RunningNginx
/** Where browsers reach the API: the router's own port, its web port, and nginx. */
let origins: { readonly api: string; readonly web: string; readonly nginx: string }

beforeAll(async () => {
  world = await startWorld({ WEB_ENABLED: 'true', WEB_PORT: '0', ALLOWED_HOSTS: 'Trade.example' })
  nginx = await startNginx({ root, upstreamPort: world.router.port })
  const web = `http://127.0.0.1:${world.router.webPort ?? 0}`
  origins = { api: world.origin, web, nginx: nginx.origin }
})
afterAll(async () => {
  await nginx.stop()
  await world.stop()
})

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly bytes: Buffer
}

/** Nothing is unpacked and no redirect is followed: what is compared is what went over the wire. */
async function get(
  url: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' | 'POST' = 'GET',
): Promise<Answer> {
  const { statusCode, headers: found, body } = await request(url, { method, headers })
  const bytes = Buffer.from(await body.arrayBuffer())
  return { status: statusCode, headers: found as Record<string, string>, bytes }
}

/** Headers that say what an answer is; ids, times and counts differ from one request to the next. */
const said = ({ status, headers }: Answer) => ({
  status,
  type: headers['content-type'],
  cache: headers['cache-control'],
  policy: headers['content-security-policy'],
  location: headers['location'],
})

/** The paths that the router mounts. */
function readMounted(): string[] {
  const source = readFileSync(
    fileURLToPath(new URL('../../router/src/edge/server.ts', import.meta.url)),
    'utf8',
  )
  return [...source.matchAll(/app\.(?:use|all|get|post)\(\s*'(\/[^']+)'/g)].map(([, path = '']) =>
    path.replaceAll(/:\w+/g, 'x'),
  )
}

describe('every endpoint of the API', () => {
  it('that the router mounts is on the list that its web port, nginx and the dev server use', () => {
    expect(readMounted().length).toBeGreaterThan(12)
    expect(readMounted().filter((path) => !isApiPath(path))).toEqual([])
  })

  it('refuses parameters that it does not have, but for the two with contracts of their own', async () => {
    const paths = [...readMounted(), '/playground/index.html', '/live', '/ready']
    for (const path of paths.filter((each) => !/^\/(graphql|api)/.test(each))) {
      const { status, bytes } = await get(`${origins.api}${path}?surprise=1`)
      expect([path, status < 500, bytes.toString()]).toEqual([
        ...[path, true],
        expect.stringMatching(/"code":"(BAD_REQUEST|UNAUTHENTICATED)"/),
      ])
    }
  })

  it('answers only to names of this site', async () => {
    for (const origin of Object.values(origins)) {
      for (const host of ['localhost:3000', '[::1]:8080', '10.1.2.3', 'trade.example:443']) {
        expect([host, (await get(`${origin}/health`, { host })).status]).toEqual([host, 200])
      }
      for (const host of ['rebound.example', `localhost.rebound.example:3000`]) {
        for (const path of ['/health', '/graphql', '/metrics']) {
          const { status, bytes } = await get(origin + path, { host })
          expect([host, status]).toEqual([host, 421])
          expect(JSON.parse(bytes.toString())).toMatchObject({ code: 'HOST_NOT_ALLOWED' })
        }
      }
    }
    expect((await get(`${origins.web}/`, { host: 'rebound.example' })).status).toBe(421)
  })

  it.each([
    '/graphql',
    '/GraphQL',
    '/graphql?query=%7B__typename%7D',
    '/stream',
    '/auth/refresh',
    '/auth/nothing',
    '/api/v1/inventory/assets?limit=2',
    '/api/v1/balance',
    '/api/v1/nothing',
    '/api',
    '/export/activity.csv',
    '/export/activity.json?kinds=BUY',
    '/export/nothing',
    '/playground',
    '/playground/',
    '/playground/assets/gone.js',
    '/docs',
    '/docs/openapi.json',
    '/docs/nothing',
    '/system/breakers',
    '/system/blocks',
    '/system/audit',
    '/system/traces',
    '/system/faults',
    '/system/nothing',
    '/health',
    '/metrics',
    '/assets/BTC.svg',
  ])('answers %s alike on every port', async (path) => {
    const api = said(await get(origins.api + path))
    expect(said(await get(origins.web + path))).toEqual(api)
    expect(said(await get(origins.nginx + path))).toEqual(api)
  })

  it('is reached by its first segment alone, not by a page whose name begins alike', async () => {
    for (const segment of apiSegments) {
      const path = `/${segment}-of-a-page`
      expect((await get(origins.web + path)).headers['content-type']).toMatch('text/html')
      expect((await get(origins.nginx + path)).headers['content-type']).toMatch('text/html')
    }
  })

  it('refuses a body that is too large by its own code on every port', async () => {
    const body = JSON.stringify({ query: 'x'.repeat(300_000) })
    for (const origin of Object.values(origins)) {
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      expect(response.status).toBe(413)
      expect(await response.text()).toContain('REQUEST_TOO_LARGE')
    }
  })
})

const files = readdirSync(`${root}/static`)
const script = files.find((name) => /^index-.*\.js$/.test(name)) ?? ''
const style = files.find((name) => name.endsWith('.css')) ?? ''

describe('the pages of the dashboard', () => {
  it('are those of its routes', () => {
    const source = readFileSync(
      fileURLToPath(new URL('../../web/src/paths.ts', import.meta.url)),
      'utf8',
    )
    const pages = [...source.matchAll(/['`](\/[^'`?$]*)/g)].map(([, path = '']) => path)
    expect(pages.length).toBeGreaterThan(11)
    expect(pages.filter((path) => !isPagePath(path))).toEqual([])
  })

  it.each([
    '/nothing-here',
    '/internal/jwks',
    '/.well-known/openid-configuration',
    '/.env',
    '/.git/config',
    '/robots.txt',
    '/favicon.ico',
    '/graphql;x=1',
    '/user/graphql',
    '/market/BTC/deeper',
    '/index.php',
  ])('are not at %s, which answers 404 on every port of the site', async (path) => {
    const web = await get(origins.web + path, { accept: 'text/html' })
    expect([web.status, web.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    const other = await get(origins.nginx + path, { accept: 'text/html' })
    expect([other.status, other.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    expect((await get(origins.web + path, { accept: 'application/json' })).status).toBe(404)
  })
})

describe('the files of the dashboard', () => {
  it.each(['/', '/dashboard', '/system', '/market/BTC', '/color-scheme.js', '/favicon.svg'])(
    'answers %s alike from the router and from nginx, and asks to revalidate it',
    async (path) => {
      const web = await get(origins.web + path)
      const other = await get(origins.nginx + path)
      expect(said(other)).toEqual(said(web))
      expect([web.status, web.headers['cache-control']]).toEqual([200, 'no-cache'])
      expect(other.bytes.equals(web.bytes)).toBe(true)
    },
  )

  const forms = [
    ['br, gzip', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.0', undefined],
    ['identity', undefined],
    ['', undefined],
  ] as const

  it.each(forms)('answers Accept-Encoding "%s" with %s', async (accepted, encoding) => {
    for (const name of [script, style]) {
      const plain = readFileSync(`${root}/static/${name}`)
      for (const origin of [origins.web, origins.nginx]) {
        const { status, headers, bytes } = await get(`${origin}/static/${name}`, {
          'accept-encoding': accepted,
        })
        expect([status, headers['content-encoding']]).toEqual([200, encoding])
        expect(headers['vary']).toBe('Accept-Encoding')
        expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
        expect(headers['content-type']).toMatch(/^text\/(javascript|css); charset=utf-8$/)
        const unpacked =
          encoding === 'br'
            ? brotliDecompressSync(bytes)
            : encoding === 'gzip'
              ? gunzipSync(bytes)
              : bytes
        expect(unpacked.equals(plain)).toBe(true)
      }
    }
  })

  it('have an ETag for each form, which spares a second transfer', async () => {
    for (const origin of [origins.web, origins.nginx]) {
      const url = `${origin}/static/${script}`
      const forms = ['br', 'gzip', 'identity']
      const tags: string[] = []
      for (const form of forms) {
        const etag = (await get(url, { 'accept-encoding': form })).headers['etag'] ?? ''
        const again = await get(url, { 'accept-encoding': form, 'if-none-match': etag })
        expect([again.status, again.bytes.length]).toEqual([304, 0])
        tags.push(etag)
      }
      expect(new Set(tags).size).toBe(forms.length)
    }
  })

  it('of another build are 404 and never a page, and not kept', async () => {
    for (const origin of [origins.web, origins.nginx]) {
      const { status, headers, bytes } = await get(`${origin}/static/gone-12345678.js`)
      expect(status).toBe(404)
      expect(headers['cache-control'] ?? '').not.toContain('immutable')
      expect(bytes.toString()).not.toContain('id="root"')
    }
  })
})

describe('answers of the API', () => {
  const ask = (origin: string, query: string) => {
    const search = new URLSearchParams({ query })
    return get(`${origin}/graphql?${search.toString()}`, {
      'accept-encoding': 'gzip, br',
      'apollo-require-preflight': 'yes',
    })
  }

  it('above a kilobyte are compressed on every port, and say that the encoding decides', async () => {
    for (const origin of Object.values(origins)) {
      const large = await ask(origin, '{ assets(first: 50) { nodes { id name } } }')
      expect([large.status, large.headers['content-encoding']]).toEqual([200, 'br'])
      expect(large.headers['vary']).toMatch(/accept-encoding/i)
      expect(large.headers['cache-control']).toBe('no-store')
      const text = brotliDecompressSync(large.bytes).toString()
      expect(text.length).toBeGreaterThan(1_024)
      expect(JSON.parse(text)).toHaveProperty('data.assets.nodes')
      const small = await ask(origin, '{ market { feed } }')
      expect(small.headers['content-encoding']).toBeUndefined()
      const rest = await get(`${origin}/api/v1/inventory/assets?limit=100`, {
        'accept-encoding': 'gzip',
      })
      expect([rest.status, rest.headers['content-encoding']]).toEqual([200, 'gzip'])
    }
  })

  it('of mutations are not, since they may hold tokens', async () => {
    const trader = await world.trader()
    const tokens = ['a', 'b', 'c', 'd'].map((name) => `${name}: accessToken`).join(' ')
    const query = `mutation S($i: SignInInput!) { signIn(input: $i) { ${tokens} } }`
    const body = JSON.stringify({
      query,
      variables: { i: { username: trader.username, password: trader.password } },
    })
    const response = await fetch(`${world.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip, br' },
      body,
    })
    const text = await response.text()
    expect(text.length).toBeGreaterThan(1_024)
    expect(text).toContain('"a":"eyJ')
    expect(response.headers.get('content-encoding')).toBeNull()
  })

  it('that stream are sent as they happen, on every port', async () => {
    for (const origin of Object.values(origins)) {
      const leaving = new AbortController()
      const response = await fetch(`${origin}/stream`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          'accept-encoding': 'gzip, br',
        },
        body: JSON.stringify({
          query: 'subscription P($ids: [ID!]!) { prices(ids: $ids) { sequence } }',
          variables: { ids: ['BTC'] },
        }),
        signal: leaving.signal,
      })
      expect([response.status, response.headers.get('content-encoding')]).toEqual([200, null])
      const reader = response.body?.getReader()
      const first = await reader?.read()
      expect(Buffer.from(first?.value ?? []).toString()).toContain('event: next')
      leaving.abort()
    }
  })
})
