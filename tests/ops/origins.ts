import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { startNginx } from '../world/nginx.ts'
import { startWorld, type World } from '../world/world.ts'

export const root = fileURLToPath(new URL('../../web/dist/app', import.meta.url))

/** Origins of the API for browsers: the router's own port, its web port, and nginx. */
export type Origins = Readonly<Record<'api' | 'web' | 'nginx', string>>

export interface Site {
  readonly world: World
  readonly origins: Origins
  stop(): Promise<void>
}

export async function openSite(): Promise<Site> {
  const world = await startWorld({
    WEB_ENABLED: 'true',
    WEB_PORT: '0',
    ALLOWED_HOSTS: 'Trade.example',
  })
  const nginx = await startNginx({ root, upstreamPort: world.router.port })
  const web = `http://127.0.0.1:${world.router.webPort ?? 0}`
  return {
    world,
    origins: { api: world.origin, web, nginx: nginx.origin },
    stop: async () => {
      await nginx.stop()
      await world.stop()
    },
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly bytes: Buffer
}

/** Neither decompresses nor follows redirects: the raw responses are compared. */
export async function get(
  url: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' | 'POST' = 'GET',
): Promise<Answer> {
  const { statusCode, headers: found, body } = await request(url, { method, headers })
  const bytes = Buffer.from(await body.arrayBuffer())
  return { status: statusCode, headers: found as Record<string, string>, bytes }
}

/** Headers that describe a response, without ids, times and counts, which differ between requests. */
export const said = ({ status, headers }: Answer) => ({
  status,
  type: headers['content-type'],
  cache: headers['cache-control'],
  policy: headers['content-security-policy'],
  location: headers['location'],
})
