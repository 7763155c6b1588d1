import type { Price } from '@cnop/kit/money'
import type { TableDefinition } from '@cnop/kit/tables'
import type { OrderSide } from '../domain/order.ts'

/** The matcher's index: waiting orders of one asset and side, best price first, oldest first within a price. */
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

export const holdsLeaseKey = { pk: 'LEASE#check-holds', sk: 'LEASE' } as const

export const waitingPk = (assetId: string, side: OrderSide): string => `${assetId}#${side}`

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

function expiryPk(orderId: string): string {
  const last = orderId.codePointAt(orderId.length - 1) ?? 0
  return expiryShardPk(last % expiryShards)
}

export const expiryShardPk = (shard: number): string => `EXPIRY#${shard}`

export const expiryKey = (orderId: string, expiresAt: string) => ({
  pk: expiryPk(orderId),
  sk: `${expiresAt}#${orderId}`,
})
