import { setTimeout as delay } from 'node:timers/promises'
import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
  QueryCommand,
  type QueryCommandOutput,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
} from '@aws-sdk/lib-dynamodb'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import type { Item, Key, Store } from './dynamo.ts'

type Filter = Pick<
  ScanCommandInput,
  'FilterExpression' | 'ExpressionAttributeValues' | 'ProjectionExpression' | 'Limit'
>

/** Every row of a table, page by page. Rows of one table need not be of one moment. */
export async function* scanRows({ db, table }: Store, filter: Filter = {}): AsyncGenerator<Item> {
  let start: Record<string, unknown> | undefined
  do {
    const page: ScanCommandOutput = await db.documents.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        ...filter,
        ...(start && { ExclusiveStartKey: start }),
      }),
    )
    yield* page.Items ?? []
    start = page.LastEvaluatedKey
  } while (start)
}

/** Every row of a partition. */
export async function* partitionRows({ db, table }: Store, pk: string): AsyncGenerator<Item> {
  let start: Record<string, unknown> | undefined
  do {
    const page: QueryCommandOutput = await db.documents.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ...(start && { ExclusiveStartKey: start }),
      }),
    )
    yield* page.Items ?? []
    start = page.LastEvaluatedKey
  } while (start)
}

export async function hasRows(store: Store): Promise<boolean> {
  for await (const _row of scanRows(store, { Limit: 1 })) return true
  return false
}

type Request = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number]

const rowsPerWrite = 25
const maxRounds = 10

/** Puts and deletes rows in batches; a row is put again when it is there already. */
export function createRowWriter({ db, table }: Store) {
  let waiting: Request[] = []
  async function flush(): Promise<void> {
    if (waiting.length === 0) return
    let requests: BatchWriteCommandOutput['UnprocessedItems'] = { [table]: waiting }
    waiting = []
    for (let round = 0; round < maxRounds; round += 1) {
      const { UnprocessedItems: left = {} }: BatchWriteCommandOutput = await db.documents.send(
        new BatchWriteCommand({ RequestItems: requests }),
      )
      if (Object.keys(left).length === 0) return
      requests = left
      await delay(50 * 2 ** round)
    }
    throw new Error(`The store did not accept all rows of ${table}.`)
  }
  const write = async (request: Request): Promise<void> => {
    waiting.push(request)
    if (waiting.length === rowsPerWrite) await flush()
  }
  return {
    flush,
    add: (item: Item): Promise<void> => write({ PutRequest: { Item: item } }),
    remove: (key: Key): Promise<void> => write({ DeleteRequest: { Key: key } }),
  }
}

/** Deletes every row but one. */
export async function deleteRows(store: Store, kept: Key): Promise<void> {
  const writer = createRowWriter(store)
  for await (const { pk, sk } of scanRows(store, { ProjectionExpression: 'pk, sk' }))
    if (pk !== kept.pk || sk !== kept.sk) await writer.remove({ pk: String(pk), sk: String(sk) })
  await writer.flush()
}

/** A row in DynamoDB JSON, as exports of AWS have it. */
export const toDynamoJson = (item: Item): object => marshall(item, { removeUndefinedValues: true })

export const fromDynamoJson = (json: object): Item =>
  unmarshall(json as Parameters<typeof unmarshall>[0], { wrapNumbers: BigInt })
