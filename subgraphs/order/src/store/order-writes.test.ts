import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { price, quantity, usd, zeroUsd } from '@cnop/kit/money'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { transact } from '@cnop/kit/transact'
import { VersionLost } from '@cnop/ledger/account-store'
import { closeOrder } from '../domain/fill-order.ts'
import type { Order, OrderSide } from '../domain/order.ts'
import { ordersTable } from './keys.ts'
import { fromRecord, toRecord } from './order-record.ts'
import { closeWrites, OrderClosed, placeWrites, triggerWrites } from './order-writes.ts'
import { listDue, listOrders, listWaiting, readOrder } from './orders.ts'

let store: TestDb
let count = 0
const place = () => ({ db: store.db, table: 'orders' })

function waiting(terms: Partial<Order> = {}): Order {
  return {
    id: `ord_${String(++count).padStart(6, '0')}`,
    username: 'alice_1',
    side: 'BUY',
    type: 'LIMIT',
    status: 'PENDING',
    assetId: 'BTC',
    quantity: quantity('0.1'),
    quoteAmount: undefined,
    feeBasisPoints: 25n,
    limitPrice: price('60000.000000000001'),
    price: undefined,
    quotedAt: undefined,
    total: undefined,
    fee: undefined,
    heldCash: usd('6015.01'),
    reason: undefined,
    expiresAt: '2026-02-01T00:00:00.000Z',
    createdAt: '2026-01-05T10:00:00.000Z',
    updatedAt: '2026-01-05T10:00:00.000Z',
    entrySequences: [7n],
    ...terms,
  }
}

const save = async (order: Order): Promise<Order> => {
  await transact(store.db, placeWrites('orders', order))
  return order
}

async function readBook(side: OrderSide): Promise<Order[]> {
  const orders: Order[] = []
  for await (const order of listWaiting(place(), { assetId: 'BTC', side, kind: 'LIMIT' }))
    orders.push(order)
  return orders
}

const at = '2026-01-06T10:00:00.000Z'

beforeAll(async () => {
  store = await startTestDb([ordersTable('orders')])
})
afterAll(() => store.stop())
beforeEach(() => store.reset())

describe('an order in the store', () => {
  it('is restored from its row and from JSON', async () => {
    const open = await save(waiting())
    const done = waiting({ status: 'COMPLETED', price: price('1'), total: zeroUsd, fee: zeroUsd })
    for (const order of [open, done]) {
      expect(fromRecord(JSON.parse(JSON.stringify(toRecord(order))))).toEqual(order)
    }
    expect(await readOrder(place(), { username: 'alice_1', orderId: open.id })).toEqual(open)
    expect(await readOrder(place(), { username: 'bobby_1', orderId: open.id })).toBeUndefined()
  })

  it('is closed by one of many concurrent attempts, and the others return its state', async () => {
    const order = await save(waiting())
    const cancelled = closeOrder(order, { status: 'CANCELLED', at }).order
    const expired = closeOrder(order, { status: 'EXPIRED', at }).order
    await transact(store.db, closeWrites('orders', cancelled))
    const refusal = await transact(store.db, closeWrites('orders', expired)).catch(
      (error: unknown) => error,
    )
    expect(refusal).toBeInstanceOf(OrderClosed)
    expect((refusal as OrderClosed).order).toEqual(cancelled)
  })

  it('is gone from every list of open orders once it is closed', async () => {
    const order = await save(waiting())
    const lists = async () => ({
      open: await listOrders(place(), {
        username: 'alice_1',
        among: 'open',
        after: undefined,
        limit: 5,
      }),
      book: await readBook('BUY'),
      due: (
        await Promise.all(
          Array.from({ length: 8 }, (_, shard) =>
            listDue(place(), { shard, nowIso: order.expiresAt!, limit: 5 }),
          ),
        )
      ).flat(),
    })
    expect(await lists()).toEqual({
      open: { orders: [order], hasMore: false },
      book: [order],
      due: [{ username: 'alice_1', orderId: order.id }],
    })
    await transact(
      store.db,
      closeWrites('orders', closeOrder(order, { status: 'EXPIRED', at }).order),
    )
    expect(await lists()).toEqual({
      open: { orders: [], hasMore: false },
      book: [],
      due: [],
    })
  })
})

