import { readInstant } from '@cnop/kit/instant'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import { z } from 'zod'
import { Refusal } from '../errors/refusal.ts'
import { contextOf } from '../edge/request-context.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { readAddress } from '../guard/client-ip.ts'
import { onlyParameters } from '../guard/parameters.ts'
import { auditActions } from './event.ts'
import { noteAdminAccess } from './note-event.ts'
import { type AuditQuery, mergePages, readTrail } from './read-trail.ts'

const mostEvents = 500

const parameters = z.object({
  action: z.enum(auditActions, 'is not an action of the trail').optional(),
  user: z
    .string()
    .regex(/^[A-Za-z0-9_]{6,30}$/, 'must be a username')
    .transform((name) => name.toLowerCase())
    .optional(),
  ip: z
    .string()
    .transform((text, context) => {
      const address = readAddress(text)
      if (address === undefined) context.addIssue('is not an address')
      return address
    })
    .optional(),
  since: z
    .string()
    .transform((text, context) => {
      const ms = readInstant(text)
      if (ms === undefined) context.addIssue('must be a time such as 2026-01-31T12:00:00Z')
      return ms
    })
    .optional(),
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, `must be 1 to ${mostEvents}`)
    .transform((text) => parseInt(text, 10))
    .refine((limit) => limit <= mostEvents, `must be 1 to ${mostEvents}`)
    .default(100),
})

function readQuery({ query }: Request): AuditQuery {
  const parsed = parameters.safeParse(query)
  if (parsed.success) {
    const { action, user, ip, since, limit } = parsed.data
    return { action, user, ip, sinceMs: since, limit }
  }
  throw refuseParameter(parsed.error)
}

function refuseParameter({ issues: [issue] }: z.ZodError): Refusal {
  const field = String(issue?.path[0])
  const reason = issue?.message ?? 'is not right'
  return new Refusal('BAD_USER_INPUT', `${field}: ${reason}`, { details: { field, reason } })
}

interface EndpointOptions {
  readonly directory: string
  readonly fleet: Fleet
  readonly readJson: readonly RequestHandler[]
}

/**
 * `GET /?action=&user=&ip=&since=&limit=`: security events of all routers for administrators, newest first. Who reads is
 * recorded.
 */
export function createAuditEndpoint({ directory, fleet, readJson }: EndpointOptions): Router {
  const read = fleet.view('audit', (query: AuditQuery) => readTrail(directory, query))
  const router = Router()
  const before = [onlyParameters(...Object.keys(parameters.shape)), ...readJson]
  router.get('/', before, async (request: Request, response: Response) => {
    const query = readQuery(request)
    const context = contextOf(response)
    if (context.actor) noteAdminAccess(context, context.actor, request.baseUrl)
    response.setHeader('Cache-Control', 'no-store')
    const { parts, missing } = await read(query)
    const page = mergePages(
      parts.map(({ part }) => part),
      query.limit,
    )
    response.json({ ...page, missing })
  })
  return router
}
