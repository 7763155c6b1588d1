import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { apiSegments, isApiPath, isPagePath } from '@cnop/schema/paths'
import { get, openSite, type Origins, said, type Site } from './origins.ts'

let site: Site
let origins: Origins
beforeAll(async () => {
  site = await openSite()
  origins = site.origins
})
afterAll(() => site.stop())

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
  it('that the router mounts is on the list of its web port, nginx and the dev server', () => {
    expect(readMounted().length).toBeGreaterThan(12)
    expect(readMounted().filter((path) => !isApiPath(path))).toEqual([])
  })

  it('refuses unknown parameters, except the two with contracts of their own', async () => {
    const paths = [...readMounted(), '/playground/index.html', '/live', '/ready']
    for (const path of paths.filter((each) => !/^\/(graphql|api)/.test(each))) {
      const { status, bytes } = await get(`${origins.api}${path}?surprise=1`)
      expect([path, status < 500, bytes.toString()]).toEqual([
        ...[path, true],
        // Sessions have no GET, and exports have files only: a path is refused before its parameters.
        expect.stringMatching(
          /^\/(auth|export)/.test(path)
            ? /"code":"(NOT_FOUND|METHOD_NOT_ALLOWED)"/
            : /"code":"(BAD_REQUEST|UNAUTHENTICATED|METHOD_NOT_ALLOWED)"/,
        ),
      ])
    }
  })

  it('accepts only host names of this site', async () => {
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
  ])('serves %s identically on every port', async (path) => {
    const api = said(await get(origins.api + path))
    expect(said(await get(origins.web + path))).toEqual(api)
    expect(said(await get(origins.nginx + path))).toEqual(api)
  })

  it('is matched by its whole first segment, not by a page whose name begins with it', async () => {
    for (const segment of apiSegments) {
      const path = `/${segment}-of-a-page`
      expect((await get(origins.web + path)).headers['content-type']).toMatch('text/html')
      expect((await get(origins.nginx + path)).headers['content-type']).toMatch('text/html')
    }
  })

  it('refuses a body that is too large with the same code on every port', async () => {
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

describe('the pages of the dashboard', () => {
  it('are the routes of the dashboard', () => {
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
  ])('do not include %s, which is 404 on every port of the site', async (path) => {
    const web = await get(origins.web + path, { accept: 'text/html' })
    expect([web.status, web.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    const other = await get(origins.nginx + path, { accept: 'text/html' })
    expect([other.status, other.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    expect((await get(origins.web + path, { accept: 'application/json' })).status).toBe(404)
  })

  it.each([
    ['/orders/%F0%9F', 200],
    ['/%F0%9F', 404],
    ['/static/%F0%9F', 404],
  ])('answer %s, whose escapes are no text, with %i on every port', async (path, status) => {
    const web = await get(origins.web + path, { accept: 'text/html' })
    const nginx = await get(origins.nginx + path, { accept: 'text/html' })
    expect([web.status, nginx.status]).toEqual([status, status])
    const type = path.startsWith('/static/') ? 'text/plain' : 'text/html'
    expect(web.headers['content-type']).toMatch(type)
  })
})
