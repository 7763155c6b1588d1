import type { RequestHandler, Response } from 'express'
import { Router } from 'express'
import { z } from 'zod'
import { Refusal, toRefusal } from '../errors/refusal.ts'
import { normaliseErrors } from '../errors/normalise.ts'
import { type Exchange, exchangeOf } from '../edge/request-context.ts'
import type { GraphQLDoor } from '../operations/graphql.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { type CookieJar, createCookieJar } from './cookies.ts'
import { claimedSession } from './refresh-token.ts'

interface DoorsOptions {
  readonly graphql: GraphQLDoor
  readonly findOperation: FindOperation
  /** Cookies travel over https only. */
  readonly isSecure: boolean
}

interface SessionTokens {
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly refreshToken: string
  readonly refreshExpiresInSeconds: number
  readonly deviceToken: string | null
  readonly username: string
}

const credentials = z.object({ username: z.string().max(256), password: z.string().max(1024) })

function readCredentials(body: unknown): z.infer<typeof credentials> {
  const parsed = credentials.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const details = {
    field: issue?.path.join('.') ?? 'body',
    reason: issue?.message ?? 'is not an object',
  }
  throw new Refusal('BAD_USER_INPUT', `${details.field}: ${details.reason}`, { details })
}

type SessionOperation = 'SignIn' | 'RefreshSession' | 'RevokeRefreshToken' | 'SignOut'

/** Runs one of the session operations; what it refuses is refused by the door, with the same code. */
async function runSession(
  { graphql, findOperation }: DoorsOptions,
  exchange: Exchange,
  name: SessionOperation,
  input?: Record<string, string | undefined>,
): Promise<unknown> {
  const { data, errors } = await graphql.run(exchange, findOperation(name), input ? { input } : {})
  const [error] = normaliseErrors(errors ?? [], exchange.requestId)
  if (error) throw toRefusal(error)
  return Object.values(data ?? {})[0]
}

const isSessionEnded = (error: unknown): boolean =>
  error instanceof Refusal && error.code === 'SESSION_ENDED'

/** Ends the session of a refresh token. False when there is no such session, or none any more. */
async function endSessionOf(
  options: DoorsOptions,
  exchange: Exchange,
  refreshToken: string,
): Promise<boolean> {
  try {
    await runSession(options, exchange, 'RevokeRefreshToken', { refreshToken })
    return true
  } catch (error) {
    if (isSessionEnded(error)) return false
    throw error
  }
}

function signIn(options: DoorsOptions, cookies: CookieJar): RequestHandler {
  return async (request, response) => {
    const exchange = exchangeOf(response)
    const { refreshToken, deviceToken } = cookies.read(request)
    const input = { ...readCredentials(request.body), deviceToken }
    const tokens = (await runSession(options, exchange, 'SignIn', input)) as SessionTokens
    if (refreshToken) await endReplaced(options, exchange, refreshToken)
    answer(response, cookies, tokens)
  }
}

/** The browser forgets the session that it had before, so nobody could end it any more. */
async function endReplaced(
  options: DoorsOptions,
  exchange: Exchange,
  refreshToken: string,
): Promise<void> {
  try {
    await endSessionOf(options, exchange, refreshToken)
  } catch (error) {
    exchange.log.warn({ action: 'session.end_failed', error }, 'A replaced session lives on.')
  }
}

function refresh(options: DoorsOptions, cookies: CookieJar): RequestHandler {
  return async (request, response) => {
    const { refreshToken, deviceToken } = cookies.read(request)
    if (!refreshToken) throw new Refusal('UNAUTHENTICATED', 'There is no session to refresh.')
    const input = { refreshToken, deviceToken }
    const tokens = await runSession(options, exchangeOf(response), 'RefreshSession', input)
    answer(response, cookies, tokens as SessionTokens)
  }
}

/**
 * Ends the session of the cookie and the one of the access token, whichever are there; they need not be the same. An
 * access token that is refused, for example because it has expired, does not keep the cookie's session alive: the
 * request is refused only when it has ended nothing.
 */
function signOut(options: DoorsOptions, cookies: CookieJar): RequestHandler {
  return async (request, response) => {
    const exchange = exchangeOf(response)
    const { actor, tokenRefusal } = exchange
    const { refreshToken } = cookies.read(request)
    const isOther = refreshToken && claimedSession(refreshToken)?.sessionId !== actor?.sessionId
    const hasEnded = isOther ? await endSessionOf(options, exchange, refreshToken) : false
    if (actor) await runSession(options, exchange, 'SignOut')
    if (tokenRefusal && !hasEnded) throw tokenRefusal
    cookies.forgetRefreshToken(response)
    response.status(204).end()
  }
}

function answer(response: Response, cookies: CookieJar, tokens: SessionTokens): void {
  const { accessToken, expiresInSeconds, username, deviceToken } = tokens
  cookies.keepRefreshToken(response, tokens.refreshToken, tokens.refreshExpiresInSeconds)
  if (deviceToken !== null) cookies.keepDeviceToken(response, deviceToken)
  response.setHeader('Cache-Control', 'no-store')
  response.json({ accessToken, expiresInSeconds, username })
}

/** Where a refused access token does not refuse the request: the endpoint itself decides. */
export const tolerateBadToken: RequestHandler = (_request, response, next) => {
  exchangeOf(response).toleratesBadToken = true
  next()
}

/**
 * The dashboard's way in: the same operations as for API clients, with the refresh token and the device token kept in
 * cookies that no script can read and that only these paths receive.
 */
export function createAuthDoors(options: DoorsOptions): Router {
  const cookies = createCookieJar(options)
  const doors = Router()
  doors.use((_request, response, next) => {
    exchangeOf(response).door = 'auth'
    next()
  })
  doors.post('/sign-in', signIn(options, cookies))
  doors.post('/refresh', refresh(options, cookies))
  doors.post('/sign-out', signOut(options, cookies))
  return doors
}
