import { setTimeout as delay } from 'node:timers/promises'
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import type { Db } from './dynamo.ts'

/** An index `x` has the string keys `xPk` and `xSk`. */
export interface IndexDefinition {
  readonly name: string
  /** What an index row carries; keys alone are cheaper when the base row is read anyway. */
  readonly projection: 'all' | 'keys'
}

/** Every table has the string keys `pk` and `sk`; a time to live is `expiresAt`, in epoch seconds. */
export interface TableDefinition {
  readonly name: string
  readonly indexes: readonly IndexDefinition[]
  readonly hasTimeToLive: boolean
}

export const timeToLiveAttribute = 'expiresAt'
const describeAttempts = 60

/** Creates the tables and indexes that are absent and waits until all can be used. Not for AWS, where Terraform does this. */
export async function createTables(db: Db, definitions: readonly TableDefinition[]): Promise<void> {
  await Promise.all(definitions.map((definition) => createTable(db, definition)))
}

async function createTable(db: Db, definition: TableDefinition): Promise<void> {
  try {
    await db.documents.send(new CreateTableCommand(describe(definition)))
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
  }
  await createIndexes(db, definition)
  if (definition.hasTimeToLive) await enableTimeToLive(db, definition.name)
}

/** Adds the indexes that a table of an older release lacks, one after the other, as the API requires. */
async function createIndexes(db: Db, { name, indexes }: TableDefinition): Promise<void> {
  for (;;) {
    const { GlobalSecondaryIndexes: present = [] } = await untilActive(db, name)
    const index = indexes.find((each) => !present.some(({ IndexName }) => IndexName === each.name))
    if (!index) return
    try {
      await db.documents.send(
        new UpdateTableCommand({
          TableName: name,
          AttributeDefinitions: attributes(['pk', 'sk', ...indexKeys(index.name)]),
          GlobalSecondaryIndexUpdates: [{ Create: describeIndex(index) }],
        }),
      )
    } catch (error) {
      if (!(await hasIndex(db, name, index.name))) throw error
    }
  }
}

/** Another process that starts may have created it. */
async function hasIndex(db: Db, name: string, index: string): Promise<boolean> {
  const table = await describeExisting(db, name)
  return !!table?.GlobalSecondaryIndexes?.some(({ IndexName }) => IndexName === index)
}

async function untilActive(db: Db, name: string): Promise<TableDescription> {
  for (let attempt = 0; attempt < describeAttempts; attempt++) {
    const table = await describeExisting(db, name)
    const statuses = table?.GlobalSecondaryIndexes?.map(({ IndexStatus }) => IndexStatus) ?? []
    const isActive = [table?.TableStatus, ...statuses].every((status) => status === 'ACTIVE')
    if (table && isActive) return table
    await delay(Math.min(1_000, 20 * 2 ** attempt))
  }
  throw new Error(`The table ${name} did not become active in time.`)
}

const attributes = (names: readonly string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }))

const describeIndex = ({ name, projection }: IndexDefinition) => ({
  IndexName: name,
  KeySchema: keySchema(...indexKeys(name)),
  Projection: { ProjectionType: projection === 'all' ? ('ALL' as const) : ('KEYS_ONLY' as const) },
})

/** What to create; Terraform's tables are checked against the same description. */
export function describe({ name, indexes }: TableDefinition): CreateTableCommandInput {
  const pairs = [['pk', 'sk'] as const, ...indexes.map((index) => indexKeys(index.name))]
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes(pairs.flat()),
    KeySchema: keySchema('pk', 'sk'),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes.map(describeIndex) }),
  }
}

function keySchema(partition: string, sort: string): CreateTableCommandInput['KeySchema'] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]
}

/** The names of an index's two keys. */
export const indexKeys = (index: string): readonly [partition: string, sort: string] => [
  `${index}Pk`,
  `${index}Sk`,
]

async function enableTimeToLive(db: Db, name: string): Promise<void> {
  // AWS refuses a request that changes nothing.
  if (await expires(db, name)) return
  await db.documents.send(
    new UpdateTimeToLiveCommand({
      TableName: name,
      TimeToLiveSpecification: { AttributeName: timeToLiveAttribute, Enabled: true },
    }),
  )
}

/** The names of the tables that the store does not have. */
export async function findMissingTables(
  db: Db,
  definitions: readonly TableDefinition[],
): Promise<string[]> {
  const found = await Promise.all(definitions.map(({ name }) => describeExisting(db, name)))
  return definitions.filter((_, index) => !found[index]).map(({ name }) => name)
}

/** Throws one error that names every table, index and time to live that the account lacks. */
export async function verifyTables(db: Db, definitions: readonly TableDefinition[]): Promise<void> {
  const lacks = await Promise.all(definitions.map((definition) => findLacks(db, definition)))
  const missing = lacks.flat()
  if (missing.length > 0) throw new Error(`The store lacks: ${missing.join(', ')}.`)
}

async function findLacks(db: Db, definition: TableDefinition): Promise<string[]> {
  const { name, indexes, hasTimeToLive } = definition
  const table = await describeExisting(db, name)
  if (!table) return [`table ${name}`]
  const present = new Set(table.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName))
  const lacks = indexes
    .filter((index) => !present.has(index.name))
    .map((index) => `index ${index.name} of table ${name}`)
  if (hasTimeToLive && !(await expires(db, name))) lacks.push(`time to live of table ${name}`)
  return lacks
}

async function expires(db: Db, name: string): Promise<boolean> {
  const { TimeToLiveDescription: timeToLive } = await db.documents.send(
    new DescribeTimeToLiveCommand({ TableName: name }),
  )
  const isOn =
    timeToLive?.TimeToLiveStatus === 'ENABLED' || timeToLive?.TimeToLiveStatus === 'ENABLING'
  return isOn && timeToLive.AttributeName === timeToLiveAttribute
}

async function describeExisting(db: Db, name: string): Promise<TableDescription | undefined> {
  try {
    const { Table } = await db.documents.send(new DescribeTableCommand({ TableName: name }))
    return Table
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
