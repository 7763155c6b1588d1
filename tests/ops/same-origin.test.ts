import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { errorCodes } from '@cnop/schema/codes'
import { apiSegments, isApiPath, isPagePath } from '@cnop/schema/paths'
import { get, openSite, type Origins, said, type Site } from './origins.ts'

const nothing = { message: errorCodes.NOT_FOUND, code: 'NOT_FOUND' }

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
    '/graphql;x=1',
    '/user/graphql',
    '/market/BTC/deeper',
  ])('do not include %s, which is 404 on every port of the site', async (path) => {
    const web = await get(origins.web + path, { accept: 'text/html' })
    expect([web.status, web.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    const other = await get(origins.nginx + path, { accept: 'text/html' })
    expect([other.status, other.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    for (const origin of [origins.web, origins.nginx]) {
      const { status, bytes } = await get(origin + path, { accept: 'application/json' })
      expect([status, JSON.parse(bytes.toString())]).toEqual([404, nothing])
    }
  })

  it.each([
    '/static/nope.js',
    '/static/nope',
    '/static/%F0%9F',
    '/.well-known/openid-configuration',
    '/.env',
    '/.git/config',
    '/robots.txt',
    '/favicon.ico',
    '/index.php',
    '/market/BTC.svg',
  ])(
    'are not served for %s: a missing file is refused with its code on every port',
    async (path) => {
      for (const accept of ['text/html,*/*;q=0.8', '*/*', 'application/json']) {
        const web = await get(origins.web + path, { accept })
        const nginx = await get(origins.nginx + path, { accept })
        expect(said(web)).toEqual({
          status: 404,
          type: 'application/json; charset=utf-8',
          cache: 'no-store',
          policy: "default-src 'none'",
        })
        expect(said(nginx)).toEqual(said(web))
        expect([web, nginx].map(({ bytes }) => JSON.parse(bytes.toString()) as unknown)).toEqual([
          nothing,
          nothing,
        ])
      }
    },
  )

  it('are not served for a missing file of the playground', async () => {
    for (const origin of Object.values(origins)) {
      for (const path of ['/playground/assets/nope.js', '/playground/nope.js']) {
        const { status, bytes } = await get(origin + path, { accept: 'text/html' })
        expect([status, JSON.parse(bytes.toString())]).toEqual([
          404,
          { ...nothing, requestId: expect.any(String) },
        ])
      }
    }
  })

  it.each([
    ['/orders/%F0%9F', 200],
    ['/%F0%9F', 404],
  ])('answer %s, whose escapes are no text, with %i on every port', async (path, status) => {
    const web = await get(origins.web + path, { accept: 'text/html' })
    const nginx = await get(origins.nginx + path, { accept: 'text/html' })
    expect([web.status, nginx.status]).toEqual([status, status])
    expect(web.headers['content-type']).toMatch('text/html')
  })
})
