import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { createTables, verifyTables, type TableDefinition } from './tables.ts'
import { startTestDb, type TestDb } from './testing/test-db.ts'
import { waitForStore } from './wait-for-store.ts'

const log = pino({ level: 'silent' })

const orders: TableDefinition = {
  name: 'orders',
  indexes: [
    { name: 'open', projection: 'all' },
    { name: 'byAsset', projection: 'keys' },
  ],
  hasTimeToLive: true,
}
const plain: TableDefinition = { name: 'plain', indexes: [], hasTimeToLive: false }

let store: TestDb
beforeAll(async () => {
  store = await startTestDb([orders, plain])
})
afterAll(() => store.stop())

describe('createTables', () => {
  it('creates the indexes with the keys that their names imply', async () => {
    const { Table } = await store.db.documents.send(
      new DescribeTableCommand({ TableName: 'orders' }),
    )
    const indexes = Table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => [
      IndexName,
      Projection?.ProjectionType,
      KeySchema?.map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`),
    ])
    expect(indexes).toEqual(
      expect.arrayContaining([
        ['open', 'ALL', ['openPk HASH', 'openSk RANGE']],
        ['byAsset', 'KEYS_ONLY', ['byAssetPk HASH', 'byAssetSk RANGE']],
      ]),
    )
  })

  it.each([
    ['orders', 'ENABLED'],
    ['plain', 'DISABLED'],
  ])('leaves the time to live of %s %s', async (name, expected) => {
    const { TimeToLiveDescription: timeToLive } = await store.db.documents.send(
      new DescribeTimeToLiveCommand({ TableName: name }),
    )
    expect(timeToLive?.TimeToLiveStatus).toBe(expected)
  })

  it('adds an index that a table of an older release lacks, in one of several processes', async () => {
    const old = { ...plain, name: 'grown' }
    await createTables(store.db, [old])
    const grown = { ...old, indexes: [{ name: 'added', projection: 'keys' as const }] }
    await Promise.all([1, 2, 3].map(() => createTables(store.db, [grown])))
    await verifyTables(store.db, [grown])
  })

  it('may be repeated, by several processes at once', async () => {
    await Promise.all([1, 2, 3].map(() => createTables(store.db, [orders, plain])))
  })
})

describe('verifyTables', () => {
  it('accepts a complete store', async () => {
    await verifyTables(store.db, [orders, plain])
  })

  it('names every table and index that is missing', async () => {
    const more = { ...plain, indexes: [{ name: 'extra', projection: 'all' as const }] }
    const wanted = [orders, { ...more, hasTimeToLive: true }, { ...plain, name: 'absent' }]
    await expect(verifyTables(store.db, wanted)).rejects.toThrow(
      'The store lacks: index extra of table plain, time to live of table plain, table absent.',
    )
  })
})

describe('waitForStore', () => {
  const late = [
    { ...orders, name: 'late' },
    { ...plain, name: 'later' },
  ]
  const verify = () => verifyTables(store.db, late)

  it('names at its deadline what is still missing, and where', async () => {
    const start = waitForStore(verify, 'AWS_REGION: DynamoDB in eu-west-1', log, {
      deadlineMs: 0,
      pauseMs: 1,
    })
    await expect(start).rejects.toThrow(
      'AWS_REGION: DynamoDB in eu-west-1 was not ready within 0 s. The store lacks: table late, table later.',
    )
  })

  it('continues once the tables exist', async () => {
    const start = waitForStore(verify, 'DynamoDB', log, { deadlineMs: 60_000, pauseMs: 1 })
    await createTables(store.db, late)
    await start
  })
})
