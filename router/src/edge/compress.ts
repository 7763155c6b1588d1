import compression from 'compression'
import type { RequestHandler } from 'express'
import { contextOf } from './request-context.ts'

/** A smaller response fits into one packet uncompressed. */
export const leastBytes = 1_024

/**
 * Compresses text responses for clients that accept it.
 *
 * Streams are not compressed, since each event must leave at once. Responses of mutations are not compressed either:
 * they may contain tokens, and the length of a compressed response reveals part of a secret when it also contains text
 * that an attacker chose (BREACH). Other responses contain no lasting secret, and other origins cannot request them with
 * a user's credentials: they need a bearer token, and the cookie is limited to `/auth`.
 */
export function compressAnswers(): RequestHandler {
  const compress = compression({
    threshold: leastBytes,
    filter: (request, response) => {
      const type = String(response.getHeader('Content-Type') ?? '')
      if (type.startsWith('text/event-stream')) return false
      const { isMutation = false, api } = contextOf(response)
      return !isMutation && api !== 'auth' && compression.filter(request, response)
    },
  })
  // A wrapped response would hide how much of a stream its reader has not received.
  return (request, response, next) => {
    if (request.path === '/stream') next()
    else compress(request, response, next)
  }
}
