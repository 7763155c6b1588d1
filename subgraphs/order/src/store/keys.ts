import type { Price } from '@cnop/kit/money'
import type { TableDefinition } from '@cnop/kit/tables'
import type { Order, OrderSide } from '../domain/order.ts'

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

export const orderKey = (username: string, orderId: string) => ({
  pk: userPk(username),
  sk: `${orderPrefix}${orderId}`,
})

/** A second row for each open order, gone when it closes: a user's open orders, and what the matcher's index shows. */
export const openKey = (username: string, orderId: string) => ({
  pk: userPk(username),
  sk: `${openPrefix}${orderId}`,
})

/** Which order a client's own name belongs to: one small row for each order that has one, as lasting as the order. */
export const clientOrderKey = (username: string, clientOrderId: string) => ({
  pk: userPk(username),
  sk: `CLIENT#${clientOrderId}`,
})

export const holdsLeaseKey = { pk: 'LEASE#check-holds', sk: 'LEASE' } as const

/** A number below `shards`, from the random end of an order's id. */
const shardOf = (orderId: string, shards: number): number =>
  (orderId.codePointAt(orderId.length - 1) ?? 0) % shards

const waitingShards = 4

/** Orders of a release without shards are in the first partition, so they need no migration. */
const waitingShardPk = (assetId: string, side: OrderSide, shard: number): string =>
  shard === 0 ? `${assetId}#${side}` : `${assetId}#${side}#${shard}`

export const waitingPk = ({ id, assetId, side }: Pick<Order, 'id' | 'assetId' | 'side'>): string =>
  waitingShardPk(assetId, side, shardOf(id, waitingShards))

export const waitingPks = (assetId: string, side: OrderSide): readonly string[] =>
  Array.from({ length: waitingShards }, (_, shard) => waitingShardPk(assetId, side, shard))

const priceDigits = 25
const priceCeiling = 10n ** BigInt(priceDigits) - 1n

/** Sorts the best price first on either side: a buy that offers most, a sale that asks least. */
function waitingPrice(side: OrderSide, limitPrice: Price): string {
  const rank = side === 'BUY' ? priceCeiling - limitPrice : limitPrice
  return rank.toString().padStart(priceDigits, '0')
}

export const waitingSk = (side: OrderSide, limitPrice: Price, orderId: string): string =>
  `${waitingPrice(side, limitPrice)}#${orderId}`

/** Expiring orders are spread over a few partitions, so that no single one takes all placements. */
export const expiryShards = 8

export const expiryShardPk = (shard: number): string => `EXPIRY#${shard}`

export const expiryKey = (orderId: string, expiresAt: string) => ({
  pk: expiryShardPk(shardOf(orderId, expiryShards)),
  sk: `${expiresAt}#${orderId}`,
})
