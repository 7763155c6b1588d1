import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { streamSdl } from '@cnop/schema/read'
import { Router } from 'express'
import { describeApi } from './openapi.ts'

const policy = [
  "default-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
].join('; ')

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>REST API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" href="/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="reference"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

const start = `window.SwaggerUIBundle({
  url: '/docs/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
})
`

const uiFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']

/** The reference of the REST API and the schema of `/stream`, self-hosted: no third-party script, no inline script. */
export function serveReference(): Router {
  const description = JSON.stringify(describeApi(), null, 2)
  const subscriptions = streamSdl()
  const reference = Router({ strict: true, caseSensitive: true })
  reference.use((_request, response, next) => {
    response.setHeader('Content-Security-Policy', policy)
    next()
  })
  reference.get('/', (_request, response) => {
    response.type('html').send(page)
  })
  reference.get('/start.js', (_request, response) => {
    response.type('js').send(start)
  })
  reference.get('/openapi.json', (_request, response) => {
    response.type('json').send(description)
  })
  reference.get('/stream.graphql', (_request, response) => {
    response.type('text/plain').send(subscriptions)
  })
  for (const asset of assets) {
    reference.get(`/${asset}`, (_request, response) => {
      response.sendFile(asset, { root: uiFolder, acceptRanges: false })
    })
  }
  return reference
}
