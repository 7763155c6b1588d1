import type { Store } from '@cnop/kit/dynamo'
import type { EventBus } from '@cnop/kit/bus'
import type { Clock } from '@cnop/kit/clock'
import type { NewId } from '@cnop/kit/ids'
import type { Log } from '@cnop/kit/log'
import type { RequestScope } from '@cnop/kit/subgraph'
import type { LedgerDeps } from '@cnop/ledger/command'
import type { QuoteReader } from '@cnop/quotes/reader'
import type { OrderRules } from './domain/order-rules.ts'
import type { OrderOutcomes } from './events.ts'
import type { Loaders } from './loaders.ts'

/** Everything that commands and jobs need. */
export interface Deps {
  readonly ledger: LedgerDeps
  readonly store: Store
  readonly quotes: QuoteReader
  readonly rules: OrderRules
  readonly bus: EventBus
  readonly now: Clock
  readonly newId: NewId
  readonly log: Log
  readonly outcomes: OrderOutcomes
}

/** The context of a resolver: the dependencies, the caller, and readers that batch within one request. */
export type Context = Deps & RequestScope & { readonly loaders: Loaders }
