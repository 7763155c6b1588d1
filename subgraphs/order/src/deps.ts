import type { Profile } from '@cnop/kit/config'
import type { Store } from '@cnop/kit/dynamo'
import type { EventBus } from '@cnop/kit/bus'
import type { Clock } from '@cnop/kit/clock'
import type { NewId } from '@cnop/kit/ids'
import type { Log } from '@cnop/kit/log'
import type { RequestScope } from '@cnop/kit/subgraph'
import type { LedgerDeps } from '@cnop/ledger/command'
import type { CandleReader } from '@cnop/quotes/candles'
import type { QuoteReader } from '@cnop/quotes/reader'
import type { OrderRules } from './domain/order-rules.ts'
import type { RecurringRules } from './domain/recurring-order.ts'
import type { OrderOutcomes, RunOutcomes } from './events.ts'
import type { Loaders } from './loaders.ts'
import type { TradeList } from './store/trade-list.ts'

/** Everything that commands and jobs need. */
export interface Deps {
  readonly ledger: LedgerDeps
  readonly store: Store
  /** Where notifications are written, in the transaction of their cause. */
  readonly outbox: Store
  readonly quotes: QuoteReader
  /** Past prices: of those that stops missed, and of the history of a demo account. */
  readonly candles: CandleReader
  readonly profile: Profile
  readonly rules: OrderRules
  readonly recurring: RecurringRules
  readonly bus: EventBus
  readonly now: Clock
  readonly newId: NewId
  readonly log: Log
  /** What everyone may see of the fills. */
  readonly trades: TradeList
  readonly outcomes: OrderOutcomes
  readonly runOutcomes: RunOutcomes
}

/** The context of a resolver: the dependencies, the caller, and readers that batch within one request. */
export type Context = Deps & RequestScope & { readonly loaders: Loaders }
