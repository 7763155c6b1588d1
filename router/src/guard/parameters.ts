import type { RequestHandler } from 'express'
import { Refusal } from '../errors/refusal.ts'

/** Refusals repeat the name of a parameter up to this length. */
const longestName = 50

function refuseParameter(name: string, reason: string): Refusal {
  const field = name.slice(0, longestName)
  return new Refusal('BAD_REQUEST', `${field}: ${reason}`, { details: { field, reason } })
}

function describeKnown(known: readonly string[]): string {
  if (known.length === 0) return 'is not a parameter of this endpoint, which has none'
  return `is not a parameter of this endpoint, which has ${known.join(', ')}`
}

/**
 * Refuses unknown and repeated query parameters. A parameter that is silently ignored would return another result than
 * the requested one.
 */
export function onlyParameters(...known: readonly string[]): RequestHandler {
  return ({ originalUrl }, _response, next) => {
    const at = originalUrl.indexOf('?')
    if (at !== -1) check(known, new URLSearchParams(originalUrl.slice(at + 1)))
    next()
  }
}

function check(known: readonly string[], parameters: URLSearchParams): void {
  const seen = new Set<string>()
  for (const name of parameters.keys()) {
    if (!known.includes(name)) throw refuseParameter(name, describeKnown(known))
    if (seen.has(name)) throw refuseParameter(name, 'must be given once')
    seen.add(name)
  }
}

/** Refuses parameters that are not percent-encoded UTF-8: what reads them would replace the rest by U+FFFD. */
export const refuseUnreadableParameters: RequestHandler = ({ originalUrl }, _response, next) => {
  const [, search = ''] = originalUrl.split(/\?(.*)/s)
  try {
    decodeURIComponent(search)
  } catch {
    throw refuseParameter('query string', 'must be percent-encoded UTF-8')
  }
  next()
}

/** The end of an endpoint: a path or a method that it does not have is refused before a body, an identity or a limit is looked at. */
export const refusePath: RequestHandler = () => {
  throw new Refusal('NOT_FOUND')
}
