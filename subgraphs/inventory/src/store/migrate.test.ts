import { GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { connect, type Db, type Store } from '@cnop/kit/dynamo'
import { price } from '@cnop/kit/money'
import { countingIds } from '@cnop/kit/testing/counting-ids'
import { startTestDb } from '@cnop/kit/testing/test-db'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { PriceAlert } from '../domain/price-alert.ts'
import { toRecord } from './alert-record.ts'
import { listAllWaiting, listWaiting } from './alerts.ts'
import { migrateInventory } from './migrate.ts'
import { listNotifications } from '@cnop/outbox/rows'
import { outboxTable } from '@cnop/outbox/tables'
import { inventoryTable, waitingKey } from './tables.ts'

let engine: Awaited<ReturnType<typeof startTestDb>>
let db: Db
let store: Store

beforeAll(async () => {
  engine = await startTestDb([inventoryTable('inventory'), outboxTable('outbox')])
  db = connect({ mode: 'embedded', region: 'us-west-2', endpoint: engine.endpoint })
  store = { db, table: 'inventory' }
})
afterAll(async () => {
  db.close()
  await engine.stop()
})

const alert: PriceAlert = {
  id: 'alr_1',
  username: 'alice1',
  assetId: 'BTC',
  direction: 'ABOVE',
  price: price('64500'),
  changeBasisPoints: undefined,
  referencePrice: undefined,
  repeat: undefined,
  status: 'ACTIVE',
  createdAt: '2026-11-01T00:00:00.000Z',
  expiresAt: undefined,
  judgedAt: '2026-11-01T00:00:00.000Z',
  closedAt: undefined,
  firedPrice: undefined,
}
const oldKey = { pk: 'WAITING#BTC#ABOVE', sk: `${alert.price.toString().padStart(25, '0')}#alr_1` }

const migrateNow = () =>
  migrateInventory({
    store,
    outbox: { db, table: 'outbox' },
    now: Date.now,
    newId: countingIds(),
    log: { info: () => undefined },
  })

it('moves the waiting alerts of an older release, once', async () => {
  const item = { ...oldKey, ...toRecord(alert) }
  await db.documents.send(new PutCommand({ TableName: 'inventory', Item: item }))
  const slice = { side: alert, limit: 10, after: undefined }
  expect((await listWaiting(store, slice)).alerts).toEqual([])
  await migrateNow()
  await migrateNow()
  expect((await listWaiting(store, slice)).alerts).toEqual([alert])
  expect(await listAllWaiting(store, 10)).toEqual([alert])
  const gone = await db.documents.send(new GetCommand({ TableName: 'inventory', Key: oldKey }))
  expect(gone.Item).toBeUndefined()
  const { Items = [] } = await db.documents.send(new ScanCommand({ TableName: 'inventory' }))
  expect(Items.filter(({ pk }) => String(pk).startsWith('WAITING#'))).toHaveLength(1)
})

it('moves the notifications of an older release to the outbox, once', async () => {
  const message = {
    id: 'ntf_000001',
    username: 'alice1',
    kind: 'PRICE_ALERT',
    text: 'BTC rose to $64,500.00.',
    createdAt: '2026-11-01T00:00:00.000Z',
  } as const
  const key = { pk: 'USER#alice1', sk: 'NOTE#ntf_000001' }
  // A store keeps no undefined attributes.
  const present = Object.entries(toRecord(alert)).filter(([, value]) => value !== undefined)
  const detail = Object.fromEntries(present)
  const Item = { ...key, ...message, alert: detail, expiresAt: 1_800_000_000n }
  await db.documents.send(new PutCommand({ TableName: 'inventory', Item }))
  const version = { pk: 'MIGRATIONS', sk: 'VERSION', version: 2n }
  await db.documents.send(new PutCommand({ TableName: 'inventory', Item: version }))
  await migrateNow()
  await migrateNow()
  const slice = { username: 'alice1', first: 10, after: undefined, nowMs: 0 }
  const { notifications } = await listNotifications({ db, table: 'outbox' }, slice)
  expect(notifications).toEqual([
    { ...message, alertId: alert.id, assetId: 'BTC', detail: expect.objectContaining(detail) },
  ])
  const gone = await db.documents.send(new GetCommand({ TableName: 'inventory', Key: key }))
  expect(gone.Item).toBeUndefined()
})

it('reads no more alerts at once than it was asked for', async () => {
  const second = { ...alert, id: 'alr_2' }
  const item = { ...waitingKey(second, second.price, second.id), ...toRecord(second) }
  await db.documents.send(new PutCommand({ TableName: 'inventory', Item: item }))
  expect(await listAllWaiting(store, 2)).toHaveLength(2)
  expect(await listAllWaiting(store, 1)).toBeUndefined()
})
