import compression from 'compression'
import type { RequestHandler } from 'express'
import { exchangeOf } from './request-context.ts'

/** Smaller answers fit into one packet as they are. */
const leastBytes = 1_024

/**
 * Compresses the text of answers for clients that take it.
 *
 * Streams are left alone, since each event must leave at once. So are the answers of mutations, tokens among them: the
 * length of a compressed answer tells something of a secret in it when the same answer holds text that an attacker
 * chose (BREACH). Other answers hold no secret that lasts, and no foreign page can make a browser ask for them in its
 * visitor's name, because they need a bearer token and the cookie is for `/auth` alone.
 */
export function compressAnswers(): RequestHandler {
  const compress = compression({
    threshold: leastBytes,
    filter: (request, response) => {
      const type = String(response.getHeader('Content-Type') ?? '')
      if (type.startsWith('text/event-stream')) return false
      const { isMutation = false, door } = exchangeOf(response)
      return !isMutation && door !== 'auth' && compression.filter(request, response)
    },
  })
  // The wrapped response of a stream would hide how much its reader has not taken.
  return (request, response, next) => {
    if (request.path === '/stream') next()
    else compress(request, response, next)
  }
}
