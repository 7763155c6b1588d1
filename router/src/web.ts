import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Log } from '@cnop/kit/log'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import type { GatewayMetrics } from './metrics.ts'

const folder = (name: string): string =>
  fileURLToPath(new URL(`../../web/dist/${name}`, import.meta.url))

const baseline = [
  "default-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "connect-src 'self'",
]

const appPolicy = [
  ...baseline,
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "manifest-src 'self'",
].join('; ')

/** The editor of the playground writes styles and starts workers of its own. */
const playgroundPolicy = [
  ...baseline,
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "worker-src 'self' blob:",
].join('; ')

const withPolicy =
  (policy: string): RequestHandler =>
  (_request, response, next) => {
    response.setHeader('Content-Security-Policy', policy)
    next()
  }

function assertBuilt(name: string): string {
  const path = folder(name)
  if (!existsSync(path)) throw new Error(`web/dist/${name} is missing: run npm run build.`)
  return path
}

/** GraphiQL, built and served by ourselves: no foreign script. */
export function servePlayground(): RequestHandler[] {
  return [
    withPolicy(playgroundPolicy),
    express.static(assertBuilt('playground'), { index: 'index.html' }),
  ]
}

const apiPaths = [
  '/graphql',
  '/auth',
  '/api',
  '/stream',
  '/health',
  '/playground',
  '/docs',
  '/assets',
]

/** `/system` itself is a page of the dashboard; what is below it is the API. */
const isApiPath = (path: string): boolean =>
  path.startsWith('/system/') ||
  apiPaths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))

/** The dashboard with the API on the same origin, so that its cookie and its policy need no exception. */
export function createWeb(api: Express, log: Log): Express {
  const root = assertBuilt('app')
  const web = express()
  web.disable('x-powered-by')
  web.use((request, response, next) => {
    if (isApiPath(request.path)) api(request, response)
    else next()
  })
  web.use(withPolicy(appPolicy))
  web.use((_request, response, next) => {
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Referrer-Policy', 'no-referrer')
    next()
  })
  web.use(
    '/static',
    express.static(`${root}/static`, { immutable: true, maxAge: '1y', fallthrough: false }),
  )
  web.use(express.static(root, { index: false }))
  web.get('/{*path}', (_request, response) => {
    response.setHeader('Cache-Control', 'no-cache')
    response.sendFile('index.html', { root })
  })
  web.use(answerNothingHere, answerFailure(log))
  return web
}

/** The port of metrics in production, where nothing else is served. */
export function createMetricsApp(metrics: Pick<GatewayMetrics, 'answer'>, log: Log): Express {
  const app = express()
  app.disable('x-powered-by')
  app.get('/metrics', metrics.answer)
  app.use(answerNothingHere, answerFailure(log))
  return app
}

const answerNothingHere: RequestHandler = (_request, response) => {
  response.status(404).type('text').send('There is nothing at this path.\n')
}

/** Says what kind of failure it was and no more: express itself would show a stack with the paths of its files. */
function answerFailure(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error)
      return
    }
    const { status } = (error ?? {}) as { status?: unknown }
    const isCallers = typeof status === 'number' && status >= 400 && status < 500
    if (!isCallers) log.error({ action: 'request.failed', error }, 'A request broke.')
    const text = isCallers ? 'The request cannot be answered.' : 'Something broke on our side.'
    response
      .status(isCallers ? status : 500)
      .type('text')
      .send(`${text}\n`)
  }
}
