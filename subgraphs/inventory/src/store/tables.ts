import type { Price } from '@cnop/kit/money'
import type { TableDefinition } from '@cnop/kit/tables'
import type { PriceDirection, WaitingSide } from '@cnop/quotes/nearest-waiting'
import { nameOfWish, type Wish } from '../domain/price-alert.ts'

/** The inventory table: the packed catalogue, who keeps it up to date, and what users watch and wait for. */
export const inventoryTable = (name: string): TableDefinition => ({
  name,
  indexes: [],
  hasTimeToLive: true,
})

/** The moving figures of some assets, or the facts that rarely change. */
export const catalogueKey = (part: 'figures' | 'facts', row: number) => ({
  pk: 'CATALOGUE',
  sk: `${part === 'facts' ? 'FACTS#' : ''}${String(row).padStart(3, '0')}`,
})
export const leaseKey = { pk: 'LEASE', sk: 'MARKET' } as const

export const userPk = (username: string): string => `USER#${username}`

export const watchlistKey = (username: string) => ({ pk: userPk(username), sk: 'WATCHLIST' })
export const seenKey = (username: string) => ({ pk: userPk(username), sk: 'SEEN' })

/** An active alert has one sort key and a closed one another, so that each kind is listed separately. */
export const activePrefix = 'ALERT#'
export const closedPrefix = 'CLOSED#'

const userRow = (prefix: string) => (username: string, id: string) => ({
  pk: userPk(username),
  sk: `${prefix}${id}`,
})

export const activeKey = userRow(activePrefix)
export const closedKey = userRow(closedPrefix)
export const guardKey = userRow('KEY#')

/** The row of what an active alert waits for: a user has no two equal ones. */
export const wishKey = (username: string, wish: Wish): { pk: string; sk: string } => ({
  pk: userPk(username),
  sk: `WISH#${nameOfWish(wish)}`,
})

/** How many alerts of a user are active: the row that keeps them within their limit. */
export const alertCountKey = (username: string) => ({ pk: userPk(username), sk: 'ALERTS' })

/** Alerts wait in a few partitions, so that all of them can be read at once and no single one takes every new alert. */
export const waitingShards = Array.from({ length: 8 }, (_, shard) => `WAITING#${shard}`)

function shardOf(text: string): number {
  const letters = Array.from(text).reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0)
  return letters % waitingShards.length
}

const waitingPk = (assetId: string): string => `WAITING#${shardOf(assetId)}`

/** Alerts that end by themselves, in as many partitions, the one that ends first first. */
export const endingShards = waitingShards.map((_, shard) => `ENDING#${shard}`)

export const endingKey = (alertId: string, expiresAt: string) => ({
  pk: `ENDING#${shardOf(alertId)}`,
  sk: `${expiresAt}#${alertId}`,
})

/** All alerts that wait on one side of an asset. Rows and no index: they are there as soon as the alert is. */
export const waitingSide = ({ assetId, direction }: WaitingSide) => ({
  pk: waitingPk(assetId),
  skPrefix: `${assetId}#${direction}#`,
})

const priceDigits = 25
const priceCeiling = 10n ** BigInt(priceDigits) - 1n

/** Sorts what is reached first first: the lowest price that is waited for from below, the highest from above. */
function priceRank(direction: PriceDirection, price: Price): string {
  const rank = direction === 'BELOW' ? priceCeiling - price : price
  return rank.toString().padStart(priceDigits, '0')
}

export function waitingKey(side: WaitingSide, price: Price, alertId: string) {
  const { pk, skPrefix } = waitingSide(side)
  return { pk, sk: `${skPrefix}${priceRank(side.direction, price)}#${alertId}` }
}
