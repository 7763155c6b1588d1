import type { Clock } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import type { Registry } from 'prom-client'
import type { Shared } from '../fleet/shared.ts'
import { readInternal } from '../subgraphs/internal.ts'
import type { OpenSubgraph } from '../subgraphs/subgraphs.ts'
import { createAuthenticate } from './authenticate.ts'
import { watchEndedSessions } from './ended-sessions.ts'
import { openKeys } from './keys.ts'
import type { TokenRules } from './token.ts'

export type Identity = Awaited<ReturnType<typeof openIdentity>>

interface IdentityOptions {
  readonly rules: TokenRules
  readonly shared: Shared
  readonly subgraphs: readonly OpenSubgraph[]
  readonly registry: Registry
  readonly log: Log
  readonly now: Clock
}

function findUser(subgraphs: readonly OpenSubgraph[]): OpenSubgraph {
  const user = subgraphs.find(({ place }) => place.name === 'user')
  if (!user) throw new Error('The router has no user subgraph.')
  return user
}

/** Authentication: tokens and ended sessions. */
export async function openIdentity({
  rules,
  shared,
  subgraphs,
  registry,
  log,
  now,
}: IdentityOptions) {
  const user = findUser(subgraphs)
  const isPushed = (): Promise<boolean> => shared.redis?.isHealthy() ?? Promise.resolve(true)
  const endedSessions = await watchEndedSessions({
    bus: shared.bus,
    list: (query) => {
      const path = ['/internal/ended-sessions', new URLSearchParams(query).toString()]
      return readInternal(user, path.filter((part) => part !== '').join('?'), now)
    },
    activity: shared.activity,
    now,
    log,
  })
  const authenticate = createAuthenticate({
    keys: openKeys({ read: () => readInternal(user, '/internal/jwks', now) }),
    rules,
    endedSessions,
    now,
    registry,
  })
  return { endedSessions, authenticate, isPushed }
}
