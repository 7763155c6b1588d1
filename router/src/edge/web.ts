import { isApiPath, isPagePath } from '@cnop/schema/paths'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Log } from '@cnop/kit/log'
import compression from 'compression'
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { leastBytes } from './compress.ts'
import { Refusal, toRefusal } from '../errors/refusal.ts'
import { statusOf } from '../errors/status.ts'
import { onlyParameters, refusePath } from '../guard/parameters.ts'
import { createApp, onlyMethods } from './methods.ts'
import type { GatewayMetrics } from './metrics.ts'
import { servePrebuilt } from './prebuilt.ts'
import { assetLogo } from '@cnop/quotes/logo'

const folder = (name: string): string =>
  fileURLToPath(new URL(`../../../web/dist/${name}`, import.meta.url))

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

/** The playground's editor injects styles and starts workers. */
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

const aYear = 'public, max-age=31536000, immutable'
/** Cached, but revalidated each time; the ETag makes that cheap. */
const revalidate = 'no-cache'

/**
 * Serves a built folder. A file below `hashed` has its content hash in its name, so it is immutable. A missing one
 * belongs to another build: it is refused, never a page.
 */
function serveFolder(root: string, hashed: string): RequestHandler {
  const serve = servePrebuilt(root, { cacheControl: false })
  return (request, response, next) => {
    const isHashed = request.path.startsWith(hashed)
    response.setHeader('Cache-Control', isHashed ? aYear : revalidate)
    serve(request, response, (error?: unknown) => {
      response.removeHeader('Cache-Control')
      if (isHashed && !error) response.setHeader('Cache-Control', 'no-store')
      next(error ?? (isHashed ? new Refusal('NOT_FOUND') : undefined))
    })
  }
}

/** The page of a folder, whose relative links need the slash at its end. */
const serveIndex: RequestHandler = (request, response, next) => {
  const [path = ''] = request.originalUrl.split('?')
  if (request.path === '/' && !path.endsWith('/')) {
    response.redirect(301, `${request.baseUrl}/`)
    return
  }
  if (request.path === '/') request.url = '/index.html'
  next()
}

/** GraphiQL, self-hosted: no third-party script. */
export function servePlayground(): RequestHandler[] {
  return [
    withPolicy(playgroundPolicy),
    serveIndex,
    serveFolder(assertBuilt('playground'), '/assets/'),
  ]
}

/** Whether a path names a file: no page has a dot in its path. */
const isFilePath = (path: string): boolean => path.includes('.')

/** The dashboard on the API's origin, so that its cookie and content policy need no exception. */
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
  web.use(onlyMethods('GET', 'HEAD'))
  web.use(serveFolder(root, '/static/'))
  // Client-side routing resolves the path, and shows the not-found page.
  const servePage = servePrebuilt(root, { cacheControl: false })
  // Not a route: the parameters of one are decoded, which fails for some paths that are pages.
  web.use((request, response, next) => {
    if (!request.accepts('html') || isFilePath(request.path)) {
      next()
      return
    }
    if (!isPagePath(request.path)) response.statusCode = 404
    request.url = '/index.html'
    response.setHeader('Cache-Control', revalidate)
    servePage(request, response, next)
  })
  web.use(refusePath, answerFailure(log))
  return web
}

/** The port of metrics in production, where nothing else is served. */
export function createMetricsApp(metrics: Pick<GatewayMetrics, 'answer'>, log: Log): Express {
  const app = createApp()
  app.use(compression({ threshold: leastBytes }))
  app.all('/metrics', onlyMethods('GET', 'HEAD'), onlyParameters(), metrics.answer)
  app.use(refusePath, answerFailure(log))
  return app
}

/** Responds with the coded refusal only: the default handler of express would show a stack trace. */
function answerFailure(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error)
      return
    }
    const { code, message, details } = toRefusal(error, log)
    response.setHeader('Content-Security-Policy', "default-src 'none'")
    response.setHeader('Cache-Control', 'no-store')
    response.status(statusOf[code]).type('json')
    response.json({ message, code, ...(Object.keys(details).length > 0 && { details }) })
  }
}

const daySeconds = 86_400

/** Serves `/assets/<ticker>.svg`: a logo drawn from the ticker, for every asset. */
export const serveLogo: RequestHandler<{ file: string }> = (request, response) => {
  const logo = assetLogo(request.params.file.replace(/\.svg$/, ''))
  response.setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
  response.setHeader('Cache-Control', `public, max-age=${daySeconds}`)
  response.type('image/svg+xml').send(logo)
}
