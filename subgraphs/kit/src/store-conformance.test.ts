import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { Db, Item, Key } from './dynamo.ts'
import { BadInput } from './errors.ts'
import { sortableIds } from './ids.ts'
import { queryPage, readItem, readItems, type PageQuery } from './read.ts'
import { openConformanceDb, type ConformanceDb } from './testing/conformance-db.ts'
import { transact, type Write } from './transact.ts'

/*
 * What the platform requires of DynamoDB. It runs against the embedded engine, and against any endpoint:
 * CONFORMANCE_ENDPOINT=https://dynamodb.us-west-2.amazonaws.com npx jest store-conformance
 * In AWS it makes two tables of its own, uses the default credentials, and drops the tables again.
 */
// eslint-disable-next-line n/no-process-env -- only this suite is pointed at a store by hand.
const { CONFORMANCE_ENDPOINT: endpoint, AWS_REGION: region = 'us-west-2' } = process.env
jest.setTimeout(120_000)

const newId = sortableIds()
const suffix = newId('conformance')
let store: ConformanceDb
let db: Db
let accounts: string
let orders: string

beforeAll(async () => {
  const wanted = [
    { name: 'accounts', indexes: [], hasTimeToLive: false },
    {
      name: 'orders',
      indexes: [{ name: 'open', projection: 'all' as const }],
      hasTimeToLive: true,
    },
  ]
  store = await openConformanceDb(wanted, { endpoint, region, suffix })
  db = store.db
  ;[accounts = '', orders = ''] = store.tables.map(({ name }) => name)
})
afterAll(() => store.stop())

const row = (pk: string): Key => ({ pk, sk: 'row' })
const balance = async (pk: string): Promise<unknown> =>
  (await readItem(db, accounts, row(pk)))?.['cash']

const open = (pk: string, cash: bigint): Write => ({
  put: {
    TableName: accounts,
    Item: { ...row(pk), cash, version: 1n },
    ConditionExpression: 'attribute_not_exists(pk)',
  },
})

/** Replaces an account if it is unchanged since it was read. */
const replace = (pk: string, cash: bigint, version: bigint): Write => ({
  put: {
    TableName: accounts,
    Item: { ...row(pk), cash, version: version + 1n },
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  },
  refused: (existing) => new BadInput('version', `is ${String(existing?.['version'])} already`),
})

const order = (pk: string, sk: string, price: string): Write => ({
  put: {
    TableName: orders,
    Item: { pk, sk, openPk: `open-${pk}`, openSk: price },
    ConditionExpression: 'attribute_not_exists(pk)',
  },
  refused: (existing) => new BadInput('order', `exists at ${String(existing?.['openSk'])}`),
})

describe('writes', () => {
  it('commit to two tables at once', async () => {
    const [pk, sk] = [newId('a'), 'order-1']
    await transact(db, [open(pk, 100n), order(pk, sk, '5')])
    expect(await balance(pk)).toBe(100n)
    expect(await readItem(db, orders, { pk, sk })).toMatchObject({ openSk: '5' })
  })

  it('write nothing when one is refused, in a table or an index, and return the conflicting row', async () => {
    const pk = newId('a')
    await transact(db, [open(pk, 100n), order(pk, 'order-1', '5')])
    const attempt = transact(db, [
      replace(pk, 50n, 1n),
      order(pk, 'order-2', '6'),
      order(pk, 'order-1', '7'),
    ])
    await expect(attempt).rejects.toThrow('order: exists at 5')
    expect(await balance(pk)).toBe(100n)
    const listed = await listOpen(pk, 1)
    expect(listed.map(({ sk }) => sk)).toEqual(['order-1'])
  })

  it('report the refusals in the order of the writes', async () => {
    const pk = newId('a')
    await transact(db, [open(pk, 100n), order(pk, 'order-1', '5')])
    const both = [replace(pk, 1n, 7n), order(pk, 'order-1', '6')]
    await expect(transact(db, both)).rejects.toThrow('version: is 1 already')
    await expect(transact(db, both.reverse())).rejects.toThrow('order: exists at 5')
  })

  it('accept exactly one of many concurrent writes for each version', async () => {
    const pk = newId('a')
    await transact(db, [open(pk, 0n)])
    const raise = async (): Promise<void> => {
      for (let attempt = 0; attempt < 200; attempt++) {
        const { cash, version } = (await readItem(db, accounts, row(pk))) as {
          cash: bigint
          version: bigint
        }
        const outcome = await transact(db, [replace(pk, cash + 1n, version)]).catch(
          (error: unknown) => error,
        )
        if (outcome === undefined) return
        expect(outcome).toBeInstanceOf(BadInput)
      }
      throw new Error('No attempt was let through.')
    }
    await Promise.all(Array.from({ length: 16 }, raise))
    expect(await readItem(db, accounts, row(pk))).toMatchObject({ cash: 16n, version: 17n })
  })

  it('check a row that they do not change, and delete', async () => {
    const [pk, other] = [newId('a'), newId('b')]
    await transact(db, [open(pk, 1n), open(other, 1n)])
    const exists = 'attribute_exists(pk)'
    await transact(db, [
      { check: { TableName: accounts, Key: row(pk), ConditionExpression: exists } },
      { delete: { TableName: accounts, Key: row(other), ConditionExpression: exists } },
    ])
    expect([await balance(pk), await balance(other)]).toEqual([1n, undefined])
  })

  it('update in place, with arithmetic and a condition on the amount', async () => {
    const pk = newId('a')
    const spend = (amount: bigint): Write => ({
      update: {
        TableName: accounts,
        Key: row(pk),
        UpdateExpression: 'SET cash = cash - :amount ADD version :one',
        ConditionExpression: 'cash >= :amount',
        ExpressionAttributeValues: { ':amount': amount, ':one': 1n },
      },
      refused: (existing) => new BadInput('cash', `is only ${String(existing?.['cash'])}`),
    })
    await transact(db, [open(pk, 100n)])
    await transact(db, [spend(70n)])
    await expect(transact(db, [spend(31n)])).rejects.toThrow('cash: is only 30')
    expect(await readItem(db, accounts, row(pk))).toMatchObject({ cash: 30n, version: 2n })
  })

  it('refuse two writes of one row in one transaction', async () => {
    const pk = newId('a')
    await expect(transact(db, [open(pk, 1n), open(pk, 2n)])).rejects.toMatchObject({
      name: 'ValidationException',
    })
  })
})

