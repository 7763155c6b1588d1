import type { Profile } from '@cnop/kit/config'
import type { Store } from '@cnop/kit/dynamo'
import type { EventBus } from '@cnop/kit/bus'
import type { Clock } from '@cnop/kit/clock'
import type { NewId } from '@cnop/kit/ids'
import type { Log } from '@cnop/kit/log'
import type { RequestScope } from '@cnop/kit/subgraph'
import type { QuoteReader } from '@cnop/quotes/quote'
import type { LiquidityRules } from '@cnop/quotes/liquidity'
import type { CatalogueReader } from './catalogue.ts'
import type { FrozenLists } from './frozen-lists.ts'
import type { History } from './history.ts'

/** The state of the market as this process knows it. */
export interface MarketState {
  readonly feed: string
  readonly isOpen: boolean
  readonly tickedAt: string | undefined
}

/** Outcomes of price alerts since the process start, for metrics. */
export interface AlertTally {
  created: number
  fired: number
  /** Fires of alerts that repeat, which stay active. */
  repeated: number
  cancelled: number
  expired: number
}

export interface Deps {
  readonly store: Store
  /** Notifications, and the channels that users chose. */
  readonly outbox: Store
  /** In a request: the assets of its moment. */
  readonly catalogue: CatalogueReader
  readonly lists: FrozenLists
  readonly history: History
  readonly quotes: QuoteReader
  readonly market: () => MarketState
  /** What selling costs, as the order service charges it. */
  readonly feeBasisPoints: bigint
  readonly liquidity: LiquidityRules
  readonly alertTally: AlertTally
  readonly profile: Profile
  readonly bus: EventBus
  readonly now: Clock
  readonly newId: NewId
  readonly log: Log
}

/** Assets, quotes and history are in memory, and each list of a user is one read: a request needs no loaders. */
export type Context = Deps & RequestScope
