import { setTimeout as delay } from 'node:timers/promises'
import { performance } from 'node:perf_hooks'
import { createClient } from '../../world/client.ts'
import type { Trader } from '../../world/trader.ts'
import type { Attack } from '../attack.ts'
import { expectThat, type IdentityWorld } from './world.ts'

/** How long a sign-out may take to reach every router, in milliseconds. */
export const signOutDeadlineMs = 1_000

const refreshDocument = /* GraphQL */ `
  mutation Refresh($token: String!) {
    refreshSession(input: { refreshToken: $token }) {
      accessToken
      refreshToken
    }
  }
`

interface Refreshed {
  readonly refreshSession: { readonly accessToken: string; readonly refreshToken: string }
}

const refresh = ({ strangers }: IdentityWorld, token: string, router = 0) =>
  strangers[router]!.ask<Refreshed>(refreshDocument, { token })

async function refreshOnce(world: IdentityWorld, token: string): Promise<string> {
  const { data, errors } = await refresh(world, token)
  expectThat(!!data?.refreshSession, { errors })
  return data.refreshSession.refreshToken
}

async function expectEnded(world: IdentityWorld, token: string): Promise<void> {
  const { data, codes } = await refresh(world, token, 1)
  expectThat(!data && codes.join() === 'SESSION_ENDED', { data, codes })
}

/**
 * Repeats a request at every router until it is refused. Returns the delay, in milliseconds, from the start to the
 * beginning of the last accepted request. The duration of the request itself is irrelevant to the session.
 */
export async function timeUntilRefused(
  origins: readonly string[],
  token: string,
  patienceMs = 20_000,
): Promise<number> {
  const startedAt = performance.now()
  const waits = origins.map(async (origin) => {
    let lastMs = 0
    for (;;) {
      const beganMs = performance.now() - startedAt
      const { status } = await createClient(origin, token).ask('{ me { username } }')
      if (status === 401) return lastMs
      expectThat(beganMs < patienceMs, `${origin} still returns ${status} after ${beganMs} ms`)
      lastMs = beganMs
      await delay(10)
    }
  })
  return Math.max(...(await Promise.all(waits)))
}

const signOut = (trader: Trader) => trader.ask('mutation { signOut { signedOutAt } }')

async function expectSignedOutEverywhere(world: IdentityWorld, trader: Trader): Promise<void> {
  const { errors } = await signOut(trader)
  expectThat(errors.length === 0, { errors })
  const elapsedMs = await timeUntilRefused(world.origins, trader.token)
  expectThat(elapsedMs <= signOutDeadlineMs, `still accepted after ${Math.round(elapsedMs)} ms`)
  await expectEnded(world, trader.refreshToken)
}

const madeUp: Readonly<Record<string, (token: string, other: Trader) => string>> = {
  'with another secret': (token) => token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA'),
  'of another session': (token, { refreshToken }) =>
    [...refreshToken.split('.').slice(0, 2), ...token.split('.').slice(2)].join('.'),
  'of another family': (token, { refreshToken }) =>
    token
      .split('.')
      .map((part, index) => (index === 2 ? refreshToken.split('.')[2]! : part))
      .join('.'),
  'of another user': (token, { username }) => [username, ...token.split('.').slice(1)].join('.'),
  'that is an access token': (_token, { token }) => token,
  'that is empty': () => '',
  'that is huge': (token) => token + 'A'.repeat(5_000),
}

