import type { Request, Response } from 'express'
import { Router } from 'express'
import { z } from 'zod'
import { Refusal, toRefusal } from '../errors/refusal.ts'
import { normaliseErrors } from '../errors/normalise.ts'
import { type Exchange, exchangeOf } from '../exchange.ts'
import type { GraphQLDoor } from '../graphql.ts'
import type { FindOperation } from '../operations.ts'

const cookieName = 'cnop_refresh'

interface DoorsOptions {
  readonly graphql: GraphQLDoor
  readonly findOperation: FindOperation
  /** Cookies travel over https only; off in the demo, which has no certificate. */
  readonly isSecure: boolean
}

interface SessionTokens {
  readonly accessToken: string
  readonly expiresInSeconds: number
  readonly refreshToken: string
  readonly refreshExpiresInSeconds: number
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

function readCookie(request: Request): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1)
}

/** Runs one of the session operations; what it refuses is refused by the door, with the same code. */
async function runSession(
  { graphql, findOperation }: DoorsOptions,
  exchange: Exchange,
  name: 'SignIn' | 'RefreshSession' | 'SignOut',
  input?: Record<string, string>,
): Promise<SessionTokens> {
  const { data, errors } = await graphql.run(exchange, findOperation(name), input ? { input } : {})
  const [error] = normaliseErrors(errors ?? [], exchange.requestId)
  if (error) throw toRefusal(error)
  return Object.values(data ?? {})[0] as SessionTokens
}

/**
 * The dashboard's way in: the same operations as for API clients, with the refresh token kept in a cookie
 * that no script can read and that only these paths receive.
 */
export function createAuthDoors(options: DoorsOptions): Router {
  const cookie = {
    httpOnly: true,
    sameSite: 'strict',
    secure: options.isSecure,
    path: '/auth',
  } as const

  function answer(response: Response, tokens: SessionTokens): void {
    const { accessToken, expiresInSeconds, refreshToken, refreshExpiresInSeconds, username } =
      tokens
    response.cookie(cookieName, refreshToken, { ...cookie, maxAge: refreshExpiresInSeconds * 1000 })
    response.setHeader('Cache-Control', 'no-store')
    response.json({ accessToken, expiresInSeconds, username })
  }

  const doors = Router()
  doors.use((_request, response, next) => {
    exchangeOf(response).door = 'auth'
    next()
  })
  doors.post('/sign-in', async (request, response) => {
    const input = readCredentials(request.body)
    answer(response, await runSession(options, exchangeOf(response), 'SignIn', input))
  })
  doors.post('/refresh', async (request, response) => {
    const refreshToken = readCookie(request)
    if (!refreshToken) throw new Refusal('UNAUTHENTICATED', 'There is no session to refresh.')
    answer(
      response,
      await runSession(options, exchangeOf(response), 'RefreshSession', { refreshToken }),
    )
  })
  doors.post('/sign-out', async (_request, response) => {
    const exchange = exchangeOf(response)
    if (exchange.actor) await runSession(options, exchange, 'SignOut')
    response.clearCookie(cookieName, cookie)
    response.status(204).end()
  })
  return doors
}
