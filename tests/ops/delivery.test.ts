import { readdirSync, readFileSync } from 'node:fs'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { get, openSite, type Origins, root, said, type Site } from './origins.ts'

const files = readdirSync(`${root}/static`)
const script = files.find((name) => /^index-.*\.js$/.test(name)) ?? ''
const style = files.find((name) => name.endsWith('.css')) ?? ''
const font = files.find((name) => name.endsWith('.woff2')) ?? ''

let site: Site
let origins: Origins
beforeAll(async () => {
  site = await openSite()
  origins = site.origins
})
afterAll(() => site.stop())

describe('the files of the dashboard', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/dashboard', 'text/html; charset=utf-8'],
    ['/system', 'text/html; charset=utf-8'],
    ['/market/BTC', 'text/html; charset=utf-8'],
    ['/early.js', 'text/javascript; charset=utf-8'],
    ['/favicon.svg', 'image/svg+xml'],
    ['/icon-192.png', 'image/png'],
    ['/site.webmanifest', 'application/manifest+json; charset=utf-8'],
  ])(
    'serves %s as %s, identically from the router and from nginx, with revalidation',
    async (path, type) => {
      const web = await get(origins.web + path)
      const other = await get(origins.nginx + path)
      expect(said(other)).toEqual(said(web))
      expect([web.status, web.headers['cache-control']]).toEqual([200, 'no-cache'])
      expect(web.headers['content-type']).toBe(type)
      expect(other.bytes.equals(web.bytes)).toBe(true)
    },
  )

  it('have fonts, which never change, from the router and from nginx', async () => {
    const path = `/static/${font}`
    const web = await get(origins.web + path)
    const other = await get(origins.nginx + path)
    expect(said(other)).toEqual(said(web))
    expect([web.status, web.headers['content-type']]).toEqual([200, 'font/woff2'])
    expect(web.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(other.bytes.equals(web.bytes)).toBe(true)
  })

  it('have a manifest with the name of the page and icons of the sizes that it states', async () => {
    const page = (await get(`${origins.web}/`)).bytes.toString()
    const { bytes } = await get(`${origins.web}/site.webmanifest`)
    const { name, icons } = JSON.parse(bytes.toString()) as {
      name: string
      icons: readonly { src: string; sizes: string; purpose: string }[]
    }
    expect(page).toContain(`<title>${name}</title>`)
    expect(icons.map(({ purpose }) => purpose)).toContain('maskable')
    for (const { src, sizes } of icons.filter((icon) => icon.sizes !== 'any')) {
      const { bytes: icon } = await get(origins.web + src)
      // The header of a PNG has its width and height at these bytes.
      expect([src, `${icon.readUInt32BE(16)}x${icon.readUInt32BE(20)}`]).toEqual([src, sizes])
    }
  })

  const forms = [
    ['br, gzip', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.0', undefined],
    ['identity', undefined],
    ['', undefined],
  ] as const

  it.each(forms)('negotiates Accept-Encoding "%s" to %s', async (accepted, encoding) => {
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

  it('have an ETag for each encoding, which avoids a second transfer', async () => {
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

  it('of another build are 404, never a page, and are not cached', async () => {
    for (const origin of [origins.web, origins.nginx]) {
      const { status, headers, bytes } = await get(`${origin}/static/gone-12345678.js`)
      expect(status).toBe(404)
      expect(headers['cache-control'] ?? '').not.toContain('immutable')
      expect(bytes.toString()).not.toContain('id="root"')
    }
  })
})

describe('responses of the API', () => {
  const ask = (origin: string, query: string) => {
    const search = new URLSearchParams({ query })
    return get(`${origin}/graphql?${search.toString()}`, {
      'accept-encoding': 'gzip, br',
      'apollo-require-preflight': 'yes',
    })
  }

  it('above a kilobyte are compressed on every port, with Vary: Accept-Encoding', async () => {
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

  it('of mutations are not compressed, because they may contain tokens', async () => {
    const trader = await site.world.trader()
    const tokens = ['a', 'b', 'c', 'd'].map((name) => `${name}: accessToken`).join(' ')
    const query = `mutation S($i: SignInInput!) { signIn(input: $i) { ${tokens} } }`
    const body = JSON.stringify({
      query,
      variables: { i: { username: trader.username, password: trader.password } },
    })
    const response = await fetch(`${site.world.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip, br' },
      body,
    })
    const text = await response.text()
    expect(text.length).toBeGreaterThan(1_024)
    expect(text).toContain('"a":"eyJ')
    expect(response.headers.get('content-encoding')).toBeNull()
  })

  it('that stream are sent without buffering, on every port', async () => {
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
