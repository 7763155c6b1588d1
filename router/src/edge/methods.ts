import { type RequestHandler, Router } from 'express'
import { Refusal } from '../errors/refusal.ts'

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
    readonly hasDeveloperPages: boolean
    readonly web: { readonly isEnabled: boolean }
    readonly hasOpenMetrics: boolean
  }
}

/**
 * Refuses the methods that an endpoint does not have, before a body is read. The REST shim answers them itself: its
 * contract has 404 for a method that a path does not have. `OPTIONS` is answered by CORS.
 */
export function refuseOtherMethods({ faults, config }: Mounted): Router {
  const router = Router()
  const offer = (paths: string | string[], ...methods: readonly string[]): void => {
    router.all(paths, onlyMethods(...methods))
  }
  offer('/graphql', 'GET', 'POST')
  offer(['/stream', '/auth/sign-in', '/auth/refresh', '/auth/sign-out'], 'POST')
  offer(['/export/activity.csv', '/export/activity.json', '/health', '/assets/:file'], ...reading)
  offer(['/live', '/ready'], ...reading)
  offer(['/system/audit', '/system/blocks', '/system/breakers'], ...reading)
  offer(['/system/traces', '/system/traces/:id'], ...reading)
  offer('/system/blocks/:ip', 'PUT', 'DELETE')
  if (faults) {
    offer('/system/faults', ...reading)
    offer('/system/faults/:subgraph', 'PUT', 'DELETE')
  }
  if (config.hasDeveloperPages && config.web.isEnabled) offer('/playground{/*path}', ...reading)
  if (config.hasOpenMetrics) offer('/metrics', ...reading)
  if (config.hasDeveloperPages) offer('/docs{/*path}', ...reading)
  return router
}
