import type { Item, Key, Store } from '@cnop/kit/dynamo'
import { type Usd, usdFromCents } from '@cnop/kit/money'
import { queryPage, readItem } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { VersionLost } from '@cnop/ledger/account-store'
import { type ErrorCode, errorCodes } from '@cnop/schema/codes'
import { z } from 'zod'
import {
  type RecurringOrder,
  type RecurringRun,
  recurringStatuses,
  runOutcomes,
} from '../domain/recurring-order.ts'
import { frequencies, weekdays } from '../domain/schedule.ts'
import { recurringDueKey, recurringKey, recurringPrefix, recurringShardPk, userPk } from './keys.ts'

/** A recurring order as plain JSON: one form for rows and for the results stored under idempotency keys. */
export type RecurringRecord = z.input<typeof recordSchema>

const digits = z.string().regex(/^\d{1,38}$/)

const runSchema: z.ZodType<RecurringRun> = z.object({
  date: z.string(),
  dueAt: z.string(),
  at: z.string(),
  outcome: z.enum(runOutcomes),
  orderId: z.string().optional(),
  code: z.enum(Object.keys(errorCodes) as [ErrorCode]).optional(),
  reason: z.string().optional(),
})

const recordSchema = z.object({
  id: z.string(),
  username: z.string(),
  assetId: z.string(),
  amount: digits.transform((text): Usd => usdFromCents(BigInt(text))),
  frequency: z.enum(frequencies),
  weekday: z.enum(weekdays).optional(),
  dayOfMonth: digits.transform((text) => parseInt(text, 10)).optional(),
  time: z.string(),
  timeZone: z.string(),
  status: z.enum(recurringStatuses),
  nextDate: z.string().optional(),
  nextAt: z.string().optional(),
  lastDate: z.string().optional(),
  runs: z.array(runSchema),
  createdAt: z.string(),
  updatedAt: z.string(),
  version: digits.transform(BigInt),
})

export const toRecurringRecord = (order: RecurringOrder): RecurringRecord => ({
  ...order,
  amount: order.amount.toString(),
  dayOfMonth: order.dayOfMonth?.toString(),
  runs: [...order.runs],
  version: order.version.toString(),
})

/** Parses a row or a stored result; throws when it is not a recurring order. */
export const fromRecurringRecord = (record: unknown): RecurringOrder => recordSchema.parse(record)

const itemOf = (order: RecurringOrder): Item => ({
  ...recurringKey(order.username, order.id),
  ...toRecurringRecord(order),
})

/** The row by which an active order is found when its next date comes. */
function dueWrites(table: string, { id, username, nextAt }: RecurringOrder): Write[] {
  if (nextAt === undefined) return []
  return [{ put: { TableName: table, Item: { ...recurringDueKey(id, nextAt), username, id } } }]
}

function leaveDue(table: string, { id, nextAt }: RecurringOrder): Write[] {
  if (nextAt === undefined) return []
  return [{ delete: { TableName: table, Key: recurringDueKey(id, nextAt) } }]
}

export const createRecurringWrites = (table: string, order: RecurringOrder): Write[] => [
  {
    put: { TableName: table, Item: itemOf(order), ConditionExpression: 'attribute_not_exists(pk)' },
  },
  ...dueWrites(table, order),
]

/** Of the writes below: the order is still as it was read. Otherwise it is read and decided again. */
const unchanged = ({ version }: RecurringOrder) => ({
  condition: {
    ConditionExpression: 'version = :version',
    ExpressionAttributeValues: { ':version': version.toString() },
  },
  refused: () => new VersionLost(),
})

/** Writes a changed order, and where it is found when its next date comes. */
export function changeRecurringWrites(
  table: string,
  order: RecurringOrder,
  before: RecurringOrder,
): Write[] {
  const { condition, refused } = unchanged(before)
  const isMoved = order.nextAt !== before.nextAt
  return [
    { put: { TableName: table, Item: itemOf(order), ...condition }, refused },
    ...(isMoved ? [...leaveDue(table, before), ...dueWrites(table, order)] : []),
  ]
}

export function deleteRecurringWrites(table: string, order: RecurringOrder): Write[] {
  const { condition, refused } = unchanged(order)
  const Key = recurringKey(order.username, order.id)
  return [{ delete: { TableName: table, Key, ...condition }, refused }, ...leaveDue(table, order)]
}

export interface RecurringAddress {
  readonly username: string
  readonly id: string
}

export async function readRecurringOrder(
  { db, table }: Store,
  { username, id }: RecurringAddress,
): Promise<RecurringOrder | undefined> {
  const item = await readItem(db, table, recurringKey(username, id))
  return item && fromRecurringRecord(item)
}

/** A user's recurring orders, newest first, up to `most`. */
export async function listRecurringOrders(
  { db, table }: Store,
  username: string,
  most: number,
): Promise<RecurringOrder[]> {
  const page = { table, pk: userPk(username), skPrefix: recurringPrefix, newestFirst: true }
  return (await queryPage(db, { ...page, limit: most })).items.map(fromRecurringRecord)
}

export interface DuePage {
  readonly due: readonly RecurringAddress[]
  readonly last: Key | undefined
}

/** Recurring orders whose next date has come, from one of the partitions, the longest past first. */
export async function listDueRecurring(
  { db, table }: Store,
  query: { readonly shard: number; readonly nowIso: string; readonly after: Key | undefined },
): Promise<DuePage> {
  const { items, last } = await queryPage(db, {
    table,
    pk: recurringShardPk(query.shard),
    between: ['0', `${query.nowIso}$`],
    limit: 50,
    newestFirst: false,
    after: query.after,
  })
  const due = items.map(({ username, id }) => ({ username: String(username), id: String(id) }))
  return { due, last }
}
