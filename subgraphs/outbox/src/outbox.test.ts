import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createMemoryBus, type EventBus } from '@cnop/kit/bus'
import { toIso } from '@cnop/kit/clock'
import { createLog } from '@cnop/kit/log'
import { parsePrice, parseQuantity, parseUsd } from '@cnop/kit/money'
import { queryPage } from '@cnop/kit/read'
import { addFaults } from '@cnop/kit/testing/faults'
import { type FakeClock, fakeClock } from '@cnop/kit/testing/fake-clock'
import { startTestDb, type TestDb } from '@cnop/kit/testing/test-db'
import { transact } from '@cnop/kit/transact'
import { notificationsAdded } from '@cnop/schema/events'
import { listChoices, readIsWanted, saveChoice } from './choices.ts'
import { deliver, type DeliveryDeps, type DeliveryWorker, startDelivery } from './deliver.ts'
import { endingWrite, startClearing } from './endings.ts'
import type { Notification } from './notification.ts'
import { listNotifications, notificationWrites } from './rows.ts'
import { dueShards, outboxTable } from './tables.ts'
import { showMarketPrice, showPrice, showQuantity, showUsd } from './words.ts'

const log = createLog('outbox', { level: 'silent', filePath: undefined })
let store: TestDb
let clock: FakeClock
let bus: EventBus
let deps: DeliveryDeps
let received: string[] = []
let workers: DeliveryWorker[] = []

beforeAll(async () => {
  store = await startTestDb([outboxTable('outbox')])
})
beforeEach(async () => {
  await store.reset()
  clock = fakeClock()
  bus = createMemoryBus(log)
  deps = { outbox: { db: store.db, table: 'outbox' }, bus, log, now: clock.now }
  received = []
  await bus.subscribe(notificationsAdded('alice1'), ({ notification: { id } }) => {
    received.push(id)
  })
})
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()))
  workers = []
  await bus.close()
})
afterAll(() => store.stop())

function openWorker(): DeliveryWorker {
  const worker = startDelivery(deps)
  workers.push(worker)
  return worker
}

/** A notification in the transaction of its cause. */
async function write(place: number): Promise<Notification> {
  const notification: Notification = {
    ...{ id: `ntf_${String(place).padStart(8, '0')}`, username: 'alice1', kind: 'ORDER_FILLED' },
    ...{ text: `Order ${place} filled.`, createdAt: toIso(clock.now()), orderId: `ord_${place}` },
    detail: { place: String(place) },
  }
  await transact(store.db, notificationWrites('outbox', notification))
  return notification
}

async function due(): Promise<number> {
  const query = { table: 'outbox', limit: 100, newestFirst: false }
  const pages = await Promise.all(dueShards.map((pk) => queryPage(store.db, { ...query, pk })))
  return pages.flatMap(({ items }) => items).length
}

const list = (first = 10, after?: string) =>
  listNotifications(deps.outbox, { username: 'alice1', first, after, nowMs: clock.now() })

describe('a notification', () => {
  it('is delivered by the process that wrote it, and not again', async () => {
    const notification = await write(1)
    expect(await due()).toBe(1)
    await deliver(deps, notification)
    expect(await due()).toBe(0)
    clock.advance(60_000)
    await openWorker().run()
    expect(received).toEqual([notification.id])
    expect((await list()).notifications).toEqual([notification])
  })

  it('is delivered by one of several workers when its process crashed', async () => {
    const written = [await write(1), await write(2), await write(3)].map(({ id }) => id)
    const several = [openWorker(), openWorker(), openWorker()]
    await Promise.all(several.map((worker) => worker.run()))
    expect(received).toEqual([])
    clock.advance(5_001)
    await Promise.all(several.map((worker) => worker.run()))
    expect([...received].sort()).toEqual(written)
    expect(await due()).toBe(0)
  })

  it('is delivered again, under the same id, when a worker crashed before it forgot it', async () => {
    const { id } = await write(1)
    clock.advance(5_001)
    // The lease is taken, and the delivery cannot be forgotten.
    const faults = addFaults(store.db, {
      ...{ seed: 1, rates: { loseRequest: 1 }, commands: ['TransactWriteItems'] },
    })
    await openWorker().run()
    faults.remove()
    await openWorker().run()
    clock.advance(30_001)
    await openWorker().run()
    expect(new Set(received)).toEqual(new Set([id]))
    expect(await due()).toBe(0)
  })

  it('is left to its worker while the lease lasts', async () => {
    await write(1)
    clock.advance(5_001)
    const [row] = (
      await Promise.all(
        dueShards.map((pk) =>
          queryPage(store.db, { table: 'outbox', pk, limit: 1, newestFirst: false }),
        ),
      )
    ).flatMap(({ items }) => items)
    const Item = { ...row, leasedUntil: BigInt(clock.now() + 10_000) }
    await transact(store.db, [{ put: { TableName: 'outbox', Item } }])
    await openWorker().run()
    expect(received).toEqual([])
    clock.advance(10_000)
    await openWorker().run()
    expect(received).toHaveLength(1)
  })

  it('never fails its cause when the store is away', async () => {
    const notification = await write(1)
    const rates = { loseRequest: 1 }
    const faults = addFaults(store.db, { seed: 1, rates, commands: ['TransactWriteItems'] })
    await deliver(deps, notification)
    faults.remove()
    expect(await due()).toBe(1)
  })

  it('is listed for 90 days, the newest first, page by page', async () => {
    for (let place = 1; place <= 3; place += 1) await write(place)
    const first = await list(2)
    expect(first.notifications.map(({ orderId }) => orderId)).toEqual(['ord_3', 'ord_2'])
    expect(first.hasMore).toBe(true)
    const second = await list(2, first.notifications.at(-1)?.id)
    expect(second.notifications.map(({ orderId }) => orderId)).toEqual(['ord_1'])
    expect(second.hasMore).toBe(false)
    clock.advance(90 * 86_400_000)
    expect(await list()).toEqual({ notifications: [], hasMore: false })
  })
})

