import { setTimeout as delay } from 'node:timers/promises'
import {
  BatchGetCommand,
  GetCommand,
  QueryCommand,
  ScanCommand,
  type BatchGetCommandInput,
  type BatchGetCommandOutput,
  type QueryCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/lib-dynamodb'
import type { Db, Item, Key } from './dynamo.ts'
import { Contention, invariant } from './errors.ts'
import { chance } from './ids.ts'

export interface RowAddress {
  readonly table: string
  readonly key: Key
}

export async function readItem(
  db: Db,
  table: string,
  key: Key,
  { consistent = true }: { readonly consistent?: boolean } = {},
): Promise<Item | undefined> {
  const command = new GetCommand({ TableName: table, Key: key, ConsistentRead: consistent })
  const { Item: item } = await db.documents.send(command)
  return item
}

const maxBatch = 100
const maxRounds = 8

/** Reads up to a hundred rows of any tables in one consistent call; returns them in the requested order. */
export async function readItems(
  db: Db,
  rows: readonly RowAddress[],
): Promise<(Item | undefined)[]> {
  invariant(rows.length <= maxBatch, 'One batch reads at most 100 rows.')
  if (rows.length === 0) return []
  const found = new Map<string, Item>()
  let wanted = askFor(rows)
  for (let round = 1; round <= maxRounds; round++) {
    const answer: BatchGetCommandOutput = await db.documents.send(
      new BatchGetCommand({ RequestItems: wanted }),
    )
    for (const [table, items] of Object.entries(answer.Responses ?? {})) {
      for (const item of items) found.set(addressOf(table, item), item)
    }
    wanted = answer.UnprocessedKeys ?? {}
    if (Object.keys(wanted).length === 0) {
      return rows.map(({ table, key }) => found.get(addressOf(table, key)))
    }
    await delay(Math.ceil(20 * round * chance()))
  }
  throw new Contention()
}

/** The store refuses a batch that names a row twice, so each is asked for once. */
function askFor(rows: readonly RowAddress[]): NonNullable<BatchGetCommandInput['RequestItems']> {
  const once = new Map(rows.map((row) => [addressOf(row.table, row.key), row]))
  const request: Record<string, { ConsistentRead: true; Keys: Record<string, string>[] }> = {}
  for (const { table, key } of once.values()) {
    const asked = (request[table] ??= { ConsistentRead: true, Keys: [] })
    asked.Keys.push({ ...key })
  }
  return request
}

function addressOf(table: string, { pk, sk }: Item): string {
  return JSON.stringify([table, pk, sk])
}

export interface PageQuery {
  readonly table: string
  /** An index `x` has the keys `xPk` and `xSk`; it is never read consistently. */
  readonly index?: string | undefined
  readonly pk: string
  readonly skPrefix?: string | undefined
  /** Both ends belong to the range. */
  readonly between?: readonly [from: string, to: string] | undefined
  readonly limit: number
  readonly newestFirst: boolean
  /** Where the last page ended: its `last`. */
  readonly after?: Key | undefined
  readonly filter?: PageFilter | undefined
}

export interface PageFilter {
  readonly expression: string
  readonly names?: Readonly<Record<string, string>> | undefined
  readonly values?: Readonly<Record<string, unknown>> | undefined
}

export interface ItemPage {
  readonly items: Item[]
  /** The cursor of the next page; absent on the last page. */
  readonly last?: Key
}

/** How many calls one page may take when a filter drops most rows; the page then ends early. */
const maxCalls = 10

/** Reads one page of a partition in the order of its sort key. */
export async function queryPage(db: Db, query: PageQuery): Promise<ItemPage> {
  const base = toInput(query)
  const items: Item[] = []
  let start = query.after
  for (let call = 1; call <= maxCalls; call++) {
    // One row more than the page shows whether there is a next one.
    const Limit = query.limit + 1 - items.length
    const answer = await db.documents.send(
      new QueryCommand({ ...base, Limit, ...(start && { ExclusiveStartKey: start }) }),
    )
    items.push(...(answer.Items ?? []))
    start = answer.LastEvaluatedKey as Key | undefined
    if (items.length > query.limit) return endPage(items.slice(0, query.limit), query.index)
    if (!start) return { items }
  }
  return start ? { items, last: start } : { items }
}

/** Reads an index whole, in no order; undefined when it has more rows than that. */
export async function readIndex(
  db: Db,
  { table, index, most }: { readonly table: string; readonly index: string; readonly most: number },
): Promise<Item[] | undefined> {
  const items: Item[] = []
  let start: Key | undefined
  do {
    const page: ScanCommandOutput = await db.documents.send(
      new ScanCommand({
        TableName: table,
        IndexName: index,
        Limit: most + 1 - items.length,
        ...(start && { ExclusiveStartKey: start }),
      }),
    )
    items.push(...(page.Items ?? []))
    if (items.length > most) return undefined
    start = page.LastEvaluatedKey
  } while (start)
  return items
}

function endPage(items: Item[], index: string | undefined): ItemPage {
  const end = items.at(-1)
  invariant(end !== undefined, 'A page holds at least one row.')
  const names = ['pk', 'sk', ...(index ? [`${index}Pk`, `${index}Sk`] : [])]
  return { items, last: Object.fromEntries(names.map((name) => [name, end[name] as string])) }
}

function toInput(query: PageQuery): QueryCommandInput {
  const { index, filter } = query
  const { condition, values } = sortRange(query)
  return {
    TableName: query.table,
    ...(index ? { IndexName: index } : { ConsistentRead: true }),
    KeyConditionExpression: ['#pk = :pk', ...condition].join(' AND '),
    ExpressionAttributeNames: {
      '#pk': index ? `${index}Pk` : 'pk',
      ...(condition.length > 0 && { '#sk': index ? `${index}Sk` : 'sk' }),
      ...filter?.names,
    },
    ExpressionAttributeValues: { ':pk': query.pk, ...values, ...filter?.values },
    ...(filter && { FilterExpression: filter.expression }),
    ScanIndexForward: !query.newestFirst,
  }
}

function sortRange({ skPrefix, between }: PageQuery): {
  condition: string[]
  values: Record<string, string>
} {
  invariant(skPrefix === undefined || !between, 'A page has a prefix or a range, not both.')
  if (between) {
    const [from, to] = between
    return { condition: ['#sk BETWEEN :from AND :to'], values: { ':from': from, ':to': to } }
  }
  if (!skPrefix) return { condition: [], values: {} }
  // The embedded engine reads the whole partition for `begins_with`, and only the rows of a range.
  return {
    condition: ['#sk BETWEEN :from AND :to'],
    values: { ':from': skPrefix, ':to': `${skPrefix}${lastCharacter}` },
  }
}

/** Sorts behind every other character. */
const lastCharacter = '\u{10FFFF}'

/** Whether a row has expired; the store may delete it days later, so every reader checks. */
export function isExpired(item: Item, nowMs: number): boolean {
  const { expiresAt } = item
  return typeof expiresAt === 'bigint' && expiresAt * 1000n <= BigInt(Math.floor(nowMs))
}
