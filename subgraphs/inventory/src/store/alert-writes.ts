import type { Item, Store } from '@cnop/kit/dynamo'
import { transact, type Write } from '@cnop/kit/transact'
import { LimitReached, PriceAlertExists } from '../domain/errors.ts'
import { mostActiveAlerts, type PriceAlert, waitOf } from '../domain/price-alert.ts'
import { toRecord } from './alert-record.ts'
import { type Guard, guardWrite } from './guards.ts'
import { activeKey, alertCountKey, closedKey, endingKey, waitingKey, wishKey } from './tables.ts'
import { keptUntil } from './time-to-live.ts'

/** The alert is not active any more: it has fired or was cancelled. */
export class AlertClosed extends Error {
  override readonly name = 'AlertClosed'
}

/** The alert is active, but it has fired or re-armed since it was read. */
export class AlertMoved extends Error {
  override readonly name = 'AlertMoved'
}

/** Writes a new alert once for its key, unless there is an equal one, within the user's limit, where the market will find it. */
export const saveNewAlert = (
  { db, table }: Store,
  alert: PriceAlert,
  guard: Guard,
): Promise<void> => transact(db, createWrites(table, alert, guard))

function createWrites(table: string, alert: PriceAlert, guard: Guard): Write[] {
  const { id, username, changeBasisPoints, expiresAt } = alert
  const record = toRecord(alert)
  return [
    guardWrite(table, guard),
    {
      put: {
        TableName: table,
        Item: { ...wishKey(username, alert), alertId: id },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
      refused: () =>
        new PriceAlertExists(changeBasisPoints === undefined ? 'price' : 'changeBasisPoints'),
    },
    {
      update: {
        TableName: table,
        Key: alertCountKey(username),
        UpdateExpression: 'ADD active :one',
        ConditionExpression: 'attribute_not_exists(active) OR active < :most',
        ExpressionAttributeValues: { ':one': 1n, ':most': BigInt(mostActiveAlerts) },
      },
      refused: () => new LimitReached('active price alerts', mostActiveAlerts),
    },
    {
      put: {
        TableName: table,
        Item: { ...activeKey(username, id), ...record },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    },
    waitWrite(table, alert),
    ...(expiresAt === undefined
      ? []
      : [
          {
            put: {
              TableName: table,
              Item: { ...endingKey(id, expiresAt), username, alertId: id },
            },
          },
        ]),
  ]
}

/** Where the market finds an active alert: at the price that it waits for now. */
const waitKey = (alert: PriceAlert) => {
  const { direction, price } = waitOf(alert)
  return waitingKey({ assetId: alert.assetId, direction }, price, alert.id)
}

const waitWrite = (table: string, alert: PriceAlert): Write => ({
  put: { TableName: table, Item: { ...waitKey(alert), ...toRecord(alert) } },
})

/** The alert still is as it was read: whatever fires or re-arms it changes the time of the price that it was judged by. */
const unchanged = ({ judgedAt }: PriceAlert) => ({
  condition: {
    ConditionExpression: '#status = :active AND judgedAt = :judgedAt',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':active': 'ACTIVE', ':judgedAt': judgedAt },
  },
  refused: (existing: Item | undefined) =>
    existing
      ? new AlertMoved('The alert has fired or re-armed.')
      : new AlertClosed('The alert is not active any more.'),
})

/** Writes that a repeating alert has fired or re-armed, with its notification. Of all who try at once, exactly one succeeds. */
export function saveMovedAlert(
  { db, table }: Store,
  alert: PriceAlert,
  before: PriceAlert,
  notice: readonly Write[] = [],
): Promise<void> {
  const { condition, refused } = unchanged(before)
  const Item = { ...activeKey(alert.username, alert.id), ...toRecord(alert) }
  return transact(db, [
    { put: { TableName: table, Item, ...condition }, refused },
    { delete: { TableName: table, Key: waitKey(before) } },
    waitWrite(table, alert),
    ...notice,
  ])
}

/** Moves an active alert to its final state. Of all who try at once, exactly one succeeds, with the writes of its notification. */
export const saveClosedAlert = (
  { db, table }: Store,
  alert: PriceAlert,
  notice: readonly Write[] = [],
): Promise<void> => transact(db, [...closeWrites(table, alert), ...notice])

function closeWrites(table: string, alert: PriceAlert): Write[] {
  const { id, username, expiresAt, closedAt = alert.createdAt } = alert
  const { condition, refused } = unchanged(alert)
  const leave: Write = {
    delete: { TableName: table, Key: activeKey(username, id), ...condition },
    refused,
  }
  const closed: Item = {
    ...closedKey(username, id),
    ...toRecord(alert),
    expiresAt: keptUntil(closedAt),
  }
  return [
    leave,
    { put: { TableName: table, Item: closed } },
    { delete: { TableName: table, Key: waitKey(alert) } },
    { delete: { TableName: table, Key: wishKey(username, alert) } },
    ...(expiresAt === undefined
      ? []
      : [{ delete: { TableName: table, Key: endingKey(id, expiresAt) } }]),
    {
      update: {
        TableName: table,
        Key: alertCountKey(username),
        UpdateExpression: 'ADD active :less',
        ExpressionAttributeValues: { ':less': -1n },
      },
    },
  ]
}