export const sessionAttacks: readonly Attack<IdentityWorld>[] = [
  {
    name: 'refresh: a used token ends the whole family',
    run: async (world) => {
      const trader = await world.trader()
      const second = await refreshOnce(world, trader.refreshToken)
      const third = await refreshOnce(world, second)
      await expectEnded(world, trader.refreshToken)
      await expectEnded(world, third)
      const elapsedMs = await timeUntilRefused(world.origins, trader.token)
      expectThat(
        elapsedMs <= signOutDeadlineMs,
        `access remained valid for ${Math.round(elapsedMs)} ms`,
      )
    },
  },
  {
    name: 'refresh: ten at once get one successor',
    run: async (world) => {
      const trader = await world.trader()
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => refresh(world, trader.refreshToken, index % 2)),
      )
      const tokens = answers.map(({ data, codes }) => data?.refreshSession.refreshToken ?? codes)
      expectThat(new Set(tokens).size === 1 && typeof tokens[0] === 'string', tokens)
    },
  },
  ...Object.entries(madeUp).map(([name, change]) => ({
    name: `refresh: a token ${name}`,
    run: async (world: IdentityWorld) => {
      const trader = await world.trader()
      const { data, codes } = await refresh(world, change(trader.refreshToken, world.other))
      expectThat(!data && ['SESSION_ENDED', 'BAD_USER_INPUT'].includes(codes.join()), {
        data,
        codes,
      })
    },
  })),
  {
    name: 'refresh: a cookie that the platform did not issue',
    run: async ({ origins, other }) => {
      for (const cookie of [
        '',
        'cnop_refresh=',
        `cnop_refresh=${other.token}`,
        'cnop_refresh=a.b',
      ]) {
        const { status } = await fetch(`${origins[0]}/auth/refresh`, {
          method: 'POST',
          headers: { cookie, 'content-type': 'application/json' },
          body: JSON.stringify({ refreshToken: other.refreshToken }),
        })
        expectThat(status === 401, { cookie, status })
      }
    },
  },
  {
    name: 'session: signed out on one router, used on the other',
    run: async (world) => expectSignedOutEverywhere(world, await world.trader()),
  },
  {
    name: 'session: revoked by its owner, used on both routers',
    run: async (world) => {
      const trader = await world.trader()
      const sid = trader.refreshToken.split('.')[1]
      const revoke = 'mutation R($id: ID!) { revokeSession(sessionId: $id) { sessionId } }'
      const stolen = await world.other.ask(revoke, { id: sid })
      expectThat(stolen.codes.join() === 'SESSION_NOT_FOUND', stolen.codes)
      const { errors } = await trader.ask(revoke, { id: sid })
      expectThat(errors.length === 0, { errors })
      const elapsedMs = await timeUntilRefused(world.origins, trader.token)
      expectThat(elapsedMs <= signOutDeadlineMs, `still accepted after ${Math.round(elapsedMs)} ms`)
    },
  },
  {
    name: 'session: another one remains after a change of password',
    run: async (world) => {
      const trader = await world.trader()
      const change =
        'mutation C($i: ChangePasswordInput!) { changePassword(input: $i) { sessionsEnded } }'
      const second = await signInAgain(world, trader)
      const { errors } = await trader.ask(change, {
        i: { currentPassword: trader.password, newPassword: `${trader.password}-New` },
      })
      expectThat(errors.length === 0, { errors })
      await expectEnded(world, second.refreshToken)
      const elapsedMs = await timeUntilRefused(world.origins, second.accessToken)
      expectThat(elapsedMs <= signOutDeadlineMs, `still accepted after ${Math.round(elapsedMs)} ms`)
    },
  },
  {
    name: 'session: signed out while Redis is dead',
    run: async (world) => {
      const trader = await world.trader()
      await world.redis.kill()
      try {
        await expectSignedOutEverywhere(world, trader)
      } finally {
        await world.redis.restart()
      }
    },
  },
]

async function signInAgain(
  { strangers }: IdentityWorld,
  { username, password }: Trader,
): Promise<{ accessToken: string; refreshToken: string }> {
  const document = 'mutation S($i: SignInInput!) { signIn(input: $i) { accessToken refreshToken } }'
  const { data, errors } = await strangers[0]!.ask<{
    signIn: { accessToken: string; refreshToken: string }
  }>(document, { i: { username, password } })
  expectThat(!!data?.signIn, { errors })
  return data.signIn
}
