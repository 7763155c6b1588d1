import { assetLogo } from '@cnop/quotes/logo'
import type { RequestHandler } from 'express'

const daySeconds = 86_400

/** Serves `/assets/<ticker>.svg`: a logo drawn from the ticker, so that no asset is without one. */
export const serveLogo: RequestHandler<{ file: string }> = (request, response) => {
  const logo = assetLogo(request.params.file.replace(/\.svg$/, ''))
  response.setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'")
  response.setHeader('Cache-Control', `public, max-age=${daySeconds}`)
  response.type('image/svg+xml').send(logo)
}
