import type { Item, Key } from '@cnop/kit/dynamo'
import type { Write } from '@cnop/kit/transact'
import { VersionLost } from '@cnop/ledger/account-store'
import { type Place, placesOf } from '../domain/book.ts'
import { isOpen, type Order } from '../domain/order.ts'
import { isStopType } from '../domain/stop.ts'
import { ClientOrderIdUsed } from '../domain/errors.ts'
import {
  clientOrderKey,
  expiryKey,
  openKey,
  openPrefix,
  orderKey,
  secondKey,
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

/** Writes the order that a fill opens or adds to, beside the entry that makes its hold. */
export const exitWrites = (table: string, exit: Order | undefined, before?: Order): Write[] => {
  if (!exit) return []
  return before ? changeBeside(table, exit, before) : placeWrites(table, exit)
}

/** Changes an open order beside another one. Where it has ended meanwhile, the decision is made again. */
export function changeBeside(table: string, order: Order, before: Order): Write[] {
  const [put, ...others] = triggerWrites(table, order, before)
  return put ? [{ ...put, refused: () => new VersionLost() }, ...others] : []
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
  const open = bookRows(table, order)
  if (expiresAt === undefined) return open
  const Item = { ...expiryKey(id, expiresAt), username, orderId: id }
  return [...open, { put: { TableName: table, Item } }]
}

/** An open order among those of its owner, and in the books that it waits in: two rows where these are two. */
function bookRows(table: string, order: Order): Write[] {
  const { id, username } = order
  const [first, second] = placesOf(order)
  const row = (key: Key, place: Place | undefined): Write => ({
    put: { TableName: table, Item: { ...key, ...toRecord(order), ...indexOf(id, place) } },
  })
  const open = row(openKey(username, id), first)
  return second ? [open, row(secondKey(username, id), second)] : [open]
}

const indexOf = (id: string, place: Place | undefined) =>
  place && {
    [`${waitingIndex}Pk`]: waitingPk(place.book, id),
    [`${waitingIndex}Sk`]: waitingSk(place.book, place.price, id),
  }

/** Removes the second row of an order that may have one. */
const leaveSecond = (table: string, { id, username, type }: Order): Write[] =>
  type === 'TRAILING_STOP' || type === 'OCO'
    ? [{ delete: { TableName: table, Key: secondKey(username, id) } }]
    : []

/**
 * Writes an order on condition that it still is as the decision read it: the rows of a read may be of different moments, and its stop may have been
 * moved or triggered since, a part of it filled, or its quantity grown. One that has ended is refused; one that has changed otherwise is read and
 * decided again.
 */
function putUnchanged(table: string, order: Order, before: Order): Write {
  const isWaiting = isStopType(before.type) && before.triggeredAt === undefined
  const compared = comparedFields(before)
  const conditions = [
    '#status = :status',
    ...Object.keys(compared).map((name) => `${name} = :${name}`),
    ...(isWaiting ? ['attribute_not_exists(triggeredAt)'] : []),
  ]
  const status = before.filledQuantity === undefined ? 'PENDING' : 'PARTIALLY_FILLED'
  const values = Object.entries({ status, ...compared }).map(([name, value]) => [`:${name}`, value])
  return {
    put: {
      TableName: table,
      Item: { ...orderKey(order.username, order.id), ...toRecord(order) },
      ConditionExpression: conditions.join(' AND '),
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: Object.fromEntries(values) as Record<string, string>,
    },
    refused: (existing) => {
      const found = existing && fromRecord(existing)
      return found && isOpen(found) ? new VersionLost() : new OrderClosed(found)
    },
  }
}

/** What of an open order may change while it stays open, as far as it is there; none of it goes away again. */
function comparedFields(before: Order): Readonly<Record<string, string>> {
  const { quantity, filledQuantity, triggeredAt, bestPrice, exitOrderId } = toRecord(before)
  const fields = { quantity, filledQuantity, triggeredAt, bestPrice, exitOrderId }
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/**
 * Moves a triggered order from the book of stop prices to that of limits, or the stop of a trailing order to another price, or writes that a part
 * of an order has filled. Of concurrent attempts from the same state, exactly one succeeds.
 */
export function triggerWrites(table: string, order: Order, before: Order): Write[] {
  const books = bookRows(table, order)
  const leave = books.length === 1 ? leaveSecond(table, order) : []
  return [putUnchanged(table, order, before), ...books, ...leave]
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
export function closeWrites(table: string, order: Order, before = order): Write[] {
  const { id, username, expiresAt } = order
  // Ending an order without a fill changes nothing that is compared.
  const close = putUnchanged(table, order, before)
  const open: Write = { delete: { TableName: table, Key: openKey(username, id) } }
  const leave = [close, open, ...leaveSecond(table, order)]
  if (expiresAt === undefined) return leave
  return [...leave, { delete: { TableName: table, Key: expiryKey(id, expiresAt) } }]
}

/** Writes a fill: of all that was left of the order, or of a part. */
export const fillOrderWrites = (table: string, order: Order, before: Order): Write[] =>
  isOpen(order) ? triggerWrites(table, order, before) : closeWrites(table, order, before)
