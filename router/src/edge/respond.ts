import type { NextFunction, Request, Response } from 'express'
import { contextOf } from './request-context.ts'
import { retryAfterOf, toRefusal } from '../errors/refusal.ts'
import { statusOf } from '../errors/status.ts'

/** Paths whose failures have the GraphQL format. */
const graphqlPaths = new Set(['/graphql', '/stream'])

/** The last handler: turns the failure of any stage into one coded response, in the format of its endpoint. */
export function respondToFailure(
  error: unknown,
  request: Request,
  response: Response,
  next: NextFunction,
): void {
  if (response.headersSent) {
    next(error)
    return
  }
  const { log, requestId } = contextOf(response)
  const refusal = toRefusal(error, log)
  const { code, message, details } = refusal
  const retryAfterSeconds = retryAfterOf(refusal)
  const hasDetails = Object.keys(details).length > 0
  const extensions = { code, ...(hasDetails && { details }), requestId }
  if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(retryAfterSeconds))
  // An endpoint that serves files has set the type of its file.
  response.status(statusOf[code]).type('json')
  response.json(
    graphqlPaths.has(request.path)
      ? { errors: [{ message, extensions }] }
      : { message, ...extensions },
  )
}
