import { randomUUID } from 'node:crypto'
import { systemClock, toIso } from '@cnop/kit/clock'
import type { Request, RequestHandler, Response } from 'express'
import { Refusal } from '../errors/refusal.ts'
import { type Exchange, exchangeOf } from '../edge/request-context.ts'
import type { GraphQLDoor } from '../operations/graphql.ts'
import type { Spend } from '../guard/budget.ts'
import { refuseBlocked } from '../guard/guard-sign-in.ts'
import type { Places } from '../edge/overload.ts'
import type { IpBlocks } from '../guard/ip-block.ts'
import { refuseUntil } from '../guard/refuse-later.ts'
import { noteEvent, noteLimit } from '../audit/note-event.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { RestRefusal } from './problem.ts'
import { type Body, createBodyReader } from './read-body.ts'
import { readInput } from './read-input.ts'
import { toRestFailure } from './refuse.ts'
import type { Call, Input, Page, Route } from './route.ts'
import { runPage } from './run-page.ts'
import { findRoute, type Match } from './table.ts'

interface ShimParts {
  readonly graphql: Pick<GraphQLDoor, 'run'>
  readonly findOperation: FindOperation
  readonly places: Places
  readonly maxBodyBytes: number
  readonly spendUnknownUser: Spend
  readonly blocks: IpBlocks
}

type AnyInput = Input<unknown, unknown, unknown>

/** The key of a command: the caller's, bare or quoted, or one of our own. */
function readKey(request: Request): string {
  const given = request.headers['idempotency-key']
  return typeof given === 'string' ? given.trim().replace(/^"(.*)"$/, '$1') : randomUUID()
}

function decodeSegments({ segments }: Match): Record<string, string> {
  return Object.fromEntries(
    Object.entries(segments).map(([name, text]) => [name, decodeURIComponent(text)]),
  )
}

/** Whoever tries many names nobody has is collecting those that somebody has. */
async function limitGuessing(spend: Spend, exchange: Exchange): Promise<void> {
  const { isWithin, msLeft } = await spend(exchange.clientIp, 1)
  if (isWithin) return
  noteLimit(exchange, 'unknown_user')
  throw refuseUntil('RATE_LIMITED', msLeft)
}

async function refuseIfBlocked(blocks: IpBlocks, exchange: Exchange): Promise<void> {
  const { clientIp } = exchange
  const reservation = await blocks.reserve(clientIp, 1)
  if (reservation.kind === 'blocked') {
    noteEvent(exchange, { action: 'user.sign_in', outcome: 'blocked', code: 'IP_BLOCKED' })
    throw refuseBlocked(exchange, reservation)
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

/** Serves the REST contract: each call is one row of the table, run as a persisted operation of the supergraph. */
export function createRestShim(parts: ShimParts): RequestHandler {
  const readBody = createBodyReader(parts.maxBodyBytes, parts.places.boundBody)

  async function runOperation(
    exchange: Exchange,
    route: Route,
    variables: Record<string, unknown>,
  ): Promise<unknown> {
    const { graphql, findOperation } = parts
    const { data, errors } = await graphql.run(exchange, findOperation(route.operation), variables)
    if (!errors || errors.length === 0) return data
    const failure = toRestFailure(errors, exchange.requestId, route)
    if (failure instanceof RestRefusal && failure.code === 'USER_NOT_FOUND') {
      await limitGuessing(parts.spendUnknownUser, exchange)
    }
    throw failure
  }

  async function runRoute(exchange: Exchange, route: Route, input: AnyInput, call: Call) {
    const variables = route.variables(input, call)
    if (!route.page) return { data: await runOperation(exchange, route, variables), page: nothing }
    return runPage(
      (stretch) => runOperation(exchange, route, { ...variables, ...stretch }),
      route.page,
      route.page.window(input),
    )
  }

  /** Sign-ins that run are counted and refused by their guard; one that cannot run must not hide a block. */
  async function readCall(request: Request, response: Response, match: Match): Promise<AnyInput> {
    try {
      const body = match.route.inputs.body ? await readBody(request, response) : noBody
      return readWith(body, request, match)
    } catch (error) {
      if (match.route.isSignIn) await refuseIfBlocked(parts.blocks, exchangeOf(response))
      throw error
    }
  }

  async function answer(request: Request, response: Response, match: Match): Promise<void> {
    const { route } = match
    const exchange = exchangeOf(response)
    if (route.isProtected && !exchange.actor) throw new Refusal('UNAUTHENTICATED')
    const input = await readCall(request, response, match)
    parts.places.take(exchange, response)
    const call = { key: readKey(request), nowIso: toIso(systemClock()) }
    const { data, page } = await runRoute(exchange, route, input, call)
    response.setHeader('Cache-Control', 'no-store')
    response.status(route.status).json(route.shape(data, { input, call, page }))
  }

  return async (request, response) => {
    exchangeOf(response).door = 'rest'
    await answer(request, response, matchOf(request))
  }
}
