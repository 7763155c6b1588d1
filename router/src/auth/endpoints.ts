import type { RequestHandler, Response } from 'express'
import { Router } from 'express'
import { z } from 'zod'
import { Refusal, refusalOf } from '../errors/refusal.ts'
import { normaliseErrors } from '../errors/normalise.ts'
import { type RequestContext, contextOf } from '../edge/request-context.ts'
import type { GraphQLEndpoint } from '../operations/graphql.ts'
import type { FindOperation } from '../operations/known-operations.ts'
import { refuseForeignOrigin } from '../guard/foreign-origin.ts'
import { onlyParameters, refusePath } from '../guard/parameters.ts'
import type { Authenticate } from './authenticate.ts'
import { type CookieJar, createCookieJar } from './cookies.ts'
import { claimedSession } from './token.ts'

interface EndpointOptions {
  readonly graphql: GraphQLEndpoint
  readonly findOperation: FindOperation
  /** Reads the body. */
  readonly readJson: readonly RequestHandler[]
  /** Origins of other hosts whose pages may act for the user. */
  readonly allowedOrigins: readonly string[]
  /** Cookies travel over https only. */
  readonly isSecure: boolean
  readonly authenticate: Authenticate
  readonly hasDemo: boolean
}

interface SessionTokens {
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly refreshToken: string
  readonly refreshExpiresInSeconds: number
  readonly deviceToken: string | null
  readonly username: string
}

const credentials = z.strictObject({
  username: z.string().max(256),
  password: z.string().max(1024),
})

function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'too_big') return `must have at most ${issue.maximum} characters`
  if (issue?.code === 'unrecognized_keys') return 'is not known'
  if (issue?.code !== 'invalid_type') return 'is not valid'
  if (issue.path.length === 0) return 'must be an object'
  return issue.input === undefined ? 'is required' : 'must be a string'
}

function readCredentials(body: unknown): z.infer<typeof credentials> {
  const parsed = credentials.safeParse(body, { reportInput: true })
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const named = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.')
  const details = { field: named?.slice(0, 50) || 'body', reason: reasonOf(issue) }
  throw new Refusal('BAD_USER_INPUT', `${details.field}: ${details.reason}`, { details })
}

type SessionOperation =
  'SignIn' | 'RefreshSession' | 'RevokeRefreshToken' | 'SignOut' | 'StartDemo' | 'FillDemo'

/** Runs a session operation; a refusal keeps its code. */
async function runSession(
  { graphql, findOperation }: EndpointOptions,
  context: RequestContext,
  name: SessionOperation,
  input?: Record<string, string | undefined>,
): Promise<unknown> {
  const { data, errors } = await graphql.run(context, findOperation(name), input ? { input } : {})
  const [error] = normaliseErrors(errors ?? [], context.requestId)
  if (error) throw refusalOf(error)
  return Object.values(data ?? {})[0]
}

const isSessionEnded = (error: unknown): boolean =>
  error instanceof Refusal && error.code === 'SESSION_ENDED'

/** Ends the session of a refresh token. False when it does not exist. */
async function endSessionOf(
  options: EndpointOptions,
  context: RequestContext,
  refreshToken: string,
): Promise<boolean> {
  try {
    await runSession(options, context, 'RevokeRefreshToken', { refreshToken })
    return true
  } catch (error) {
    if (isSessionEnded(error)) return false
    throw error
  }
}

function signIn(options: EndpointOptions, cookies: CookieJar): RequestHandler {
  return async (request, response) => {
    const context = contextOf(response)
    const { refreshToken, deviceToken } = cookies.read(request)
    const input = { ...readCredentials(request.body), deviceToken }
    const tokens = (await runSession(options, context, 'SignIn', input)) as SessionTokens
    if (refreshToken) await endReplaced(options, context, refreshToken)
    answer(response, cookies, tokens)
  }
}

/**
 * Opens a demo account, fills it as its owner and signs in to it. An account that could not be filled is an empty one, and
 * better than none.
 */
function startDemo(options: EndpointOptions, cookies: CookieJar): RequestHandler {
  return async (request, response) => {
    const context = contextOf(response)
    const { refreshToken } = cookies.read(request)
    const tokens = (await runSession(options, context, 'StartDemo')) as SessionTokens
    const { actor } = await options.authenticate(tokens.accessToken, context)
    context.actor = actor
    try {
      await runSession(options, context, 'FillDemo')
    } catch (error) {
      context.log.warn({ action: 'demo.unfilled', error }, 'A demo account could not be filled.')
    }
    if (refreshToken) await endReplaced(options, context, refreshToken)
    answer(response, cookies, tokens)
  }
}

