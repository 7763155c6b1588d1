import type { Store } from '@cnop/kit/dynamo'
import type { Clock } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import type { Usd } from '@cnop/kit/money'
import type { RequestScope } from '@cnop/kit/subgraph'
import type { LedgerDeps } from '@cnop/ledger/command'
import type { ClaimLoader } from './loaders.ts'
import type { Phrases } from './phrases.ts'

export interface Deps {
  readonly ledger: LedgerDeps
  readonly store: Store
  readonly phrases: Phrases
  readonly smallAmount: Usd
  /** Whether red pockets are available. */
  readonly isOffered: boolean
  /** How old an account must be. */
  readonly minAgeMs: number
  readonly now: Clock
  readonly log: Log
}

/** The context of a resolver: the dependencies, the caller, and a reader that batches within one request. */
export type Context = Deps & RequestScope & { readonly claims: ClaimLoader }
