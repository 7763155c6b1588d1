import { ApiFailure, describeResponse, unreachable } from './errors.ts'
import type { Session } from './session.ts'

export type Ask = { readonly method?: string; readonly body?: object }

/** Asks an endpoint of the router that is not GraphQL, with the session's token. Every failure is an ApiFailure. */
export async function ask(
  session: Session,
  path: string,
  { method = 'GET', body }: Ask = {},
): Promise<Response> {
  const token = session.freshToken()
  const response = await fetch(path, {
    method,
    headers: {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiFailure(unreachable)
  })
  if (!response.ok) throw new ApiFailure(await describeResponse(response))
  return response
}
