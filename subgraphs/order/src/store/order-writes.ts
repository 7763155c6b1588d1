import type { Item } from '@cnop/kit/dynamo'
import type { Write } from '@cnop/kit/transact'
import { placeInBook } from '../domain/book.ts'
import { isOpen, type Order } from '../domain/order.ts'
import { ClientOrderIdUsed } from '../domain/errors.ts'
import {
  clientOrderKey,
  expiryKey,
  openKey,
  openPrefix,
  orderKey,
  waitingIndex,
  waitingPk,
  waitingSk,
} from './keys.ts'
import { fromRecord, toRecord } from './order-record.ts'

/** The order is no longer open: it was filled, cancelled or expired meanwhile. */
export class OrderClosed extends Error {
  override readonly name = 'OrderClosed'
  readonly order: Order | undefined

  constructor(order: Order | undefined) {
    super('The order is no longer open.')
    this.order = order
  }
}

/** Writes a new order, and the index rows of an open one for its owner, the matcher and its expiry. */
export function placeWrites(table: string, order: Order): Write[] {
  const row = { ...orderKey(order.username, order.id), ...toRecord(order) }
  const put = { TableName: table, Item: row, ConditionExpression: 'attribute_not_exists(pk)' }
  const rows = [{ put }, ...clientOrderRows(table, order)]
  return isOpen(order) ? [...rows, ...openRows(table, order)] : rows
}

/** A name is taken once, in the transaction that writes its order. */
function clientOrderRows(table: string, { id, username, clientOrderId }: Order): Write[] {
  if (clientOrderId === undefined) return []
  const Item = { ...clientOrderKey(username, clientOrderId), orderId: id }
  return [
    {
      put: { TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' },
      refused: (existing) => new ClientOrderIdUsed(clientOrderId, orderIdOf(existing) ?? ''),
    },
  ]
}

/** The order that a client's name belongs to. */
export const orderIdOf = (row: Item | undefined): string | undefined =>
  row && String(row['orderId'])

function openRows(table: string, order: Order): Write[] {
  const { id, username, expiresAt } = order
  const open: Write = { put: { TableName: table, Item: openItem(order) } }
  if (expiresAt === undefined) return [open]
  const Item = { ...expiryKey(id, expiresAt), username, orderId: id }
  return [open, { put: { TableName: table, Item } }]
}

/** An open order among those of its owner, and in the book that the matcher reads. */
function openItem(order: Order): Item {
  const { id, username } = order
  const place = placeInBook(order)
  const index = place && {
    [`${waitingIndex}Pk`]: waitingPk(place.book, id),
    [`${waitingIndex}Sk`]: waitingSk(place.book, place.price, id),
  }
  return { ...openKey(username, id), ...toRecord(order), ...index }
}

/** Moves a triggered order from the book of stop prices to that of limits. Of concurrent attempts, exactly one succeeds. */
export function triggerWrites(table: string, order: Order): Write[] {
  const put = {
    TableName: table,
    Item: { ...orderKey(order.username, order.id), ...toRecord(order) },
    ConditionExpression: '#status = :open AND attribute_not_exists(triggeredAt)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':open': 'PENDING' },
  }
  const refused = (existing: Item | undefined) => new OrderClosed(existing && fromRecord(existing))
  return [{ put, refused }, { put: { TableName: table, Item: openItem(order) } }]
}

/** The row by which an open order is found when it expires, from the order's row among the open ones. */
export function expiryRowOf(open: Item): Item | undefined {
  if (!String(open['sk']).startsWith(openPrefix)) return undefined
  const { id, username, expiresAt } = fromRecord(open)
  return expiresAt === undefined
    ? undefined
    : { ...expiryKey(id, expiresAt), username, orderId: id }
}

/** Moves an open order to its final state. Of concurrent attempts, exactly one succeeds. */
export function closeWrites(table: string, order: Order): Write[] {
  const { id, username, expiresAt } = order
  const close: Write = {
    put: {
      TableName: table,
      Item: { ...orderKey(username, id), ...toRecord(order) },
      ConditionExpression: '#status = :open',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':open': 'PENDING' },
    },
    refused: (existing: Item | undefined) => new OrderClosed(existing && fromRecord(existing)),
  }
  const leave: Write = { delete: { TableName: table, Key: openKey(username, id) } }
  if (expiresAt === undefined) return [close, leave]
  return [close, leave, { delete: { TableName: table, Key: expiryKey(id, expiresAt) } }]
}
