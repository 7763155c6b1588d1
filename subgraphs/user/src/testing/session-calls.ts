import { listEndedSessions } from '../store/ended-sessions.ts'
import {
  type actorOf,
  type Answer,
  type Caller,
  goodPassword,
  refreshMutation,
  signInMutation,
  type Tokens,
  type UserWorld,
} from './user-world.ts'

export const wrongPassword = 'Wrong-Horse-4242'

export const sessionsQuery = '{ me { sessions { id isCurrent userAgent createdAt } } }'

export const codeOf = (answer: Answer): string | undefined => answer.errors?.[0]?.extensions.code

interface SignInOptions {
  readonly lifetime?: string
  readonly deviceToken?: string | null
  readonly client?: Caller
}

/** The functions of a world that session tests use. */
export function callSessions(world: () => UserWorld) {
  const trySignIn = (
    username: string,
    password = goodPassword,
    { client, ...input }: SignInOptions = {},
  ) => world().call(signInMutation, { input: { username, password, ...input } }, undefined, client)

  /** The next tokens, or the code of the refusal. */
  async function refresh(
    token: string,
    { client, deviceToken }: SignInOptions = {},
  ): Promise<Tokens | string | undefined> {
    const answer = await world().call(refreshMutation, { token, deviceToken }, undefined, client)
    return answer.data ? (answer.data['refreshSession'] as Tokens) : codeOf(answer)
  }

  async function refreshed(token: string, options?: SignInOptions): Promise<Tokens> {
    const tokens = await refresh(token, options)
    if (typeof tokens !== 'object') throw new Error(`The refresh was refused: ${tokens}`)
    return tokens
  }

  async function listIds(actor: ReturnType<typeof actorOf>): Promise<string[]> {
    const { data } = await world().call(sessionsQuery, {}, actor)
    const { sessions } = data?.['me'] as { sessions: { id: string }[] }
    return sessions.map(({ id }) => id)
  }

  async function listDenied(): Promise<string[]> {
    const { deps, clock } = world()
    const nowMs = clock.now()
    const from = new Date(nowMs - 1_000).toISOString()
    const { sessions: ended } = await listEndedSessions(deps.store, { from, nowMs })
    return ended.map(({ sessionId }) => sessionId)
  }

  return { trySignIn, refresh, refreshed, listIds, listDenied }
}