/** Tells the pages of visitors whether to offer a demo account. */
const answerDemo =
  (hasDemo: boolean): RequestHandler =>
  (_request, response) => {
    response.json({ isAvailable: hasDemo })
  }

/** Signing in replaces the browser's cookie, so its previous session could not be ended later. */
async function endReplaced(
  options: EndpointOptions,
  context: RequestContext,
  refreshToken: string,
): Promise<void> {
  try {
    await endSessionOf(options, context, refreshToken)
  } catch (error) {
    context.log.warn(
      { action: 'session.end_failed', error },
      'The replaced session could not be ended.',
    )
  }
}

/** Without a cookie there is nothing to refresh, whatever the body is. */
function requireCookie(cookies: CookieJar): RequestHandler {
  return (request, _response, next) => {
    const { refreshToken } = cookies.read(request)
    if (!refreshToken) throw new Refusal('UNAUTHENTICATED', 'There is no session to refresh.')
    next()
  }
}

function refresh(options: EndpointOptions, cookies: CookieJar): RequestHandler {
  return async (request, response) => {
    const { refreshToken, deviceToken } = cookies.read(request)
    const input = { refreshToken, deviceToken }
    const tokens = await runSession(options, contextOf(response), 'RefreshSession', input)
    answer(response, cookies, tokens as SessionTokens)
  }
}

/**
 * Ends the session of the cookie and the one of the access token, whichever are there; they need not be the same. An
 * access token that is refused, for example because it has expired, does not keep the cookie's session alive: the
 * request is refused only when it has ended nothing.
 */
function signOut(options: EndpointOptions, cookies: CookieJar): RequestHandler {
  return async (request, response) => {
    const context = contextOf(response)
    const { actor, tokenRefusal } = context
    const { refreshToken } = cookies.read(request)
    const isOther = refreshToken && claimedSession(refreshToken)?.sessionId !== actor?.sessionId
    const hasEnded = isOther ? await endSessionOf(options, context, refreshToken) : false
    if (actor) await runSession(options, context, 'SignOut')
    if (tokenRefusal && !hasEnded) throw tokenRefusal
    cookies.forgetRefreshToken(response)
    response.status(204).end()
  }
}

/** Without a cookie, a refused access token leaves nothing to end. */
function refuseWithoutSession(cookies: CookieJar): RequestHandler {
  return (request, response, next) => {
    const { tokenRefusal } = contextOf(response)
    if (tokenRefusal && !cookies.read(request).refreshToken) throw tokenRefusal
    next()
  }
}

function answer(response: Response, cookies: CookieJar, tokens: SessionTokens): void {
  const { accessToken, expiresInSeconds, username, deviceToken } = tokens
  cookies.keepRefreshToken(response, tokens.refreshToken, tokens.refreshExpiresInSeconds)
  if (deviceToken !== null) cookies.keepDeviceToken(response, deviceToken)
  response.setHeader('Cache-Control', 'no-store')
  response.json({ accessToken, expiresInSeconds, username })
}

/** An invalid access token does not refuse the request here: the endpoint decides. */
export const tolerateBadToken: RequestHandler = (_request, response, next) => {
  contextOf(response).toleratesBadToken = true
  next()
}

/**
 * Sessions of the dashboard: the operations of API clients, with the refresh token and the device token in `httpOnly`
 * cookies that are limited to these paths.
 */
export function createAuthEndpoints(options: EndpointOptions): Router {
  const cookies = createCookieJar(options)
  const router = Router()
  router.use((_request, response, next) => {
    contextOf(response).api = 'auth'
    next()
  })
  router.use(onlyParameters())
  router.use((request, _response, next) => {
    refuseForeignOrigin(request.headers, options.allowedOrigins, 'Sessions are not used')
    next()
  })
  const readJson = [...options.readJson]
  router.post('/sign-in', readJson, signIn(options, cookies))
  router.post('/refresh', requireCookie(cookies), readJson, refresh(options, cookies))
  router.post('/sign-out', refuseWithoutSession(cookies), readJson, signOut(options, cookies))
  router.get('/demo', answerDemo(options.hasDemo))
  if (options.hasDemo) router.post('/demo', readJson, startDemo(options, cookies))
  router.use(refusePath)
  return router
}
