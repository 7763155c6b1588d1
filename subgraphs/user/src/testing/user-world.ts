import { createMemoryBus } from '@cnop/kit/bus'
import { createMemoryCache } from '@cnop/kit/cache'
import { type Actor, signCall } from '@cnop/kit/identity'
import { sortableIds } from '@cnop/kit/ids'
import type { Platform } from '@cnop/kit/platform'
import { createTables } from '@cnop/kit/tables'
import { type FakeClock, fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { ledgerTable } from '@cnop/ledger/tables'
import { decodeJwt } from 'jose'
import { pino } from 'pino'
import { loadUserConfig, type UserConfig } from '../config.ts'
import type { Deps } from '../deps.ts'
import { createUser, openUserDeps, type UserSubgraph } from '../server.ts'
import { usersTable } from '../store/keys.ts'
import { exportSigningKey, generateSigningKey } from '../tokens/signing-keys.ts'

const signingKey = { id: 'test', secret: 'a-secret-of-the-tests-that-is-long-enough' }

export const goodPassword = 'Correct-Horse-42'

export interface Answer {
  readonly data: Record<string, unknown> | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions: { readonly code: string; readonly details?: Record<string, string> }
  }[]
}

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresInSeconds: number
  readonly refreshExpiresInSeconds: number
  readonly deviceToken: string | null
}

/** The client of a call; the same browser by default. */
export interface Caller {
  readonly clientIp?: string
  readonly userAgent?: string
}

/** The user subgraph on a real store, with signed calls as of the router. */
export interface UserWorld {
  readonly store: TestDb
  readonly clock: FakeClock
  readonly config: UserConfig
  readonly platform: Platform
  readonly subgraph: UserSubgraph
  readonly deps: Deps
  call(query: string, variables?: object, actor?: Actor, client?: Caller): Promise<Answer>
  /** The code of the first error; undefined for a success. */
  refusal(query: string, variables?: object, actor?: Actor): Promise<string | undefined>
  signUp(username: string, form?: object): Promise<Answer>
  signIn(username: string, password?: string): Promise<Tokens & { readonly actor: Actor }>
  stop(): Promise<void>
}

export async function startUserWorld(change: Partial<UserConfig> = {}): Promise<UserWorld> {
  const clock = fakeClock()
  const store = await startTestDb([usersTable('users'), ledgerTable('ledger')])
  const config = { ...testConfig(), ...change }
  const log = pino({ level: 'silent' })
  const platform: Platform = {
    db: store.db,
    bus: createMemoryBus(log),
    cache: createMemoryCache(clock.now),
    redis: undefined,
    now: clock.now,
    newId: sortableIds(clock.now),
    log,
    ensureTables: (definitions) => createTables(store.db, definitions),
  }
  const subgraph = await createUser(config, platform)
  const deps = await openUserDeps(config, platform)
  const call = callSigned(subgraph, clock)
  return {
    store,
    clock,
    config,
    platform,
    subgraph,
    deps,
    call,
    refusal: async (query, variables, actor) =>
      (await call(query, variables, actor)).errors?.[0]?.extensions.code,
    signUp: (username, form) => call(signUpMutation, { input: signUpForm(username, form) }),
    signIn: (username, password) => signIn(call, username, password),
    stop: async () => {
      await subgraph.close()
      await store.stop()
    },
  }
}

export function testConfig(): UserConfig {
  const config = loadUserConfig({
    USER_SEAL_KEYS: `${signingKey.id}:${signingKey.secret}`,
    JWT_PRIVATE_KEY: JSON.stringify(exportSigningKey(generateSigningKey())),
    SEED_DEMO_USER: 'false',
  })
  return { ...config, hashCost: { memoryKib: 64, passes: 1, lanes: 1, bcryptDecoy: undefined } }
}

function callSigned(subgraph: UserSubgraph, clock: FakeClock): UserWorld['call'] {
  return async (query, variables = {}, actor, client = {}) => {
    const body = JSON.stringify({ query, variables })
    const caller = { clientIp: '127.0.0.1', userAgent: 'jest', ...client }
    const identity = { requestId: 'req-1', actor, ...caller }
    const headers = signCall(signingKey, { subgraph: 'user', body, identity }, clock.now())
    const reply = await subgraph.handle({ headers, body })
    return JSON.parse(reply.body) as Answer
  }
}

export const signUpForm = (username: string, form: object = {}): object => ({
  username,
  email: `${username}@example.com`,
  password: goodPassword,
  firstName: 'Ada',
  lastName: 'Lovelace',
  ...form,
})

const signUpMutation = /* GraphQL */ `
  mutation SignUp($input: SignUpInput!) {
    signUp(input: $input) {
      user {
        username
        createdAt
      }
    }
  }
`

export const signInMutation = /* GraphQL */ `
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      accessToken
      refreshToken
      expiresInSeconds
      refreshExpiresInSeconds
      deviceToken
      username
    }
  }
`

export const refreshMutation = /* GraphQL */ `
  mutation Refresh($token: String!, $deviceToken: String) {
    refreshSession(input: { refreshToken: $token, deviceToken: $deviceToken }) {
      accessToken
      refreshToken
      expiresInSeconds
      refreshExpiresInSeconds
      deviceToken
      username
    }
  }
`

async function signIn(call: UserWorld['call'], username: string, password = goodPassword) {
  const { data, errors } = await call(signInMutation, { input: { username, password } })
  if (!data) throw new Error(`The sign-in was refused: ${JSON.stringify(errors)}`)
  const tokens = data['signIn'] as Tokens
  return { ...tokens, actor: actorOf(tokens.accessToken) }
}

/** The identity that the router derives from a verified access token. */
export function actorOf(accessToken: string): Actor {
  const { sub, role, sid } = decodeJwt(accessToken)
  return {
    username: String(sub),
    role: role === 'admin' ? 'admin' : 'customer',
    sessionId: String(sid),
  }
}
