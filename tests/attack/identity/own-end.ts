import { newKey } from '../../world/world.ts'
import type { Trader } from '../../world/trader.ts'
import type { Attack } from '../attack.ts'
import { expectThat, type IdentityWorld } from './world.ts'

const cash = (): string => `(input: { key: "${newKey()}", amount: "1.00" }) { cash { available } }`
const order = (): string =>
  `(input: { key: "${newKey()}", assetId: "BTC", side: BUY, type: MARKET, quantity: "0.001" }) { order { id } }`

/** Mutations that end the session of their caller. */
const endings: Readonly<Record<string, (trader: Trader) => string>> = {
  'a sign-out': () => 'signOut { signedOutAt }',
  'a revoked session': ({ refreshToken }) =>
    `revokeSession(sessionId: "${refreshToken.split('.')[1]}") { sessionId }`,
  'a revoked refresh token': ({ refreshToken }) =>
    `revokeRefreshToken(input: { refreshToken: "${refreshToken}" }) { sessionId }`,
  'a reused refresh token': ({ refreshToken }) =>
    `refreshSession(input: { refreshToken: "${refreshToken}" }) { accessToken }`,
}

/** Documents in which other fields follow the one that ends the session. */
const followers: Readonly<Record<string, (ending: string) => string>> = {
  'of the same subgraph': (ending) => `mutation { ${ending} withdraw${cash()} }`,
  'of another one': (ending) => `mutation { ${ending} placeOrder${order()} }`,
  'of both, in fragments and under aliases': (ending) => `
    mutation { ...End a: placeOrder${order()} ... on Mutation { b: deposit${cash()} } }
    fragment End on Mutation { c: ${ending} d: withdraw${cash()} }`,
  'that need no session': (ending) =>
    `mutation { ${ending} signUp(input: { username: "after_the_end", email: "after@example.com", password: "Correct-Horse-42", firstName: "A", lastName: "B" }) { user { username } } }`,
}

/** Spends the first refresh token twice over, so that using it again ends the session. */
async function spend({ strangers }: IdentityWorld, { refreshToken }: Trader): Promise<void> {
  const document =
    'mutation R($t: String!) { refreshSession(input: { refreshToken: $t }) { refreshToken } }'
  let token = refreshToken
  for (let times = 0; times < 2; times += 1) {
    const { data } = await strangers[0]!.ask<{ refreshSession: { refreshToken: string } }>(
      document,
      { t: token },
    )
    expectThat(!!data, 'The token could not be refreshed.')
    token = data.refreshSession.refreshToken
  }
}

/** What the trader owns, to a new session. */
async function readOwned(world: IdentityWorld, { username, password }: Trader): Promise<string> {
  const signIn = 'mutation S($i: SignInInput!) { signIn(input: $i) { accessToken } }'
  const { data } = await world.strangers[0]!.ask<{ signIn: { accessToken: string } }>(signIn, {
    i: { username, password },
  })
  const response = await fetch(`${world.origins[0]}/export/activity.csv`, {
    headers: { authorization: `Bearer ${data?.signIn.accessToken}` },
  })
  expectThat(response.status === 200, `${response.status}`)
  return response.text()
}

async function expectRestRefused(
  world: IdentityWorld,
  trader: Trader,
  document: string,
): Promise<void> {
  const before = await readOwned(world, trader)
  const { codes } = await trader.ask(document)
  expectThat(codes.length > 0 && codes.every((code) => code === 'SESSION_ENDED'), codes)
  expectThat((await readOwned(world, trader)) === before, 'The account has changed.')
}

/** A session that ends in the middle of a document must not act in the rest of it. */
export const ownEndAttacks: readonly Attack<IdentityWorld>[] = [
  ...Object.entries(endings).flatMap(([what, ending]) =>
    Object.entries(followers).map(([which, follow]) => ({
      name: `own end: ${what}, and then fields ${which}`,
      run: async (world: IdentityWorld) => {
        const trader = await world.trader({ cash: '1000.00' })
        if (what.startsWith('a reused')) await spend(world, trader)
        await expectRestRefused(world, trader, follow(ending(trader)))
      },
    })),
  ),
  {
    name: 'own end: a sign-out, and then a field of another subgraph, while Redis is dead',
    run: async (world) => {
      const trader = await world.trader({ cash: '1000.00' })
      await world.redis.kill()
      try {
        await expectRestRefused(
          world,
          trader,
          `mutation { signOut { signedOutAt } placeOrder${order()} }`,
        )
      } finally {
        await world.redis.restart()
      }
    },
  },
]
