import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { codeOf } from './testing/limit-world.ts'
import type { Answer } from './testing/order-world.ts'
import { daily, type RecurringWorld, startRecurringWorld } from './testing/recurring-world.ts'

let world: RecurringWorld
beforeAll(async () => {
  world = await startRecurringWorld({ ORDER_MAX_RECURRING: '3' })
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

const detailsOf = (answer: Answer) => answer.errors?.[0]?.extensions

describe('creating a recurring order', () => {
  it('answers with its next date, and moves no money', async () => {
    const before = await world.account('alice_1')
    const order = await world.created(daily())
    expect(order).toMatchObject({
      assetId: 'BTC',
      amount: '100.00',
      frequency: 'DAILY',
      weekday: null,
      dayOfMonth: null,
      time: '09:30',
      timeZone: 'Europe/Berlin',
      status: 'ACTIVE',
      nextDate: '2026-01-06',
      nextAt: '2026-01-06T08:30:00.000Z',
      runs: [],
    })
    expect(await world.account('alice_1')).toMatchObject({ available: before.available, held: 0n })
    expect((await world.read()).recurring).toEqual([order])
  })

  it('creates one for each key, and refuses the key for another one', async () => {
    const input = daily()
    const [first, again] = [await world.created(input), await world.created(input)]
    expect(again).toEqual(first)
    const other = await world.send({ ...input, time: '09:31' })
    expect(codeOf(other)).toBe('IDEMPOTENCY_KEY_REUSED')
    expect((await world.read()).recurring).toHaveLength(1)
  })

  it.each([
    ['assetId', { assetId: 'B-C' }],
    ['amount', { amount: '0' }],
    ['amount', { amount: '-5' }],
    ['weekday', { frequency: 'WEEKLY' }],
    ['weekday', { weekday: 'MONDAY' }],
    ['dayOfMonth', { frequency: 'MONTHLY' }],
    ['dayOfMonth', { frequency: 'MONTHLY', dayOfMonth: 0 }],
    ['dayOfMonth', { frequency: 'MONTHLY', dayOfMonth: 32 }],
    ['dayOfMonth', { dayOfMonth: 5 }],
    ['time', { time: '24:00' }],
    ['time', { time: '9:30' }],
    ['timeZone', { timeZone: 'Europe/Atlantis' }],
    ['timeZone', { timeZone: '+01:00' }],
    ['key', { key: 'short' }],
  ])('names the field %s of %j', async (field, more) => {
    expect(detailsOf(await world.send(daily(more)))).toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field },
    })
    expect((await world.read()).recurring).toEqual([])
  })

  it.each([
    ['ORDER_TOO_SMALL', { amount: '0.99' }],
    ['ORDER_TOO_LARGE', { amount: '10000.01' }],
  ])('is refused as %s for %j', async (code, more) => {
    expect(detailsOf(await world.send(daily(more)))).toMatchObject({
      code,
      details: { field: 'amount' },
    })
  })

  it('needs an asset that is traded, halted or not', async () => {
    expect(codeOf(await world.send(daily({ assetId: 'NONE' })))).toBe('ASSET_NOT_FOUND')
    world.quotes.set('BTC', '50000', { isActive: false })
    expect(codeOf(await world.send(daily()))).toBe('ASSET_NOT_TRADABLE')
    const haltedSince = '2026-01-05T09:00:00.000Z'
    world.quotes.set('BTC', '50000', { isActive: true, haltedSince })
    await world.created(daily())
  })

  it('ends at the limit of one user, however many processes are asked at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, place) =>
        world.send(daily(), 'alice_1', place % 2 ? world.second : world.main),
      ),
    )
    expect(answers.map(codeOf).filter((code) => code === undefined)).toHaveLength(3)
    expect(detailsOf(await world.send(daily()))).toMatchObject({
      code: 'LIMIT_REACHED',
      details: { what: 'recurring orders', limit: '3' },
    })
    await world.created(daily(), 'bobby_1')
  })
})

describe('a recurring order of another user', () => {
  it('is neither listed nor found', async () => {
    const { id } = await world.created(daily())
    expect((await world.read('bobby_1', 'alice_1')).code).toBe('FORBIDDEN')
    for (const change of [world.pause, world.resume, world.remove]) {
      expect(codeOf(await change(id, 'bobby_1'))).toBe('RECURRING_ORDER_NOT_FOUND')
    }
    expect(codeOf(await world.remove('rec_unknown'))).toBe('RECURRING_ORDER_NOT_FOUND')
    expect(await world.one()).toMatchObject({ id, status: 'ACTIVE' })
  })
})

describe('pausing, resuming and deleting', () => {
  it('pauses without making up for the dates of the pause', async () => {
    const { id } = await world.created(daily())
    await world.pause(id)
    expect(await world.one()).toMatchObject({ status: 'PAUSED', nextDate: null, nextAt: null })
    expect(codeOf(await world.pause(id))).toBeUndefined()
    expect(await world.runAt('2026-01-08T12:00:00Z')).toBe(0)
    await world.resume(id)
    expect(await world.one()).toMatchObject({ status: 'ACTIVE', nextDate: '2026-01-09', runs: [] })
    expect(await world.runAt('2026-01-09T08:30:00Z')).toBe(1)
  })

  it('never runs the date again that has run before the pause', async () => {
    const { id } = await world.created(daily())
    await world.runAt('2026-01-06T08:30:00Z')
    // The clock of another process is behind.
    world.clock.set(Date.parse('2026-01-06T08:29:59Z'))
    await world.pause(id)
    await world.resume(id)
    expect(await world.one()).toMatchObject({ nextDate: '2026-01-07' })
  })

  it('deletes it, once, and keeps what it has bought', async () => {
    const { id } = await world.created(daily())
    await world.runAt('2026-01-06T08:30:00Z')
    expect(codeOf(await world.remove(id))).toBeUndefined()
    expect(codeOf(await world.remove(id))).toBe('RECURRING_ORDER_NOT_FOUND')
    const { recurring, orders } = await world.read()
    expect(recurring).toEqual([])
    expect(orders).toMatchObject([{ recurringOrderId: id }])
    expect(await world.runAt('2026-01-07T08:30:00Z')).toBe(0)
  })
})

describe('the preview of dates', () => {
  const dates = (input: object, first?: number) =>
    world.ask(
      'alice_1',
      `query ($input: RecurringScheduleInput!, $first: Int) {
        recurringDates(input: $input, first: $first) { date at isMoved } }`,
      { input, first },
    )

  it('shows what clocks do to the time', async () => {
    world.clock.set(Date.parse('2026-03-28T00:00:00Z'))
    const input = { frequency: 'DAILY', time: '02:30', timeZone: 'Europe/Berlin' }
    expect((await dates(input, 3)).data).toEqual({
      recurringDates: [
        { date: '2026-03-28', at: '2026-03-28T01:30:00.000Z', isMoved: false },
        { date: '2026-03-29', at: '2026-03-29T01:00:00.000Z', isMoved: true },
        { date: '2026-03-30', at: '2026-03-30T00:30:00.000Z', isMoved: false },
      ],
    })
  })

  it('refuses what creating would, and more than 12', async () => {
    const input = { frequency: 'WEEKLY', time: '02:30', timeZone: 'Europe/Berlin' }
    expect(detailsOf(await dates(input))).toMatchObject({ details: { field: 'weekday' } })
    const weekly = { ...input, weekday: 'SUNDAY' }
    expect(detailsOf(await dates(weekly, 13))).toMatchObject({ details: { field: 'first' } })
    expect((await dates(weekly)).data?.['recurringDates']).toHaveLength(5)
  })
})
