import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { NumberValue, PutCommand } from '@aws-sdk/lib-dynamodb'
import { InvariantViolation } from './errors.ts'
import { isExpired, queryPage, readItem, readItems } from './read.ts'
import { addFaults, type FaultInjector } from './testing/faults.ts'
import { startTestDb, type TestDb } from './testing/test-db.ts'

let store: TestDb
let faults: FaultInjector
beforeAll(async () => {
  store = await startTestDb([{ name: 'things', indexes: [], hasTimeToLive: false }])
})
afterAll(() => store.stop())
beforeEach(async () => {
  await store.reset()
  faults = addFaults(store.db, { seed: 1 })
})
afterEach(() => {
  faults.remove()
})

const save = async (item: Record<string, unknown>): Promise<void> => {
  await store.db.documents.send(new PutCommand({ TableName: 'things', Item: item }))
}
const address = (pk: string, sk: string) => ({ table: 'things', key: { pk, sk } })

describe('readItem', () => {
  it('survives a lost reply and throttling', async () => {
    await save({ pk: 'a', sk: '1', amount: 3n })
    faults.force('loseReply', 'throttle')
    expect(await readItem(store.db, 'things', { pk: 'a', sk: '1' })).toMatchObject({ amount: 3n })
    expect(faults.counts).toMatchObject({ loseReply: 1, throttle: 1 })
  })

  it('throws on a fraction that another program has written', async () => {
    await save({ pk: 'a', sk: '1', rate: NumberValue.from('0.5') })
    await expect(readItem(store.db, 'things', { pk: 'a', sk: '1' })).rejects.toThrow(SyntaxError)
  })
})

describe('readItems', () => {
  it('returns rows in the requested order, with gaps and duplicates', async () => {
    await save({ pk: 'a', sk: '1' })
    await save({ pk: 'b', sk: '1' })
    const rows = [address('b', '1'), address('x', '1'), address('a', '1'), address('b', '1')]
    const found = await readItems(store.db, rows)
    expect(found.map((item) => item?.['pk'])).toEqual(['b', undefined, 'a', 'b'])
  })

  it('retries unprocessed keys', async () => {
    // A batch answers 16 MB at most: sixty rows of 300 kB are more.
    const large = 'x'.repeat(300_000)
    for (let index = 0; index < 60; index++) await save({ pk: 'a', sk: `${index}`, large })
    const rows = Array.from({ length: 60 }, (_, index) => address('a', `${index}`))
    const found = await readItems(store.db, rows)
    expect(found.map((item) => item?.['sk'])).toEqual(rows.map(({ key }) => key.sk))
  })

  it('makes no call without keys, and refuses more than a hundred', async () => {
    expect(await readItems(store.db, [])).toEqual([])
    const rows = Array.from({ length: 101 }, (_, index) => address('a', `${index}`))
    await expect(readItems(store.db, rows)).rejects.toThrow(InvariantViolation)
  })
})

describe('queryPage', () => {
  const saveMany = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      await save({ pk: 'a', sk: `row-${String(index).padStart(3, '0')}`, index: BigInt(index) })
    }
  }
  const page = { table: 'things', pk: 'a', limit: 3, newestFirst: false }

  it('detects the last page when it ends with the last row', async () => {
    await saveMany(6)
    const first = await queryPage(store.db, page)
    expect(first.last).toEqual({ pk: 'a', sk: 'row-002' })
    const second = await queryPage(store.db, { ...page, after: first.last })
    expect(second.items.map(({ sk }) => sk)).toEqual(['row-003', 'row-004', 'row-005'])
    expect(second.last).toBeUndefined()
  })

  it('fills a page although a filter drops rows between', async () => {
    await saveMany(9)
    const filter = {
      expression: 'NOT (#index BETWEEN :low AND :high)',
      names: { '#index': 'index' },
      values: { ':low': 1n, ':high': 6n },
    }
    const { items, last } = await queryPage(store.db, { ...page, filter })
    expect(items.map(({ index }) => index)).toEqual([0n, 7n, 8n])
    expect(last).toBeUndefined()
  })

  it('ends early, and says where, when a filter drops too many rows', async () => {
    await saveMany(60)
    const none = { expression: 'attribute_exists(absent)' }
    const { items, last } = await queryPage(store.db, { ...page, filter: none })
    expect(items).toEqual([])
    expect(last).toEqual({ pk: 'a', sk: 'row-039' })
  })

  it('refuses a prefix together with a range', async () => {
    const both = { ...page, skPrefix: 'a', between: ['a', 'b'] as const }
    await expect(queryPage(store.db, both)).rejects.toThrow(InvariantViolation)
  })
})

describe('isExpired', () => {
  it.each([
    [{ expiresAt: 10n }, 9_999, false],
    [{ expiresAt: 10n }, 10_000, true],
    [{}, 10_000, false],
  ])('of %p at %p ms is %p', (item, nowMs, expected) => {
    expect(isExpired(item, nowMs)).toBe(expected)
  })
})