describe('numbers', () => {
  it.each([
    10n ** 37n + 1n, // 38 digits
    -(10n ** 37n + 1n),
    10n ** 36n, // trailing zeros, which an exponent could swallow
    2n ** 53n + 1n,
    0n,
  ])('of any size come back exactly: %p', async (cash) => {
    const pk = newId('a')
    await transact(db, [open(pk, cash)])
    expect(await balance(pk)).toBe(cash)
  })
})

describe('reads', () => {
  it('in one batch see rows of several tables as they were just written', async () => {
    const pk = newId('a')
    await transact(db, [open(pk, 100n), order(pk, 'order-1', '5')])
    const found = await readItems(db, [
      { table: orders, key: { pk, sk: 'order-1' } },
      { table: orders, key: { pk, sk: 'order-2' } },
      { table: accounts, key: row(pk) },
    ])
    expect(found.map((item) => item?.['cash'] ?? item?.['openSk'])).toEqual(['5', undefined, 100n])
  })

  it.each([
    [false, ['b-0', 'b-1', 'b-2', 'b-3', 'b-4']],
    [true, ['b-4', 'b-3', 'b-2', 'b-1', 'b-0']],
  ])('page through a prefix with newestFirst %p', async (newestFirst, expected) => {
    const pk = newId('a')
    const keys = ['a-9', 'b-0', 'b-1', 'b-2', 'b-3', 'b-4', 'c-0']
    await transact(
      db,
      keys.map((sk) => order(pk, sk, '1')),
    )
    const listed = await readAll({ table: orders, pk, skPrefix: 'b-', limit: 2, newestFirst })
    expect(listed.map(({ sk }) => sk)).toEqual(expected)
  })

  it('take both ends of a range, and compare keys by their bytes', async () => {
    const pk = newId('a')
    await transact(
      db,
      ['B', 'a', 'b', 'é', '😀'].map((sk) => order(pk, sk, '1')),
    )
    const between = ['a', 'é'] as const
    const listed = await readAll({ table: orders, pk, between, limit: 2, newestFirst: false })
    expect(listed.map(({ sk }) => sk)).toEqual(['a', 'b', 'é'])
  })
})

describe('an index', () => {
  it('pages in its own order, through ties', async () => {
    const pk = newId('a')
    const priced = ['3', '1', '2', '2', '2'].map((price, at) => order(pk, `order-${at}`, price))
    await transact(db, priced)
    const listed = await listOpen(pk, 5)
    expect(listed.map(({ openSk }) => openSk)).toEqual(['1', '2', '2', '2', '3'])
    expect(new Set(listed.map(({ sk }) => sk)).size).toBe(5)
  })

  it('drops a row that loses the keys of the index', async () => {
    const pk = newId('a')
    await transact(db, [order(pk, 'order-1', '1'), order(pk, 'order-2', '2')])
    const close = 'REMOVE openPk, openSk'
    await transact(db, [
      { update: { TableName: orders, Key: { pk, sk: 'order-1' }, UpdateExpression: close } },
    ])
    const listed = await listOpen(pk, 1)
    expect(listed.map(({ sk }) => sk)).toEqual(['order-2'])
    expect(await readItem(db, orders, { pk, sk: 'order-1' })).toBeDefined()
  })
})

/** Pages two rows at a time. An index may lag in AWS, so it is read until it has caught up. */
async function listOpen(pk: string, expected: number): Promise<Item[]> {
  const query = { table: orders, index: 'open', pk: `open-${pk}`, limit: 2, newestFirst: false }
  let listed = await readAll(query)
  for (let round = 0; round < 100 && listed.length !== expected; round++) {
    listed = await readAll(query)
  }
  return listed
}

async function readAll(query: PageQuery): Promise<Item[]> {
  const { items, last } = await queryPage(db, query)
  return last ? [...items, ...(await readAll({ ...query, after: last }))] : items
}
