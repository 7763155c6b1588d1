import type { Clock } from '@cnop/kit/clock'
import type { RequestScope } from '@cnop/kit/subgraph'
import type { QuoteReader } from '@cnop/quotes/quote'
import type { Catalogue } from './catalogue.ts'
import type { FrozenLists } from './frozen-lists.ts'
import type { History } from './history.ts'

/** How the market stands, as far as this process can tell. */
export interface MarketState {
  readonly feed: string
  readonly isOpen: boolean
  readonly tickedAt: string | undefined
}

export interface Deps {
  readonly catalogue: Catalogue
  readonly lists: FrozenLists
  readonly history: History
  readonly quotes: QuoteReader
  readonly market: () => MarketState
  readonly now: Clock
}

/** Assets, quotes and history are in memory, so that a request needs no loaders of its own. */
export type Context = Deps & RequestScope
