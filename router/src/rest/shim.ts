import { randomUUID } from 'node:crypto'
import { systemClock, toIso } from '@cnop/kit/clock'
import type { Request, RequestHandler, Response } from 'express'
import { Refusal, refusalOf } from '../errors/refusal.ts'
import { type RequestContext, contextOf } from '../edge/request-context.ts'
import type { GraphQLEndpoint } from '../operations/graphql.ts'
import { type Spend, refuseUntil } from '../guard/budget.ts'
import { refuseBlocked } from '../guard/guard-sign-in.ts'
import type { Places } from '../edge/overload.ts'
import type { IpBlocks } from '../guard/ip-block.ts'
import { noteEvent, noteLimit } from '../audit/note-event.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { RestRefusal, restStatusOf } from './problem.ts'
import { type Body, createBodyReader } from './read-body.ts'
import { readInput } from './read-input.ts'
import type { Call, Input, Page, Route } from './route.ts'
import { runPage } from './run-page.ts'
import { findRoute, type Match } from './table.ts'
import type { GraphQLFormattedError } from 'graphql'
import { nameErrors } from '../errors/normalise.ts'
import { type FieldError, FieldsRefused } from './field-errors.ts'

interface ShimParts {
  readonly graphql: Pick<GraphQLEndpoint, 'run'>
  readonly findOperation: FindOperation
  readonly places: Places
  readonly maxBodyBytes: number
  readonly spendUnknownUser: Spend
  readonly blocks: IpBlocks
}

type AnyInput = Input<unknown, unknown, unknown>

/** The key of a command: the caller's, bare or quoted, or one of our own, which the response names for a repeat. */
function readKey(request: Request, response: Response, { isCommand }: Route): string {
  const given = request.headers['idempotency-key']
  if (typeof given === 'string') return given.trim().replace(/^"(.*)"$/, '$1')
  const key = randomUUID()
  if (isCommand) response.setHeader('Idempotency-Key', key)
  return key
}

function decodeSegments({ segments }: Match): Record<string, string> {
  return Object.fromEntries(
    Object.entries(segments).map(([name, text]) => [name, decodeURIComponent(text)]),
  )
}

/** Many sign-ins with unknown usernames indicate enumeration. */
async function limitGuessing(spend: Spend, context: RequestContext): Promise<void> {
  const { isWithin, msLeft } = await spend(context.clientIp, 1)
  if (isWithin) return
  noteLimit(context, 'unknown_user')
  throw refuseUntil('RATE_LIMITED', msLeft)
}

async function refuseIfBlocked(blocks: IpBlocks, context: RequestContext): Promise<void> {
  const { clientIp } = context
  const reservation = await blocks.reserve(clientIp, 1)
  if (reservation.kind === 'blocked') {
    noteEvent(context, { action: 'user.sign_in', outcome: 'blocked', code: 'IP_BLOCKED' })
    throw refuseBlocked(context, reservation)
  }
  if (reservation.kind === 'reserved') await blocks.settle(clientIp, 1, 0)
}

function matchOf({ method, path }: Request): Match {
  const match = findRoute(method, path)
  if (!match) throw new Refusal('NOT_FOUND')
  return match
}

const noBody: Body = { kind: 'none' }

function readWith(body: Body, request: Request, match: Match): AnyInput {
  const [, ...query] = request.url.split('?')
  const search = new URLSearchParams(query.join('?'))
  return readInput(match.route, { path: decodeSegments(match), search, body })
}

const nothing: Page<unknown> = { nodes: [], hasMore: false }

/** Serves the REST contract: each route of the table runs one persisted operation of the supergraph. */
export function createRestShim(parts: ShimParts): RequestHandler {
  const readBody = createBodyReader(parts.maxBodyBytes, parts.places.boundBody)

  async function runOperation(
    context: RequestContext,
    route: Route,
    variables: Record<string, unknown>,
  ): Promise<unknown> {
    const { graphql, findOperation } = parts
    const { data, errors } = await graphql.run(context, findOperation(route.operation), variables)
    if (!errors || errors.length === 0) return data
    const failure = toRestFailure(errors, context.requestId, route)
    if (failure instanceof RestRefusal && failure.code === 'USER_NOT_FOUND') {
      await limitGuessing(parts.spendUnknownUser, context)
    }
    throw failure
  }

  async function runRoute(context: RequestContext, route: Route, input: AnyInput, call: Call) {
    const variables = route.variables(input, call)
    if (!route.page) return { data: await runOperation(context, route, variables), page: nothing }
    return runPage(
      (stretch) => runOperation(context, route, { ...variables, ...stretch }),
      route.page,
      route.page.window(input),
    )
  }

  /** The guard counts and refuses sign-ins that run; one with an invalid body must not hide a block. */
  async function readCall(request: Request, response: Response, match: Match): Promise<AnyInput> {
    try {
      const body = match.route.inputs.body ? await readBody(request, response) : noBody
      return readWith(body, request, match)
    } catch (error) {
      if (match.route.isSignIn) await refuseIfBlocked(parts.blocks, contextOf(response))
      throw error
    }
  }

  async function answer(request: Request, response: Response, match: Match): Promise<void> {
    const { route } = match
    const context = contextOf(response)
    if (route.isProtected && !context.actor) throw new Refusal('UNAUTHENTICATED')
    const input = await readCall(request, response, match)
    if (!(await parts.places.take(context, response))) return
    const call = { key: readKey(request, response, route), nowIso: toIso(systemClock()) }
    const { data, page } = await runRoute(context, route, input, call)
    response.setHeader('Cache-Control', 'no-store')
    response.status(route.status).json(route.shape(data, { input, call, page }))
  }

  return async (request, response) => {
    contextOf(response).api = 'rest'
    await answer(request, response, matchOf(request))
  }
}

/** Fields whose REST name is not the snake-case form. */
const renamed: Readonly<Record<string, readonly [part: string, name: string]>> = {
  marketingConsent: ['body', 'marketing_emails_consent'],
  limitPrice: ['body', 'price'],
  key: ['header', 'Idempotency-Key'],
  id: ['path', 'order_id'],
}

const toSnakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function toFieldError(details: Readonly<Record<string, string>>, message: string): FieldError {
  const { field = '', reason = message } = details
  const loc = renamed[field] ?? (field ? ['body', toSnakeCase(field)] : ['body'])
  return { type: 'value_error', loc, msg: reason, input: null, ctx: { reason } }
}

/** The REST failure of an operation: its first error decides. */
export function toRestFailure(
  errors: readonly GraphQLFormattedError[],
  requestId: string,
  { statuses, fieldErrors }: Route,
): Error {
  const [error] = nameErrors(errors, requestId)
  const refusal = refusalOf(error ?? { message: 'The operation failed.' })
  const { code, message, details, retryAfterSeconds } = refusal
  if (code === 'BAD_USER_INPUT') return new FieldsRefused([toFieldError(details, message)])
  const fieldError = fieldErrors?.[code]?.(details)
  if (fieldError) return new FieldsRefused([fieldError])
  const status = statuses?.[code] ?? restStatusOf(code)
  return new RestRefusal(code, message, status, retryAfterSeconds)
}