describe('the book', () => {
  it('is spread over partitions and read in one order, page by page', async () => {
    const numbers = Array.from({ length: 130 }, (_, place) => 1 + ((place * 37) % 130))
    for (const number of numbers) {
      await save(waiting({ side: 'SELL', limitPrice: price(String(number)) }))
    }
    const found = (await readBook('SELL')).map(({ limitPrice }) => limitPrice)
    expect(found).toEqual(numbers.toSorted((a, b) => a - b).map((number) => price(String(number))))
    const { Items: items = [] } = await store.db.documents.send(
      new ScanCommand({ TableName: 'orders', FilterExpression: 'attribute_exists(waitingPk)' }),
    )
    const partitions = ['BTC#SELL', 'BTC#SELL#1', 'BTC#SELL#2', 'BTC#SELL#3']
    expect([...new Set(items.map((item) => String(item['waitingPk'])))].sort()).toEqual(partitions)
  })

  it.each([
    ['BUY', ['1000000', '60000', '59999.999999999999', '0.000000000001']],
    ['SELL', ['0.000000000001', '59999.999999999999', '60000', '1000000']],
  ] as const)('has the best price of a %s first, and the oldest of a price', async (side, best) => {
    const placed: Order[] = []
    for (const text of [...best].reverse()) {
      placed.unshift(await save(waiting({ side, limitPrice: price(text) })))
    }
    const younger = await save(waiting({ side, limitPrice: price('60000') }))
    await save(waiting({ side, assetId: 'ETH' }))
    const older = placed.findIndex(({ limitPrice }) => limitPrice === price('60000'))
    const expected = placed.toSpliced(older + 1, 0, younger).map(({ id }) => id)
    const found = (await readBook(side)).map(({ id }) => id)
    expect(found).toEqual(expected)
  })
})

describe('what is due', () => {
  it('is due from its very millisecond on, and not before', async () => {
    const { id } = await save(waiting())
    const dueAt = async (nowIso: string) => {
      const shards = Array.from({ length: 8 }, (_, shard) =>
        listDue(place(), { shard, nowIso, limit: 5 }),
      )
      return (await Promise.all(shards)).flat().map(({ orderId }) => orderId)
    }
    expect(await dueAt('2026-01-31T23:59:59.999Z')).toEqual([])
    expect(await dueAt('2026-02-01T00:00:00.000Z')).toEqual([id])
  })
})

it('moves a triggered order from the book of stops to that of limits, once', async () => {
  const stop = await save(
    waiting({
      type: 'STOP',
      limitPrice: undefined,
      stopPrice: price('70000'),
      expiresAt: undefined,
    }),
  )
  const other = await save(waiting({ expiresAt: undefined }))
  expect((await readBook('BUY')).map(({ id }) => id)).toEqual([other.id])
  const triggered = { ...stop, triggeredAt: at, triggerPrice: price('70001') }
  await transact(store.db, triggerWrites('orders', triggered, stop))
  expect(await readBook('BUY')).toEqual([triggered, other])
  const again = triggerWrites('orders', triggered, stop)
  // It is open and has changed: the decision is made again.
  await expect(transact(store.db, again)).rejects.toThrow(VersionLost)
  const cancel = closeOrder(stop, { status: 'CANCELLED', at }).order
  await expect(transact(store.db, closeWrites('orders', cancel))).rejects.toThrow(VersionLost)
  expect(await readOrder(place(), { username: 'alice_1', orderId: stop.id })).toEqual(triggered)
})

it('ends a trailing order only as it is, so that its best price never goes back', async () => {
  const bestPrice = price('70000')
  const trail = {
    type: 'TRAILING_STOP',
    limitPrice: undefined,
    trailAmount: price('1000'),
  } as const
  const first = await save(
    waiting({ ...trail, bestPrice, stopPrice: price('71000'), expiresAt: undefined }),
  )
  const moved = { ...first, bestPrice: price('69000'), stopPrice: price('70000') }
  await transact(store.db, triggerWrites('orders', moved, first))
  const stale = closeOrder(first, { status: 'CANCELLED', at }).order
  await expect(transact(store.db, closeWrites('orders', stale))).rejects.toThrow(VersionLost)
  const late = { ...first, bestPrice: price('69500'), stopPrice: price('70500') }
  const writes = triggerWrites('orders', late, first)
  await expect(transact(store.db, writes)).rejects.toThrow(VersionLost)
  const ended = closeOrder(moved, { status: 'CANCELLED', at }).order
  await transact(store.db, closeWrites('orders', ended))
  expect(await readOrder(place(), { username: 'alice_1', orderId: first.id })).toEqual(ended)
  await expect(transact(store.db, closeWrites('orders', ended))).rejects.toThrow(OrderClosed)
})
