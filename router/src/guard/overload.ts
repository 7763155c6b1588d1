import type { RequestHandler } from 'express'
import { Refusal } from '../errors/refusal.ts'

/** Health and metrics are asked when things go badly: they are never shed. Streams stay open and have a bound of their own. */
const neverShed = new Set(['/health', '/metrics', '/stream'])

/** Refuses a request at once when as many as the process can bear are under way; none of them waits in a queue. */
export function shedOverload(requestsAtOnce: number): RequestHandler {
  let underWay = 0
  return (request, response, next) => {
    if (neverShed.has(request.path)) {
      next()
      return
    }
    if (underWay >= requestsAtOnce) {
      throw new Refusal('OVERLOADED', undefined, { retryAfterSeconds: 1 })
    }
    underWay += 1
    response.once('close', () => {
      underWay -= 1
    })
    next()
  }
}
