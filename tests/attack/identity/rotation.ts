import { setTimeout as delay } from 'node:timers/promises'
import {
  exportPublicKey,
  exportSigningKey,
  generateSigningKey,
  type SigningKey,
} from '@cnop/user/tokens/signing-keys'
import { type Answer, type Client, createClient } from '../../world/client.ts'
import type { Attack } from '../attack.ts'
import { forgeries, honest } from './forge.ts'
import { expectThat, type IdentityWorld } from './world.ts'

/** Sends requests without a pause until it is stopped; returns the requests that failed. */
function keepAsking(ask: () => Promise<Answer>, expectedStatus: number) {
  const strange: number[] = []
  let count = 0
  const stopping = new AbortController()
  const asking = (async () => {
    while (!stopping.signal.aborted) {
      const { status } = await ask()
      count += 1
      if (status !== expectedStatus) strange.push(status)
      await delay(2)
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      await asking
      return { count, strange }
    },
  }
}

const askMarket = (client: Client): Promise<Answer> => client.ask('{ market { feed } }')

const keyEnvironment = (signing: SigningKey, others: readonly SigningKey[]) => ({
  JWT_PRIVATE_KEY: JSON.stringify(exportSigningKey(signing)),
  JWT_PREVIOUS_PUBLIC_KEYS: JSON.stringify({ keys: others.map(exportPublicKey) }),
})

async function signIn(world: IdentityWorld): Promise<string> {
  const { username, password } = world.owner
  const document = 'mutation S($i: SignInInput!) { signIn(input: $i) { accessToken } }'
  const { data, errors } = await world.strangers[0]!.ask<{ signIn: { accessToken: string } }>(
    document,
    { i: { username, password } },
  )
  expectThat(!!data?.signIn, { errors })
  return data.signIn.accessToken
}

async function rotate(world: IdentityWorld, key: SigningKey): Promise<void> {
  await world.subgraph('user').stop()
  await world.subgraph('user').start(keyEnvironment(key, [world.signingKey]))
}

/**
 * A rotation without preparation, under load, while a client sends unknown key ids: no token of the old key or the new
 * key is refused on any router.
 */
export const rotationAttacks: readonly Attack<IdentityWorld>[] = [
  {
    name: 'rotation: under load and a flood of unknown keys, no valid token is refused',
    run: async (world) => {
      const { owner, signingKey } = world
      const loot = { accessToken: owner.token, refreshToken: owner.refreshToken, signingKey }
      const flood = await forgeries["the stranger's kid"]!(loot)
      const load = world.origins.map((origin) => {
        const client = createClient(origin, owner.token)
        return keepAsking(() => askMarket(client), 200)
      })
      const key = generateSigningKey()
      await rotate(world, key)
      const flooding = world.origins.map((origin) => {
        const client = createClient(origin, flood)
        return keepAsking(() => askMarket(client), 401)
      })
      const fresh = await signIn(world)
      for (const origin of world.origins) {
        const { status, codes } = await askMarket(createClient(origin, fresh))
        expectThat(status === 200, { 'the new key': status, codes })
      }
      const seen = await Promise.all([...load, ...flooding].map((each) => each.stop()))
      expectThat(
        seen.every(({ count, strange }) => count > 0 && strange.length === 0),
        seen,
      )
    },
  },
  {
    name: 'rotation: a token of a key that is no longer published',
    run: async (world) => {
      const { owner } = world
      const key = generateSigningKey()
      const loot = { accessToken: owner.token, refreshToken: owner.refreshToken, signingKey: key }
      const stranger = await honest(loot)
      const { status } = await askMarket(createClient(world.origins[0]!, stranger))
      expectThat(status === 401, { status })
    },
  },
  {
    name: 'keys: the user subgraph is dead, and a token names an unknown key',
    run: async (world) => {
      const { owner, signingKey } = world
      const loot = { accessToken: owner.token, refreshToken: owner.refreshToken, signingKey }
      const unknown = await forgeries["the stranger's kid"]!(loot)
      await world.subgraph('user').stop()
      try {
        const { status, codes } = await askMarket(createClient(world.origins[0]!, unknown))
        expectThat(status === 503 && codes.join() === 'SUBGRAPH_UNAVAILABLE', { status, codes })
        const known = await askMarket(createClient(world.origins[0]!, owner.token))
        expectThat(known.status === 200, { 'a known key': known.status })
      } finally {
        await world.subgraph('user').start()
      }
    },
  },
]
