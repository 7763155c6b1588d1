import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'
import { openActivity } from './activity.ts'
import { queryPage } from './read.ts'
import { startSweeper, type Sweeper } from './sweeper.ts'
import type { TableDefinition } from './tables.ts'
import { fakeClock, type FakeClock } from './testing/fake-clock.ts'
import { startTestDb, type TestDb } from './testing/test-db.ts'

const sessions = { name: 'sessions', indexes: [], hasTimeToLive: true }
const accounts = { name: 'accounts', indexes: [], hasTimeToLive: false }
const tables = [sessions, accounts]

let store: TestDb
let clock: FakeClock
let sweeper: Sweeper
beforeAll(async () => {
  store = await startTestDb(tables)
})
afterAll(() => store.stop())
beforeEach(async () => {
  await store.reset()
  clock = fakeClock(1_000_000)
  sweeper = startSweeper({ db: store.db, tables, now: clock.now, log: pino({ level: 'silent' }) })
})
afterEach(() => sweeper.stop())

const save = async (table: string, sk: string, expiresAt?: bigint): Promise<void> => {
  const item = { pk: 'a', sk, expiresAt }
  await store.db.documents.send(new PutCommand({ TableName: table, Item: item }))
}
const left = async (table: string): Promise<unknown[]> => {
  const { items } = await queryPage(store.db, { table, pk: 'a', limit: 100, newestFirst: false })
  return items.map(({ sk }) => sk)
}

describe('the sweeper', () => {
  it('deletes what has expired and nothing else', async () => {
    await save('sessions', 'expired', 999n)
    await save('sessions', 'expires now', 1_000n)
    await save('sessions', 'fresh', 1_001n)
    await save('sessions', 'forever')
    await save('accounts', 'not its business', 1n)
    expect(await sweeper.sweep()).toBe(2)
    expect(await left('sessions')).toEqual(['forever', 'fresh'])
    expect(await left('accounts')).toEqual(['not its business'])
  })

  it('deletes a row once its time has come', async () => {
    await save('sessions', 'fresh', 1_001n)
    expect(await sweeper.sweep()).toBe(0)
    clock.advance(1_000)
    expect(await sweeper.sweep()).toBe(1)
  })

  it('goes through all pages of a table', async () => {
    // A page is 1 MB at most, so that twelve rows of 300 kB are several.
    const large = 'x'.repeat(300_000)
    for (let index = 0; index < 12; index++) {
      const item = { pk: 'a', sk: `${index}`, large, expiresAt: 1n }
      await store.db.documents.send(new PutCommand({ TableName: 'sessions', Item: item }))
    }
    expect(await sweeper.sweep()).toBe(12)
  })

  it('sees tables that are added after its start', async () => {
    const growing: TableDefinition[] = []
    const log = pino({ level: 'silent' })
    const late = startSweeper({ db: store.db, tables: growing, now: clock.now, log })
    await save('sessions', 'expired', 999n)
    expect(await late.sweep()).toBe(0)
    growing.push(sessions)
    expect(await late.sweep()).toBe(1)
    await late.stop()
  })

  it('rests with its process, and sweeps when that wakes', async () => {
    const { db } = store
    const activity = openActivity(db, { idleAfterMs: 0 })
    const log = pino({ level: 'silent' })
    const resting = startSweeper({ db, tables, now: clock.now, log, intervalMs: 3_600_000 })
    await save('sessions', 'expired', 999n)
    await activity.wake()
    await resting.stop()
    expect(await left('sessions')).toEqual([])
  })

  it('shares a run in progress', async () => {
    await save('sessions', 'expired', 999n)
    expect(await Promise.all([sweeper.sweep(), sweeper.sweep()])).toEqual([1, 1])
  })
})
