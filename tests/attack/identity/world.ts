import type { SigningKey } from '@cnop/user/tokens/signing-keys'
import { exportSigningKey, generateSigningKey } from '@cnop/user/tokens/signing-keys'
import { type RemoteWorld, startRemoteWorld } from '../../world/remote.ts'
import type { Trader } from '../../world/trader.ts'

/** Remote subgraphs, two routers, and the signing key: this intruder knows more than a real one. */
export interface IdentityWorld extends RemoteWorld {
  readonly signingKey: SigningKey
  /** A user with data of every kind. */
  readonly owner: Trader
  /** Another user with the same kinds of data. */
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

/** A user with cash, a holding, orders and journal entries. */
async function settle(world: RemoteWorld): Promise<Trader> {
  const trader = await world.trader({ cash: '5000.00' })
  const { errors } = await trader.buys('0.01', 'BTC')
  if (errors.length > 0) throw new Error(`The world has no market: ${JSON.stringify(errors)}`)
  return trader
}

/** Throws with the given value unless the condition holds. */
export function expectThat(isSo: boolean, seen: unknown): asserts isSo {
  if (!isSo) throw new Error(typeof seen === 'string' ? seen : JSON.stringify(seen))
}
