import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { toIso } from '@cnop/kit/clock'
import { addFaults } from '@cnop/kit/testing/faults'
import { readIndex } from '@cnop/kit/read'
import { transact } from '@cnop/kit/transact'
import { endingWrite } from '@cnop/outbox/endings'
import { listNotifications } from '@cnop/outbox/rows'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import type { OrderParts } from './server.ts'
import { listEvery } from './store/orders.ts'
import { listPortfolioWatch } from './store/portfolio-alerts.ts'
import { listRecurringOrders } from './store/recurring-orders.ts'
import { codeOf, limit } from './testing/limit-world.ts'
import { type OrderWorld, startOrderWorld } from './testing/order-world.ts'

const fields = `id direction value changeBasisPoints referenceValue repeats rearmValue isArmed fireCount status expiresAt
  firedAt firedValue`
const create = `mutation ($input: CreatePortfolioAlertInput!) {
  createPortfolioAlert(input: $input) { portfolioAlert { ${fields} } } }`
const cancel = `mutation ($id: ID!) { cancelPortfolioAlert(id: $id) { portfolioAlert { ${fields} } } }`
const buy = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { status } } }`
const list = `query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on User { portfolioAlerts { ${fields} } } } }`

interface Alert {
  readonly id: string
  readonly status: string
  readonly fireCount: number
}

let world: OrderWorld
let second: OrderParts
let count = 0

beforeAll(async () => {
  world = await startOrderWorld()
  second = await world.openProcess()
})
/** Alice has $9,000 in cash and 1 BTC, which cost $1,000. */
beforeEach(async () => {
  await world.reset()
  world.quotes.set('BTC', '1000')
  await world.openUser('alice_1', '10000')
  const input = { type: 'MARKET', side: 'BUY', assetId: 'BTC', quantity: '1' }
  await world.ask('alice_1', buy, { input: { ...input, key: newKey() } })
})
afterAll(() => world.stop())

const newKey = (): string => `portfolio-${String(++count).padStart(6, '0')}`
const send = (input: object, username = 'alice_1') =>
  world.ask(username, create, { input: { key: newKey(), direction: 'ABOVE', ...input } })
async function set(input: object): Promise<Alert> {
  const answer = await send(input)
  expect(answer.errors).toBeUndefined()
  return (answer.data?.['createPortfolioAlert'] as { portfolioAlert: Alert }).portfolioAlert
}
const read = async (username = 'alice_1') => {
  const of = [{ __typename: 'User', username: 'alice_1' }]
  const answer = await world.ask(username, list, { of })
  const [user] = (answer.data?.['_entities'] ?? []) as ({ portfolioAlerts: Alert[] } | null)[]
  return user?.portfolioAlerts
}
/** The price of BTC makes the portfolio worth $9,000 more than itself. */
async function worth(...values: readonly number[]): Promise<void> {
  for (const value of values) {
    world.clock.advance(15_000)
    world.quotes.set('BTC', (value - 9_000).toFixed(2))
    await Promise.all([world.main, second].map(async ({ portfolios }) => portfolios?.run()))
  }
}
const notices = async () => {
  const query = { username: 'alice_1', first: 100, after: undefined, nowMs: world.clock.now() }
  const { notifications } = await listNotifications(world.main.deps.outbox, query)
  return notifications.filter(({ kind }) => kind.startsWith('PORTFOLIO'))
}
const texts = async () => (await notices()).map(({ text }) => text)

describe('an alert on the value of the portfolio', () => {
  it('fires once, in several processes, at the first look that finds it reached', async () => {
    await set({ value: '10100.00' })
    await worth(10_099.99, 10_100, 10_000, 10_200)
    expect(await read()).toMatchObject([{ status: 'FIRED', firedValue: '10100.00', fireCount: 1 }])
    expect(await texts()).toEqual([
      'Your portfolio rose to $10,100.00. You asked to be told at $10,100.00.',
    ])
  })

  it('waits for a change in per cent of its value', async () => {
    const alert = await set({ direction: 'BELOW', changeBasisPoints: 250 })
    expect(alert).toMatchObject({ value: '9750.00', referenceValue: '10000.00' })
    await worth(9_700)
    expect(await texts()).toEqual([
      'Your portfolio fell to $9,700.00. You asked to be told of a fall by 2.5% from $10,000.00.',
    ])
  })

  it('repeats, once the value has gone back, and is silent after five times within an hour', async () => {
    expect(await set({ value: '10500.00', repeats: true })).toMatchObject({
      ...{ rearmValue: '10395.00', isArmed: true },
    })
    await worth(10_500, 10_396, 10_600)
    expect(await read()).toMatchObject([{ isArmed: false, fireCount: 1, status: 'ACTIVE' }])
    await worth(10_395, 10_499, 10_500)
    expect(await texts()).toHaveLength(2)
    await worth(...Array.from({ length: 5 }, () => [10_000, 10_500]).flat())
    expect(await read()).toMatchObject([{ fireCount: 5 }])
    expect((await texts())[0]).toMatch(/silent until that hour is over\.$/)
  })

  it('ends at its end with a notification, whatever the value is then', async () => {
    const expiresAt = toIso(world.clock.now() + 20_000)
    await set({ value: '10100.00', expiresAt })
    await worth(10_000, 10_200)
    expect(await read()).toMatchObject([{ status: 'EXPIRED', firedAt: null }])
    expect(await texts()).toEqual([
      'Your alert for a portfolio of $10,100.00 or above has expired.',
    ])
  })

  it('is cancelled, and not watched any more', async () => {
    const { id } = await set({ value: '10100.00' })
    expect(codeOf(await world.ask('bobby_1', cancel, { id }))).toBe('PORTFOLIO_ALERT_NOT_FOUND')
    for (let time = 0; time < 2; time += 1) {
      expect((await world.ask('alice_1', cancel, { id })).data).toMatchObject({
        cancelPortfolioAlert: { portfolioAlert: { status: 'CANCELLED' } },
      })
    }
    await worth(10_200)
    expect(await texts()).toEqual([])
  })

  it('waits while an asset has no price', async () => {
    await set({ value: '10100.00' })
    world.quotes.remove('BTC')
    await world.main.portfolios?.run()
    expect(await read()).toMatchObject([{ status: 'ACTIVE' }])
    expect(codeOf(await send({ value: '20000.00' }))).toBe('ASSET_NOT_TRADABLE')
  })

  it('fires once per crossing over a store that conflicts and loses replies', async () => {
    await set({ value: '10500.00', repeats: true })
    const faults = [world.main, second].map(({ deps }, place) =>
      addFaults(deps.store.db, {
        ...{ seed: 7 + place, commands: ['TransactWriteItems'] },
        rates: { loseReply: 0.3, conflict: 0.1, loseRequest: 0.1 },
      }),
    )
    // Each value is there for two looks, because a look may write nothing; at most four fires within an hour.
    for (const value of [10_500, 10_000, 10_600, 10_100, 10_700]) {
      world.clock.advance(900_000)
      await worth(value, value)
    }
    for (const one of faults) one.remove()
    const fires = (await read())?.[0]?.fireCount ?? 0
    expect(fires).toBeGreaterThan(0)
    expect(await notices()).toHaveLength(fires)
  })
})

describe('a request for one', () => {
  it.each([
    [{}, 'value', 'is required, unless changeBasisPoints is given'],
    [{ value: '0' }, 'value', 'must be more than zero'],
    [{ value: '1000000000.01' }, 'value', 'must be at most 1000000000.00'],
    [
      { value: '10000.00' },
      'value',
      'must be above the current value, 10000.00',
      'PORTFOLIO_ALERT_MET',
    ],
    [
      { value: '1', changeBasisPoints: 10 },
      'changeBasisPoints',
      'cannot be given together with a value',
    ],
    [{ changeBasisPoints: 9 }, 'changeBasisPoints', 'must be 10 to 100000'],
    [{ value: '11000', rearmAmount: '100' }, 'rearmAmount', 'belongs to an alert that repeats'],
    [
      { value: '11000', repeats: true, rearmAmount: '10' },
      'rearmAmount',
      'must be 0.1 % to 50 % of the target: 11.00 to 5500.00',
    ],
    [
      { changeBasisPoints: 1000, repeats: true, rearmAmount: '0' },
      'rearmAmount',
      'must be 0.1 % to 50 % of the target: 11.00 to 5500.00',
    ],
    [
      { value: '11000', expiresAt: '2020-01-01T00:00:00.000Z' },
      'expiresAt',
      'must be in the future',
    ],
  ])('is refused for %j', async (input, field, reason, code = 'BAD_USER_INPUT') => {
    const answer = await send(input)
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      ...{ code, details: { field, reason } },
    })
    expect(await read()).toEqual([])
  })

  it('is refused for an equal one, and for one too many', async () => {
    await set({ value: '11000.00' })
    expect((await send({ value: '11000', repeats: true })).errors?.[0]?.extensions).toMatchObject({
      code: 'PORTFOLIO_ALERT_EXISTS',
      details: { field: 'value', reason: 'is that of an equal alert that you have already' },
    })
    for (let more = 1; more < 10; more += 1) await set({ value: String(11_000 + more) })
    expect(codeOf(await send({ value: '12000.00' }))).toBe('LIMIT_REACHED')
    expect(await read()).toHaveLength(10)
  })

  it('needs a value to change from, and a target of which a part is less', async () => {
    await world.openUser('bobby_1', '0')
    const refusals = [{ changeBasisPoints: 500 }, { value: '0.01', repeats: true }].map(
      async (input) => (await send(input, 'bobby_1')).errors?.[0]?.extensions.details,
    )
    expect(await Promise.all(refusals)).toEqual([
      { field: 'changeBasisPoints', reason: 'needs a portfolio that is worth something' },
      { field: 'repeats', reason: 'needs a larger target' },
    ])
  })

  it('creates one alert for its key, and shows it to its owner alone', async () => {
    const input = { key: 'a-key-that-repeats', value: '11000.00' }
    expect((await set(input)).id).toBe((await set(input)).id)
    expect(await read()).toHaveLength(1)
    expect(await read('bobby_1')).toBeNull()
    expect(codeOf(await send({ ...input, value: '11001' }))).toBe('IDEMPOTENCY_KEY_REUSED')
  })
})

describe('an account that has ended', () => {
  const recur = `mutation ($input: CreateRecurringOrderInput!) {
    createRecurringOrder(input: $input) { recurringOrder { id } } }`
  const place = async (username: string, input: object) => {
    const { errors } = await world.ask(username, buy, { input })
    expect(errors).toBeUndefined()
  }

  it('alerts, buys, holds and waits for nothing more, although a process was interrupted', async () => {
    const { store, outbox, ledger } = world.main.deps
    await world.openUser('bobby_1', '1000')
    await set({ value: '11000.00' })
    const daily = { assetId: 'BTC', amount: '100.00', frequency: 'DAILY', time: '09:30' }
    await world.ask('alice_1', recur, { input: { key: newKey(), timeZone: 'UTC', ...daily } })
    const exits = { takeProfitPrice: '2000', stopLossPrice: '500' }
    await place('alice_1', limit('BUY', '1', '900', exits))
    await place('alice_1', limit('SELL', '0.5', '3000', { type: 'OCO', stopPrice: '500' }))
    await place('bobby_1', limit('BUY', '0.1', '900'))
    await transact(outbox.db, [endingWrite(outbox.table, 'alice_1', world.clock.now())])

    world.clock.advance(120_000)
    const faults = addFaults(store.db, { seed: 1, commands: ['TransactWriteItems'] })
    faults.force('loseReply')
    expect(await world.main.clearing?.run()).toBe(0)
    faults.remove()
    expect(await listEvery(store, 'alice_1', 'open')).toHaveLength(2)

    world.clock.advance(120_000)
    const runs = await Promise.all([world.main.clearing?.run(), second.clearing?.run()])
    expect(runs.toSorted()).toEqual([0, 1])
    expect(await listEvery(store, 'alice_1', 'open')).toEqual([])
    const orders = await listEvery(store, 'alice_1', 'all')
    expect(orders.map(({ status }) => status)).toEqual(['CANCELLED', 'CANCELLED', 'COMPLETED'])
    expect(await world.account('alice_1')).toMatchObject({ available: 900_000n, held: 0n })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({ held: 0n })
    expect(await listRecurringOrders(store, 'alice_1', 10)).toEqual([])
    expect(await read()).toEqual([])
    for (const shard of [0, 1, 2, 3]) {
      const page = await listPortfolioWatch(store, { shard, after: undefined, limit: 10 })
      expect(page.usernames).toEqual([])
    }
    const waiting = await readIndex(store.db, { table: 'orders', index: 'waiting', most: 10 })
    expect(waiting?.map(({ username }) => username)).toEqual(['bobby_1'])
    expect((await verifyWithOrders(ledger, store)).discrepancies).toEqual([])
  })
})
