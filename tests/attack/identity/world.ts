import type { SigningKey } from '@cnop/user/tokens/signing-keys'
import { exportSigningKey, generateSigningKey } from '@cnop/user/tokens/signing-keys'
import { type RemoteWorld, startRemoteWorld } from '../../world/remote.ts'
import type { Trader } from '../../world/trader.ts'

/** Remote subgraphs, two routers, and the key that signs: an intruder here knows more than a real one. */
export interface IdentityWorld extends RemoteWorld {
  readonly signingKey: SigningKey
  /** Owns something of everything that can be owned. */
  readonly owner: Trader
  /** Another user with as much. */
  readonly other: Trader
}

export async function openIdentityWorld(): Promise<IdentityWorld> {
  const signingKey = generateSigningKey()
  const world = await startRemoteWorld({
    routers: 2,
    env: {
      JWT_PRIVATE_KEY: JSON.stringify(exportSigningKey(signingKey)),
      RATE_LIMIT_PER_MINUTE: '1000000',
      RED_POCKET_HOLD: '7d',
    },
  })
  const [owner, other] = [await settle(world), await settle(world)]
  return { ...world, signingKey, owner, other }
}

/** A user with cash, a holding, orders and a journal. */
async function settle(world: RemoteWorld): Promise<Trader> {
  const trader = await world.trader({ cash: '5000.00' })
  const { errors } = await trader.buys('0.01', 'BTC')
  if (errors.length > 0) throw new Error(`The world has no market: ${JSON.stringify(errors)}`)
  return trader
}

/** Fails an attack with what was seen. */
export function expectThat(isSo: boolean, seen: unknown): asserts isSo {
  if (!isSo) throw new Error(typeof seen === 'string' ? seen : JSON.stringify(seen))
}
