import type { Profile } from '@cnop/kit/config'
import { reportFiles } from '../export/reports.ts'
import express, { type Express, type RequestHandler, Router } from 'express'
import { Refusal } from '../errors/refusal.ts'
import { refusePath } from '../guard/parameters.ts'

/** An application whose paths have one spelling: no slash is added at the end, and case matters. */
export function createApp(): Express {
  const app = express()
  app.disable('x-powered-by')
  app.enable('strict routing')
  app.enable('case sensitive routing')
  return app
}

/** Refuses every other method; `Allow` lists those of the endpoint (RFC 9110, section 15.5.6). */
export const onlyMethods =
  (...methods: readonly string[]): RequestHandler =>
  ({ method }, response, next) => {
    if (methods.includes(method)) {
      next()
      return
    }
    response.setHeader('Allow', methods.join(', '))
    throw new Refusal('METHOD_NOT_ALLOWED')
  }

const reading = ['GET', 'HEAD']

interface Mounted {
  readonly faults: unknown
  readonly config: {
    readonly profile: Profile
    readonly hasDeveloperPages: boolean
    readonly web: { readonly isEnabled: boolean }
    readonly hasOpenMetrics: boolean
  }
}

const pass: RequestHandler = (_request, _response, next) => next('router')

/**
 * Refuses paths that are no endpoint and methods that an endpoint does not have, before a body is read. A path has one
 * spelling, because stages recognise endpoints by it. The REST shim does both itself: its contract has 404 for a method that
 * a path does not have, and allows a slash at the end. `OPTIONS` is answered by CORS.
 */
export function onlyEndpoints({ faults, config }: Mounted): Router {
  const router = Router({ strict: true, caseSensitive: true })
  const offer = (paths: string | string[], ...methods: readonly string[]): void => {
    router.all(paths, onlyMethods(...methods), pass)
  }
  offer('/graphql', 'GET', 'POST')
  offer('/auth/demo', ...reading, ...(config.profile === 'demo' ? ['POST'] : []))
  offer(['/stream', '/auth/sign-in', '/auth/refresh', '/auth/sign-out'], 'POST')
  offer([...reportFiles.map((file) => `/export/${file}`), '/health', '/assets/:file'], ...reading)
  offer(['/live', '/ready'], ...reading)
  offer(['/system/audit', '/system/blocks', '/system/breakers'], ...reading)
  offer(['/system/traces', '/system/traces/:id'], ...reading)
  offer('/system/blocks/:ip', 'PUT', 'DELETE')
  if (faults) {
    offer('/system/faults', ...reading)
    offer('/system/faults/:subgraph', 'PUT', 'DELETE')
  }
  if (config.hasDeveloperPages && config.web.isEnabled) {
    offer(['/playground', '/playground/{*path}'], ...reading)
  }
  if (config.hasOpenMetrics) offer('/metrics', ...reading)
  if (config.hasDeveloperPages) offer(['/docs', '/docs/{*path}'], ...reading)
  router.use(refusePath)
  return router
}
