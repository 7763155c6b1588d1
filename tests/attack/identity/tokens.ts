import { createClient } from '../../world/client.ts'
import type { Attack } from '../attack.ts'
import { forgeries, honest } from './forge.ts'
import { expectThat, type IdentityWorld } from './world.ts'

const documents = {
  public: '{ market { feed } }',
  protected: '{ me { username } }',
  mutation: 'mutation { signOut { signedOutAt } }',
}

const lootOf = ({ owner, signingKey }: IdentityWorld) => ({
  accessToken: owner.token,
  refreshToken: owner.refreshToken,
  signingKey,
})

/** At every endpoint of every router. An unknown key is looked up at most once per second. */
async function expectRefused(world: IdentityWorld, token: string): Promise<void> {
  const asks = world.origins.flatMap((origin) =>
    Object.entries(documents).map(async ([kind, document]) => {
      const { status, codes, data } = await createClient(origin, token).ask(document)
      const isRefused = status === 401 && codes.join() === 'UNAUTHENTICATED' && !data
      expectThat(isRefused, { kind, status, codes, data })
    }),
  )
  const signOut = fetch(`${world.origins[0]}/auth/sign-out`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  })
  await Promise.all(asks)
  const { status } = await signOut
  expectThat(status === 401, { endpoint: '/auth/sign-out', status })
}

const malformedHeaders: Readonly<Record<string, (token: string) => string>> = {
  'the scheme Basic': (token) => `Basic ${token}`,
  'no scheme': (token) => token,
  'two tokens': (token) => `Bearer ${token} ${token}`,
  'a scheme without a token': () => 'Bearer',
}

/** Equivalent spellings of the scheme: they admit no other caller and do not lock out the owner. */
const sameSchemes = ['bearer', 'BEARER', 'bEaReR', 'Bearer  ']

export const tokenAttacks: readonly Attack<IdentityWorld>[] = [
  ...Object.entries(forgeries).map(([name, forge]) => ({
    name: `token: ${name}`,
    run: async (world: IdentityWorld) => expectRefused(world, await forge(lootOf(world))),
  })),
  ...Object.entries(malformedHeaders).map(([name, header]) => ({
    name: `header: ${name}`,
    run: async ({ strangers, owner }: IdentityWorld) => {
      const headers = { authorization: header(owner.token) }
      const { status, codes } = await strangers[0]!.ask(documents.protected, {}, headers)
      expectThat(status === 401 && codes.join() === 'UNAUTHENTICATED', { status, codes })
    },
  })),
  ...sameSchemes.map((scheme) => ({
    name: `header: the scheme ${JSON.stringify(scheme)}, valid and forged, over GraphQL, REST and /system`,
    run: async (world: IdentityWorld) => {
      const forged = await forgeries['expired']!(lootOf(world))
      for (const [token, isRight] of [
        [world.owner.token, true],
        [forged, false],
      ] as const) {
        const headers = { authorization: `${scheme} ${token}`, 'content-type': 'application/json' }
        const [origin] = world.origins
        const statuses = [
          (await world.strangers[0]!.ask(documents.protected, {}, headers)).status,
          (await fetch(`${origin}/api/v1/auth/profile`, { headers })).status,
          (await fetch(`${origin}/export/activity.json`, { headers })).status,
          (await fetch(`${origin}/system/blocks`, { headers })).status,
        ]
        const wanted = isRight ? '200,200,200,403' : '401,401,401,401'
        expectThat(statuses.join() === wanted, { scheme, isRight, statuses })
      }
    },
  })),
  {
    // A control: without it the attacks above could fail for another reason.
    name: 'token: a valid one made the same way is accepted',
    run: async (world) => {
      const token = await honest(lootOf(world))
      for (const origin of world.origins) {
        const { status, data } = await createClient(origin, token).ask(documents.protected)
        const me = data?.['me'] as { username?: string } | undefined
        expectThat(status === 200 && me?.username === world.owner.username, { status, data })
      }
    },
  },
]