describe('the choice of channels', () => {
  it('is every channel until one is made, for each kind and user', async () => {
    await saveChoice(deps.outbox, 'alice1', { kind: 'PRICE_ALERT', channels: [] })
    expect(await readIsWanted(deps.outbox, 'alice1', 'PRICE_ALERT')).toBe(false)
    expect(await readIsWanted(deps.outbox, 'alice1', 'ORDER_FILLED')).toBe(true)
    expect(await readIsWanted(deps.outbox, 'bobby1', 'PRICE_ALERT')).toBe(true)
    const off = (await listChoices(deps.outbox, 'alice1')).filter(
      ({ channels }) => channels.length === 0,
    )
    expect(off).toEqual([{ kind: 'PRICE_ALERT', channels: [] }])
    await saveChoice(deps.outbox, 'alice1', { kind: 'PRICE_ALERT', channels: ['BELL', 'BELL'] })
    expect(await listChoices(deps.outbox, 'alice1')).toContainEqual({
      ...{ kind: 'PRICE_ALERT', channels: ['BELL'] },
    })
  })
})

describe('an account that has ended', () => {
  const end = (username: string) =>
    transact(store.db, [endingWrite('outbox', username, clock.now())])
  const left = async () => {
    const pages = ['ENDED#order', 'ENDED#inventory'].map((pk) =>
      queryPage(store.db, { table: 'outbox', pk, limit: 10, newestFirst: false }),
    )
    return (await Promise.all(pages)).map(({ items }) => items.map(({ username }) => username))
  }

  it('goes from one service to the next once it is clear, and no call of it is under way', async () => {
    await end('guest1')
    await end('guest2')
    const cleared: string[] = []
    const answers = [false, new Error('The store is away.'), true, true]
    const order = startClearing(deps, 'order', (username) => {
      cleared.push(username)
      const answer = answers.shift() ?? true
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    })
    const inventory = startClearing(deps, 'inventory', () => Promise.resolve(true))
    try {
      clock.advance(119_999)
      expect(await order.run()).toBe(0)
      expect(cleared).toEqual([])
      clock.advance(1)
      // One has more than one call may clear, and one cannot be cleared now.
      expect(await order.run()).toBe(0)
      expect(await order.run()).toBe(0)
      expect(cleared).toEqual(['guest1', 'guest2'])
      clock.advance(120_000)
      const runs = await Promise.all([order.run(), order.run()])
      expect(runs[0] + runs[1]).toBe(2)
      expect(await left()).toEqual([[], ['guest1', 'guest2']])
      expect(await inventory.run()).toBe(2)
      expect(await left()).toEqual([[], []])
    } finally {
      await Promise.all([order.stop(), inventory.stop()])
    }
  })
})

it('shows amounts as people write them', () => {
  expect(showPrice(parsePrice('1234567.000000000001'))).toBe('$1,234,567.000000000001')
  expect(showMarketPrice(parsePrice('3199.23756'))).toBe('$3,199.24')
  expect(showUsd(parseUsd('1250.5'))).toBe('$1,250.50')
  expect(showQuantity(parseQuantity('12500.015'))).toBe('12,500.015')
  expect(showQuantity(parseQuantity('1000'))).toBe('1,000')
})
