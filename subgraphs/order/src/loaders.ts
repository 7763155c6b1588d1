import type { Store } from '@cnop/kit/dynamo'
import type { JournalEntry } from '@cnop/ledger/chain'
import type { LedgerDeps } from '@cnop/ledger/command'
import { readEntries } from '@cnop/ledger/balances'
import DataLoader from 'dataloader'
import type { Order } from './domain/order.ts'
import type { Trade } from './domain/trade.ts'
import type { TradeList } from './store/trade-list.ts'
import { type OrderPage, type OrderPageQuery, readOrderPages } from './store/order-pages.ts'
import {
  type ClientOrderAddress,
  type OrderAddress,
  readClientOrders,
  readOrders,
} from './store/orders.ts'

export interface EntryAddress {
  readonly username: string
  readonly sequence: bigint
}

/** Loaders of one request: concurrent reads are batched. */
export interface Loaders {
  readonly orders: DataLoader<OrderAddress, Order | undefined, string>
  readonly clientOrders: DataLoader<ClientOrderAddress, Order | undefined, string>
  readonly pages: DataLoader<OrderPageQuery, OrderPage, string>
  readonly entries: DataLoader<EntryAddress, JournalEntry | undefined, string>
  /** Of each asset all that are kept; undefined while they cannot be read. */
  readonly trades: DataLoader<string, readonly Trade[] | undefined>
}

const mostRows = 100

// Nothing is cached beyond a batch: a mutation earlier in the same request may have changed what a later field reads.
const options = { cache: false, maxBatchSize: mostRows }

export function createLoaders({
  store,
  ledger,
  trades,
}: {
  readonly store: Store
  readonly ledger: LedgerDeps
  readonly trades: TradeList
}): Loaders {
  return {
    orders: new DataLoader((addresses) => readOrders(store, addresses), options),
    clientOrders: new DataLoader((addresses) => readClientOrders(store, addresses), options),
    pages: new DataLoader((queries) => readOrderPages(store, queries), options),
    entries: new DataLoader((addresses) => readReceipts(ledger, addresses), options),
    trades: new DataLoader((assetIds) => trades.read(assetIds), options),
  }
}

async function readReceipts(
  ledger: LedgerDeps,
  addresses: readonly EntryAddress[],
): Promise<(JournalEntry | undefined)[]> {
  const usernames = [...new Set(addresses.map(({ username }) => username))]
  const found = await Promise.all(
    usernames.map((username) => {
      const own = addresses.filter((address) => address.username === username)
      const sequences = new Set(own.map(({ sequence }) => sequence))
      return readEntries(ledger, username, [...sequences])
    }),
  )
  const entries = found.flat()
  return addresses.map(({ username, sequence }) =>
    entries.find((entry) => entry.username === username && entry.sequence === sequence),
  )
}
