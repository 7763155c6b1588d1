import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { fakeClock } from './testing/fake-clock.ts'
import { startTestDb, type TestDb } from './testing/test-db.ts'
import { openLease } from './lease.ts'

let store: TestDb
let clock: ReturnType<typeof fakeClock>

beforeAll(async () => {
  store = await startTestDb([{ name: 'leases', indexes: [], hasTimeToLive: true }])
})
beforeEach(async () => {
  await store.reset()
  clock = fakeClock()
})
afterAll(() => store.stop())

const open = (holder: string) =>
  openLease({
    store: { db: store.db, table: 'leases' },
    key: { pk: 'LEASE', sk: 'TASK' },
    now: clock.now,
    holder,
    durationMs: 10_000,
  })

describe('the lease', () => {
  it('is granted to exactly one of many concurrent requests', async () => {
    const taken = await Promise.all(
      Array.from({ length: 10 }, (_, place) => open(`p${place}`).take()),
    )
    expect(taken.filter(Boolean)).toHaveLength(1)
  })

  it('stays with a holder that renews it', async () => {
    const [first, second] = [open('first'), open('second')]
    for (let beat = 0; beat < 10; beat++) {
      expect(await first.take()).toBe(true)
      expect(await second.take()).toBe(false)
      clock.advance(4_000)
    }
  })

  it('passes to the next process when it expires, and the old holder detects that', async () => {
    const [first, second] = [open('first'), open('second')]
    await first.take()
    clock.advance(9_999)
    expect(first.isHeld()).toBe(true)
    expect(await second.take()).toBe(false)
    clock.advance(1)
    expect(first.isHeld()).toBe(false)
    expect(await second.take()).toBe(true)
    expect(await first.take()).toBe(false)
  })

  it('passes on at once when its holder releases it', async () => {
    const [first, second] = [open('first'), open('second')]
    await first.take()
    await first.release()
    expect(await second.take()).toBe(true)
    await first.release()
    expect(second.isHeld()).toBe(true)
  })
})
