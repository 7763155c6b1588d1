import type { Attack } from '../attack.ts'
import { endpointAttacks } from '../guards/endpoints.ts'
import { exhaustionAttacks } from '../guards/exhaustion.ts'
import { malformedAttacks } from '../guards/malformed.ts'
import { parameterAttacks } from '../guards/parameters.ts'
import { queryAttacks } from '../guards/queries.ts'
import { safelistAttacks } from '../guards/safelist.ts'
import { signInAttacks } from '../guards/sign-ins.ts'
import { streamAttacks } from '../guards/streams.ts'
import { type GuardWorld, openGuardWorld } from '../guards/world.ts'

/** Everything that tries to get more than its share, or past what a client may ask. */
export const attacks: readonly Attack<GuardWorld>[] = [
  ...queryAttacks,
  ...endpointAttacks,
  ...safelistAttacks,
  ...signInAttacks,
  ...streamAttacks,
  ...malformedAttacks,
  ...parameterAttacks,
  ...exhaustionAttacks,
]

export const open = openGuardWorld

/** What no attack may have caused. */
export const summarise = ({ open: target, closed }: GuardWorld) =>
  Promise.resolve({ subgraphCalls: target.leaked + closed.leaked })
