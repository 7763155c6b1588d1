import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import { addFaults } from '@cnop/kit/testing/faults'
import { readItems } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { guardKey } from '@cnop/ledger/keys'
import { runDueRecurring } from './jobs/run-recurring-orders.ts'
import { recurringDueKey, recurringKey } from './store/keys.ts'
import { daily, type RecurringWorld, startRecurringWorld } from './testing/recurring-world.ts'

let world: RecurringWorld
beforeAll(async () => {
  world = await startRecurringWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

const cash = async (): Promise<bigint> => (await world.account('alice_1')).available

/** Date and outcome of each run, newest first. */
const outcomes = async () => (await world.one()).runs.map((run) => [run.date, run.outcome])

describe('a date that has come', () => {
  it('buys for the amount, with an order that names the recurring order', async () => {
    const { id } = await world.created(daily())
    expect(await world.runAt('2026-01-06T08:29:59Z')).toBe(0)
    expect(await world.runAt('2026-01-06T08:30:00Z')).toBe(1)
    expect(await cash()).toBe(usd('9900'))
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({ available: quantity('0.002') })
    const { orders } = await world.read()
    expect(orders).toMatchObject([
      { recurringOrderId: id, status: 'COMPLETED', quoteAmount: '100.00' },
    ])
    expect(await world.one()).toMatchObject({
      nextDate: '2026-01-07',
      runs: [
        {
          date: '2026-01-06',
          dueAt: '2026-01-06T08:30:00.000Z',
          outcome: 'BOUGHT',
          orderId: orders![0]!.id,
          code: null,
          reason: null,
        },
      ],
    })
    expect(await world.runAt('2026-01-06T08:30:01Z')).toBe(0)
  })

  it('runs once at the change of the clock, in both directions', async () => {
    world.clock.set(Date.parse('2026-10-24T12:00:00Z'))
    await world.created(daily({ time: '02:30' }))
    for (let minutes = 0; minutes < 28 * 60; minutes += 15) {
      const at = new Date(Date.parse('2026-10-24T23:00:00Z') + minutes * 60_000)
      await world.runAt(at.toISOString())
    }
    expect(await outcomes()).toEqual([
      ['2026-10-26', 'BOUGHT'],
      ['2026-10-25', 'BOUGHT'],
    ])
    expect(await cash()).toBe(usd('9800'))
    await world.runAt('2027-03-28T00:59:59Z')
    expect(await world.runAt('2027-03-28T01:00:00Z')).toBe(1)
    expect((await outcomes())[0]).toEqual(['2027-03-28', 'BOUGHT'])
  })

  it('runs on the last day of a month that lacks the day', async () => {
    await world.created(daily({ frequency: 'MONTHLY', dayOfMonth: 31, time: '00:00' }))
    for (const day of ['01-30', '02-27', '03-30', '04-29']) {
      await world.runAt(`2026-${day}T23:30:00Z`)
    }
    expect((await outcomes()).map(([date]) => date)).toEqual([
      '2026-04-30',
      '2026-03-31',
      '2026-02-28',
      '2026-01-31',
    ])
  })
})

describe('a date on which the buy is refused', () => {
  const refused = async (code: string): Promise<void> => {
    const before = await world.account('alice_1')
    expect(await world.runAt('2026-01-06T08:30:00Z')).toBe(1)
    const { runs, nextDate } = await world.one()
    expect(runs).toMatchObject([{ date: '2026-01-06', outcome: 'SKIPPED', code, orderId: null }])
    expect(runs[0]!.reason).toMatch(/\.$/)
    expect(nextDate).toBe('2026-01-07')
    expect(await world.account('alice_1')).toMatchObject({
      available: before.available,
      sequence: before.sequence,
    })
    expect((await world.read()).orders).toEqual([])
    // It is not made up for, also when the reason has gone.
    world.quotes.set('BTC', '50000', { isActive: true, haltedSince: undefined })
    expect(await world.runAt('2026-01-06T08:40:00Z')).toBe(0)
  }

  it('is skipped where the cash is not there', async () => {
    await world.created(daily({ amount: '9000' }))
    await world.created(daily({ amount: '9000', time: '09:29' }))
    await world.runAt('2026-01-06T08:29:00Z')
    expect(await cash()).toBe(usd('1000'))
    await world.runAt('2026-01-06T08:30:00Z')
    const { recurring } = await world.read()
    expect(recurring!.map(({ runs }) => [runs[0]!.outcome, runs[0]!.code])).toEqual([
      ['BOUGHT', null],
      ['SKIPPED', 'INSUFFICIENT_FUNDS'],
    ])
    expect(await cash()).toBe(usd('1000'))
  })

  it('is skipped where the asset is halted', async () => {
    await world.created(daily())
    world.quotes.alter('BTC', { haltedSince: '2026-01-06T08:00:00.000Z' })
    await refused('ASSET_HALTED')
  })

  it('is skipped where the asset is delisted', async () => {
    await world.created(daily())
    world.quotes.alter('BTC', { isActive: false, delistedAt: '2026-01-06T08:00:00.000Z' })
    await refused('ASSET_NOT_TRADABLE')
  })

  it('waits for a fresh price, and is missed when none comes within the grace', async () => {
    await world.created(daily())
    world.quotes.alter('BTC', { quotedAt: '2026-01-06T08:00:00.000Z' })
    expect(await world.runAt('2026-01-06T08:30:00Z')).toBe(0)
    expect((await world.one()).runs).toEqual([])
    world.quotes.alter('BTC', { quotedAt: '2026-01-06T09:00:00.000Z' })
    expect(await world.runAt('2026-01-06T09:01:00Z')).toBe(1)
    world.quotes.alter('BTC', { quotedAt: '2026-01-06T09:00:00.000Z' })
    expect(await world.runAt('2026-01-07T20:30:00Z')).toBe(0)
    expect(await world.runAt('2026-01-07T20:30:01Z')).toBe(1)
    expect(await outcomes()).toEqual([
      ['2026-01-07', 'MISSED'],
      ['2026-01-06', 'BOUGHT'],
    ])
  })
})

describe('after an outage', () => {
  it('buys once, for the latest date, and records the others as missed', async () => {
    await world.created(daily())
    expect(await world.runAt('2026-01-09T15:00:00Z')).toBe(1)
    expect(await outcomes()).toEqual([
      ['2026-01-09', 'BOUGHT'],
      ['2026-01-08', 'MISSED'],
      ['2026-01-07', 'MISSED'],
      ['2026-01-06', 'MISSED'],
    ])
    expect(await cash()).toBe(usd('9900'))
    expect((await world.one()).nextDate).toBe('2026-01-10')
  })

  it('buys nothing where the latest date is longer ago than the grace', async () => {
    await world.created(daily({ frequency: 'WEEKLY', weekday: 'WEDNESDAY' }))
    expect(await world.runAt('2026-01-07T20:30:01Z')).toBe(1)
    expect(await outcomes()).toEqual([['2026-01-07', 'MISSED']])
    expect(await cash()).toBe(usd('10000'))
    expect((await world.one()).nextDate).toBe('2026-01-14')
  })

  it('keeps the latest runs only, however long it took', async () => {
    await world.created(daily())
    expect(await world.runAt('2029-01-09T08:30:00Z')).toBe(1)
    const runs = await outcomes()
    expect(runs).toHaveLength(20)
    expect([runs[0], runs[19]]).toEqual([
      ['2029-01-09', 'BOUGHT'],
      ['2028-12-21', 'MISSED'],
    ])
  })
})

describe('never twice for one date', () => {
  const twoProcesses = () =>
    Promise.all([world.main, world.second].map(({ deps }) => runDueRecurring(deps)))

  it('with two processes at once', async () => {
    for (const time of ['09:30', '09:31', '09:32']) await world.created(daily({ time }))
    world.clock.set(Date.parse('2026-01-06T08:40:00Z'))
    await Promise.all([twoProcesses(), twoProcesses()])
    expect(await cash()).toBe(usd('9700'))
    expect((await world.read()).orders).toHaveLength(3)
  })

  it('when the key of the run is forgotten', async () => {
    const { id } = await world.created(daily())
    await world.runAt('2026-01-06T08:30:00Z')
    const key = guardKey('alice_1', `recurring:${id}:2026-01-06`)
    await transact(world.ledger.db, [{ delete: { TableName: world.ledger.table, Key: key } }])
    expect(await world.runAt('2026-01-06T08:30:00Z')).toBe(0)
    expect(await cash()).toBe(usd('9900'))
  })

  it('when its rows are older ones, as after a restore of one table', async () => {
    const { id } = await world.created(daily())
    const { db, table } = world.main.deps.store
    const due = { table, key: recurringDueKey(id, '2026-01-06T08:30:00.000Z') }
    const rows = await readItems(db, [{ table, key: recurringKey('alice_1', id) }, due])
    await world.runAt('2026-01-06T08:30:00Z')
    await transact(
      db,
      rows.map((row) => ({ put: { TableName: table, Item: row! } })),
    )
    await world.runAt('2026-01-06T08:30:05Z')
    expect(await cash()).toBe(usd('9900'))
    expect((await world.read()).orders).toHaveLength(1)
  })

  it('and never for a pause that comes while the buy is decided', async () => {
    const { id } = await world.created(daily())
    const current = world.quotes.current.bind(world.quotes)
    world.quotes.current = async (assetId) => {
      world.quotes.current = current
      await world.pause(id)
      return current(assetId)
    }
    expect(await world.runAt('2026-01-06T08:30:00Z')).toBe(0)
    expect(await cash()).toBe(usd('10000'))
    expect(await world.one()).toMatchObject({ status: 'PAUSED', nextAt: null, runs: [] })
  })

  it('with replies, requests and races lost on the way, and a pause at any moment', async () => {
    const ids: string[] = []
    for (const minute of ['30', '31', '32', '33']) {
      ids.push((await world.created(daily({ time: `09:${minute}` }))).id)
    }
    const faults = addFaults(world.main.deps.store.db, {
      seed: 12,
      rates: { loseReply: 0.2, conflict: 0.1, throttle: 0.05, loseRequest: 0.1 },
      commands: ['TransactWriteItems'],
    })
    for (let day = 6; day <= 9; day += 1) {
      world.clock.set(Date.parse(`2026-01-0${day}T08:40:00Z`))
      await Promise.all([twoProcesses(), world.pause(ids[0]!)])
      await world.resume(ids[0]!)
      await twoProcesses()
    }
    expect(faults.counts.loseReply).toBeGreaterThan(0)
    faults.remove()
    await twoProcesses()
    const { recurring, orders } = await world.read()
    for (const { id, runs } of recurring!) {
      const bought = runs.filter(({ outcome }) => outcome === 'BOUGHT')
      const placed = orders!.filter(({ recurringOrderId }) => recurringOrderId === id)
      expect(new Set(runs.map(({ date }) => date)).size).toBe(runs.length)
      expect(bought.map(({ orderId }) => orderId)).toEqual(placed.map((order) => order.id))
    }
    expect(await cash()).toBe(usd('10000') - BigInt(orders!.length) * usd('100'))
    expect(orders!.length).toBeGreaterThanOrEqual(12)
  })
})
