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

/** Attacks that exceed a client's limits or send what a client must not send. */
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

/** Counts that must be zero after all attacks. */
export const summarise = ({ open: target, closed }: GuardWorld) =>
  Promise.resolve({ subgraphCalls: target.leaked + closed.leaked })
