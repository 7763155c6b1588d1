import { price, quantity, usd } from '@cnop/kit/money'
import { runCommand } from '@cnop/ledger/command'
import { buyEntry, type Entry } from '@cnop/ledger/entry'
import { holdCashEntry } from '@cnop/ledger/hold-entries'
import { storeCandles } from '@cnop/quotes/candle-rows'
import { candleSeries } from '@cnop/quotes/candle-series'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { deposit, withdraw } from './commands/move-cash.ts'
import { momentsOf } from './domain/equity.ts'
import { startUserWorld, type UserWorld } from './testing/user-world.ts'

const username = 'asset_owner'
const actorOf = (name: string) => ({
  username: name,
  role: 'customer' as const,
  sessionId: 'ses_x',
})

const at = (time: string): number => Date.parse(`2026-01-05T${time}.000Z`)
let world: UserWorld

async function move(key: string, entry: Entry): Promise<void> {
  const command = { username, key, name: 'test', input: {}, assetIds: ['BTC'] }
  await runCommand(world.deps.ledger, command, () => ({ entry, result: {} }))
}

/** A candle of five minutes that ends at this price. */
const candle = (startsAt: string, close: string) => ({
  startsAtMs: at(startsAt),
  open: price(close),
  high: price(close),
  low: price(close),
  close: price(close),
  volume: usd('0'),
})

async function recordPrices(): Promise<void> {
  const series = candleSeries.find(({ interval }) => interval === '5m')!
  const store = { db: world.store.db, table: world.config.tables.quotes }
  const candles = [
    candle('10:10:00', '64000'),
    candle('10:15:00', '65000'),
    candle('10:20:00', '66000'),
  ]
  await storeCandles(store, series, [{ assetId: 'BTC', candles }], (known) => known)
}

beforeAll(async () => {
  world = await startUserWorld()
  await world.signUp(username)
  await world.signUp('newcomer')
  await deposit(world.deps, actorOf(username), { key: 'opening-cash', amount: usd('1000.00') })
  world.clock.set(at('10:12:00'))
  const terms = {
    assetId: 'BTC',
    quantity: quantity('0.01'),
    price: price('64000'),
    orderId: 'ord_1',
  }
  await move('buy', buyEntry({ ...terms, fee: usd('0'), total: usd('640.00') }))
  await move('hold', holdCashEntry({ amount: usd('50.00'), orderId: 'ord_2', assetId: 'BTC' }))
  await recordPrices()
  world.clock.set(at('10:26:00'))
  await withdraw(world.deps, actorOf(username), { key: 'closing-cash', amount: usd('100.00') })
  world.clock.set(at('10:27:00'))
})
afterAll(() => world.stop())

async function history(range: string, name = username) {
  const query = `{ me { portfolio { history(range: ${range}) { at total cash holdings paidIn } } } }`
  const { data, errors } = await world.call(query, {}, actorOf(name))
  if (!data) throw new Error(JSON.stringify(errors))
  const { portfolio } = data['me'] as { portfolio: { history: Record<string, string>[] } }
  return portfolio.history.map((point) => Object.values(point).join(' '))
}

const point = (time: string, rest: string): string =>
  `2026-01-05T${time.includes('.') ? time : `${time}.000`}Z ${rest}`

/** Just before the first deposit, at 10:00. */
const beginning = '2026-01-05T09:59:59.999Z 0.00 0.00 0.00 0.00'

/** Worth the same before and after: held cash has not moved. */
const purchase = [
  point('10:11:59.999', '1000.00 1000.00 0.00 1000.00'),
  point('10:12:00', '1000.00 360.00 640.00 1000.00'),
]

describe('the history of a portfolio', () => {
  it('is what was owned at each moment at the price of the moment', async () => {
    expect(await history('DAY')).toEqual([
      beginning,
      point('10:00:00', '1000.00 1000.00 0.00 1000.00'),
      point('10:05:00', '1000.00 1000.00 0.00 1000.00'),
      point('10:10:00', '1000.00 1000.00 0.00 1000.00'),
      ...purchase,
      point('10:15:00', '1000.00 360.00 640.00 1000.00'),
      point('10:20:00', '1010.00 360.00 650.00 1000.00'),
      point('10:25:00', '1020.00 360.00 660.00 1000.00'),
      point('10:25:59.999', '1020.00 360.00 660.00 1000.00'),
      point('10:26:00', '920.00 260.00 660.00 900.00'),
      point('10:27:00', '920.00 260.00 660.00 900.00'),
    ])
  })

  it('values what the market has no price for at its latest trade', async () => {
    expect((await history('WEEK')).at(-1)).toBe(point('10:27:00', '900.00 260.00 640.00 900.00'))
  })

  it('begins with nothing before the first deposit, which counts as paid in', async () => {
    expect(await history('YEAR')).toEqual([
      beginning,
      point('10:00:00', '1000.00 1000.00 0.00 1000.00'),
      ...purchase,
      point('10:25:59.999', '1000.00 360.00 640.00 1000.00'),
      point('10:26:00', '900.00 260.00 640.00 900.00'),
      point('10:27:00', '900.00 260.00 640.00 900.00'),
    ])
  })

  it('is one moment of nothing for a new account', async () => {
    expect(await history('YEAR', 'newcomer')).toEqual([point('10:27:00', '0.00 0.00 0.00 0.00')])
  })

  it.each([
    ['DAY', 290],
    ['WEEK', 169],
    ['MONTH', 181],
    ['YEAR', 366],
    ['MAX', 366],
  ] as const)('of a %s has at most %i moments, none before its range', (range, most) => {
    const moments = momentsOf(range, at('10:27:00'))
    expect(moments.length).toBeLessThanOrEqual(most)
    expect(moments.length).toBeGreaterThan(most - 3)
    expect(moments.toSorted((a, b) => b - a)).toEqual(moments)
    expect(new Set(moments).size).toBe(moments.length)
  })
})

describe('the year of an account that opened today', () => {
  it('has its movements at their own times, however many came since', async () => {
    const name = 'hasty_owner'
    await world.signUp(name)
    world.clock.set(at('15:11:00'))
    for (let step = 0; step < 4; step += 1) {
      const key = `early-${step}-deposit`
      await deposit(world.deps, actorOf(name), { key, amount: usd('100.00') })
      world.clock.advance(1_000)
    }
    world.clock.set(at('15:12:15'))
    for (let step = 0; step < 9; step += 1) {
      const key = `later-${step}-deposit`
      await deposit(world.deps, actorOf(name), { key, amount: usd('1.00') })
      world.clock.advance(1_000)
    }
    const points = await history('YEAR', name)
    for (const [time, total] of [
      ['15:11:00', '100.00'],
      ['15:11:01', '200.00'],
      ['15:11:02', '300.00'],
      ['15:11:03', '400.00'],
    ] as const) {
      expect(points).toContain(point(time, `${total} ${total} 0.00 ${total}`))
    }
  })
})
