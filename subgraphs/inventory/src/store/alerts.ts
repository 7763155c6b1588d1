import type { Key, Store } from '@cnop/kit/dynamo'
import { isExpired, queryPage, readItem } from '@cnop/kit/read'
import type { WaitingSide } from '@cnop/quotes/nearest-waiting'
import { mostActiveAlerts, type PriceAlert } from '../domain/price-alert.ts'
import { fromRecord } from './alert-record.ts'
import {
  activeKey,
  activePrefix,
  closedKey,
  closedPrefix,
  endingShards,
  userPk,
  waitingShards,
  waitingSide,
} from './tables.ts'

export interface AlertAddress {
  readonly username: string
  readonly alertId: string
  readonly nowMs: number
}

/** Reads one alert of a user, in any state. */
export async function readAlert(
  { db, table }: Store,
  { username, alertId, nowMs }: AlertAddress,
): Promise<PriceAlert | undefined> {
  // In this order, because an alert only ever moves from the first row to the second.
  const active = await readItem(db, table, activeKey(username, alertId))
  const row = active ?? (await readItem(db, table, closedKey(username, alertId)))
  return row && !isExpired(row, nowMs) ? fromRecord(row) : undefined
}

const activeOf = ({ table }: Store, username: string) =>
  ({
    table,
    pk: userPk(username),
    skPrefix: activePrefix,
    limit: mostActiveAlerts,
    newestFirst: true,
  }) as const

/** Every active alert of a user. */
export async function listActive(store: Store, username: string): Promise<PriceAlert[]> {
  return (await queryPage(store.db, activeOf(store, username))).items.map(fromRecord)
}

const mostClosedListed = 50

/** Every active alert of a user and the newest closed ones, newest first. */
export async function listAlerts(
  store: Store,
  username: string,
  nowMs: number,
): Promise<PriceAlert[]> {
  const active = await listActive(store, username)
  const closed = await queryPage(store.db, {
    ...activeOf(store, username),
    skPrefix: closedPrefix,
    limit: mostClosedListed,
  })
  const closedAlerts = closed.items.filter((item) => !isExpired(item, nowMs)).map(fromRecord)
  // One that closed between the two reads is in both; what it has become counts.
  const alerts = new Map([...active, ...closedAlerts].map((alert) => [alert.id, alert]))
  return [...alerts.values()].sort((a, b) => (a.id < b.id ? 1 : -1))
}

export interface WaitingSlice {
  readonly side: WaitingSide
  readonly limit: number
  readonly after: Key | undefined
}

/** The alerts that wait on one side of an asset, the one that is reached first first. */
export async function listWaiting(
  { db, table }: Store,
  { side, limit, after }: WaitingSlice,
): Promise<{ alerts: PriceAlert[]; last: Key | undefined }> {
  const page = await queryPage(db, {
    table,
    ...waitingSide(side),
    limit,
    newestFirst: false,
    after,
  })
  return { alerts: page.items.map(fromRecord), last: page.last }
}

/** The alerts whose time has ended, a bounded number of each partition. */
export async function listEnded(
  { db, table }: Store,
  nowIso: string,
  mostPerShard: number,
): Promise<Omit<AlertAddress, 'nowMs'>[]> {
  const query = { table, between: ['0', `${nowIso}$`] as const, limit: mostPerShard }
  const pages = await Promise.all(
    endingShards.map((pk) => queryPage(db, { ...query, pk, newestFirst: false })),
  )
  return pages.flatMap(({ items }) =>
    items.map((item) => ({ username: String(item['username']), alertId: String(item['alertId']) })),
  )
}

/** Every alert that waits; undefined when one of the partitions has more than that. */
export async function listAllWaiting(
  { db, table }: Store,
  mostPerShard: number,
): Promise<PriceAlert[] | undefined> {
  const query = { table, limit: mostPerShard, newestFirst: false }
  const pages = await Promise.all(waitingShards.map((pk) => queryPage(db, { ...query, pk })))
  if (pages.some(({ last }) => last)) return undefined
  return pages.flatMap(({ items }) => items.map(fromRecord))
}
