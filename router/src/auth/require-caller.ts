import type { RequestHandler } from 'express'
import { noteAdminAccess } from '../audit/note-event.ts'
import { Refusal } from '../errors/refusal.ts'
import { contextOf } from '../edge/request-context.ts'

/** Lets signed-in users pass. */
export const requireUser: RequestHandler = (_request, response, next) => {
  if (!contextOf(response).actor) throw new Refusal('UNAUTHENTICATED')
  next()
}

/** Lets administrators pass. Attempts of other signed-in users are recorded. */
export const requireAdmin: RequestHandler = (request, response, next) => {
  const context = contextOf(response)
  const { actor } = context
  if (!actor) throw new Refusal('UNAUTHENTICATED')
  if (actor.role !== 'admin') {
    noteAdminAccess(context, actor, request.baseUrl)
    throw new Refusal('FORBIDDEN')
  }
  next()
}
