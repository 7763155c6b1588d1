import type { Price } from '@cnop/kit/money'
import type { TableDefinition } from '@cnop/kit/tables'
import { type Book, bookDirection } from '../domain/book.ts'

/**
 * The matcher's index. Waiting orders of one asset and side are spread over a few partitions; in each, the best price is
 * first, and the oldest order within a price.
 */
export const waitingIndex = 'waiting'

export const ordersTable = (name: string): TableDefinition => ({
  name,
  indexes: [{ name: waitingIndex, projection: 'all' }],
  hasTimeToLive: false,
})

export const userPk = (username: string): string => `USER#${username}`
export const orderPrefix = 'ORDER#'
export const openPrefix = 'OPEN#'
export const secondPrefix = 'SECOND#'

export const orderKey = (username: string, orderId: string) => ({
  pk: userPk(username),
  sk: `${orderPrefix}${orderId}`,
})

/** A second row for each open order, gone when it closes: a user's open orders, and what the matcher's index shows. */
export const openKey = (username: string, orderId: string) => ({
  pk: userPk(username),
  sk: `${openPrefix}${orderId}`,
})

/** A third row for an open order that waits in two books: where the index shows it a second time. */
export const secondKey = (username: string, orderId: string) => ({
  pk: userPk(username),
  sk: `${secondPrefix}${orderId}`,
})

/** Which order a client's own name belongs to: one small row for each order that has one, as lasting as the order. */
export const clientOrderKey = (username: string, clientOrderId: string) => ({
  pk: userPk(username),
  sk: `CLIENT#${clientOrderId}`,
})

export const fillPrefix = (orderId: string): string => `FILL#${orderId}#`

/** A trade of an order that fills in parts. */
export const fillKey = (username: string, orderId: string, number: number) => ({
  pk: userPk(username),
  sk: `${fillPrefix(orderId)}${String(number).padStart(4, '0')}`,
})

export const depthPrefix = 'DEPTH#'

/** What a user has taken of one side of a market at the last tick: one row for each, where markets have a depth. */
export const depthKey = (username: string, assetId: string, side: string) => ({
  pk: userPk(username),
  sk: `${depthPrefix}${assetId}#${side}`,
})

export const recurringPrefix = 'RECURRING#'

export const recurringKey = (username: string, id: string) => ({
  pk: userPk(username),
  sk: `${recurringPrefix}${id}`,
})

/** Dates of recurring orders are spread over a few partitions, because many users choose the same time. */
export const recurringShards = 4

export const recurringShardPk = (shard: number): string => `RECURRING#${shard}`

export const recurringDueKey = (id: string, nextAt: string) => ({
  pk: recurringShardPk(shardOf(id, recurringShards)),
  sk: `${nextAt}#${id}`,
})

/** All alerts of a user on the value of the portfolio, in one row. */
export const portfolioAlertsKey = (username: string) => ({
  pk: userPk(username),
  sk: 'PORTFOLIO_ALERTS',
})

/** Users with an active alert on the value of their portfolio are spread over a few partitions. */
export const portfolioShards = 4

export const portfolioWatchPk = (shard: number): string => `PORTFOLIO#${shard}`

export const portfolioWatchKey = (username: string) => ({
  pk: portfolioWatchPk(shardOf(username, portfolioShards)),
  sk: username,
})

/** Until when every stop order has been compared with the market. */
export const stopsWatchedKey = { pk: 'STOPS', sk: 'WATCHED' } as const

export const holdsLeaseKey = { pk: 'LEASE#check-holds', sk: 'LEASE' } as const

/** A number below `shards`, from the random end of an order's id. */
const shardOf = (orderId: string, shards: number): number =>
  (orderId.codePointAt(orderId.length - 1) ?? 0) % shards

const waitingShards = 4

// No ticker has small letters.
const bookPrefixes = { LIMIT: '', STOP: 'stop#', TRAIL: 'trail#' } as const

/** Orders of a release without shards are in the first partition, so they need no migration. */
function waitingShardPk({ assetId, side, kind }: Book, shard: number): string {
  const name = `${bookPrefixes[kind]}${assetId}#${side}`
  return shard === 0 ? name : `${name}#${shard}`
}

export const waitingPk = (book: Book, orderId: string): string =>
  waitingShardPk(book, shardOf(orderId, waitingShards))

export const waitingPks = (book: Book): readonly string[] =>
  Array.from({ length: waitingShards }, (_, shard) => waitingShardPk(book, shard))

const priceDigits = 25
const priceCeiling = 10n ** BigInt(priceDigits) - 1n

/** Sorts first what the market reaches first: the highest price that it falls to, the lowest that it rises to. */
function waitingPrice(book: Book, price: Price): string {
  const rank = bookDirection(book) === 'BELOW' ? priceCeiling - price : price
  return rank.toString().padStart(priceDigits, '0')
}

export const waitingSk = (book: Book, price: Price, orderId: string): string =>
  `${waitingPrice(book, price)}#${orderId}`

/** Expiring orders are spread over a few partitions, so that no single one takes all placements. */
export const expiryShards = 8

export const expiryShardPk = (shard: number): string => `EXPIRY#${shard}`

export const expiryKey = (orderId: string, expiresAt: string) => ({
  pk: expiryShardPk(shardOf(orderId, expiryShards)),
  sk: `${expiresAt}#${orderId}`,
})
