import { describe, expect, it } from '@jest/globals'
import { formatPrice, priceFromUnits } from '@cnop/kit/money'
import { addFaults } from '@cnop/kit/testing/faults'
import { openCandleReader } from '@cnop/quotes/candles'
import { actIn, openForEach, type Users } from './testing/alert-operations.ts'
import type { AlertWorld, Process } from './testing/alert-world.ts'

let world: AlertWorld
let inventory: Process
let users: Users
openForEach((opened) => ({ world, inventory, users } = opened))

describe('a price alert', () => {
  it.each([
    [
      'ABOVE',
      '64500',
      ['64499.999999999999', '64500'],
      'BTC rose to $64,500.00. You asked to be told at $64,500.00.',
    ],
    [
      'BELOW',
      '63500',
      ['63500.000000000001', '63499.5'],
      'BTC fell to $63,499.50. You asked to be told at $63,500.00.',
    ],
    [
      'BELOW',
      '63500.158174',
      ['63500.1582', '63500.15817'],
      'BTC fell to $63,500.15817. You asked to be told at $63,500.158174.',
    ],
  ] as const)('%s %s fires at exactly that price', async (direction, price, [near, at], text) => {
    await users.waitFor('alice1', direction, price)
    await world.move('BTC', near)
    expect(await users.statuses('alice1')).toEqual(['ACTIVE'])
    await world.move('BTC', at)
    const [alert] = await users.alerts('alice1')
    const now = new Date(world.clock.now()).toISOString()
    expect(alert).toMatchObject({ status: 'FIRED', firedAt: now, firedPrice: at })
    expect(await users.texts('alice1')).toEqual([text])
  })

  it('fires once, though the price comes back again and again', async () => {
    await users.waitFor('alice1', 'ABOVE', '64500')
    for (const price of ['65000', '64000', '65000', '66000']) await world.move('BTC', price)
    expect(await users.texts('alice1')).toHaveLength(1)
    expect(world.published).toHaveLength(1)
  })

  it('fires alone; alerts at other prices, of other assets and of other users stay active', async () => {
    await users.waitFor('alice1', 'ABOVE', '64500')
    await users.waitFor('alice1', 'ABOVE', '66000')
    await users.waitFor('alice1', 'BELOW', '2900', 'ETH')
    await users.waitFor('bobby1', 'ABOVE', '65500')
    await world.move('BTC', '65000')
    expect(await users.statuses('alice1')).toEqual(['ACTIVE', 'ACTIVE', 'FIRED'])
    expect(await users.statuses('bobby1')).toEqual(['ACTIVE'])
    expect(await users.texts('bobby1')).toEqual([])
  })

  it('names its receiver to listeners, after its row is there', async () => {
    const { id } = await users.waitFor('alice1', 'ABOVE', '64500')
    await world.move('BTC', '64500.5')
    const { nodes } = await users.notifications('alice1')
    const [{ alert, orderId: _, ...notification }] = nodes as [(typeof nodes)[number]]
    expect(alert).toMatchObject({ id, status: 'FIRED' })
    expect(world.published).toEqual([
      { username: 'alice1', notification: { ...notification, alertId: id } },
    ])
  })

  it('does not fire at the last price of an asset that has left the market', async () => {
    await users.waitFor('alice1', 'ABOVE', '64500')
    world.prices.set('BTC', '64000', { isActive: false })
    await world.move('BTC', '65000')
    expect(await users.statuses('alice1')).toEqual(['ACTIVE'])
  })

  it('fires at a price that came and went while the watch was busy', async () => {
    await users.waitFor('alice1', 'ABOVE', '64500')
    world.clock.advance(1_000)
    for (const price of ['64100', '64700.25', '64200']) world.prices.set('BTC', price)
    await inventory.watch.settled()
    expect((await users.alerts('alice1'))[0]).toMatchObject({ firedPrice: '64700.25' })
  })

  it('fires at a price that came and went while the store was away', async () => {
    await users.waitFor('alice1', 'ABOVE', '64500')
    const commands = ['TransactWriteItems']
    const faults = addFaults(inventory.db, { seed: 1, rates: { loseRequest: 1 }, commands })
    await world.move('BTC', '65000')
    faults.remove()
    expect(faults.counts.loseRequest).toBeGreaterThan(0)
    expect(await users.statuses('alice1')).toEqual(['ACTIVE'])
    await world.move('BTC', '64000')
    expect((await users.alerts('alice1'))[0]).toMatchObject({ firedPrice: '65000' })
  })

  it('fires without another tick when the price moves during its creation', async () => {
    const creating = users.waitFor('alice1', 'ABOVE', '64500')
    world.clock.advance(1_000)
    world.prices.set('BTC', '65000')
    const outcome = await creating.then(
      () => 'created',
      () => 'refused',
    )
    await world.move('ETH', '3001')
    const fired = (await users.statuses('alice1')).filter((status) => status === 'FIRED')
    expect(fired).toHaveLength(outcome === 'created' ? 1 : 0)
  })
})

describe('several processes on one store', () => {
  it('fire every alert once, though all of them receive the same ticks', async () => {
    const others = await Promise.all([world.openProcess(), world.openProcess()])
    const names = ['alice1', 'bobby1', 'carol1']
    for (const name of names) {
      for (let step = 1; step <= 8; step++) await users.waitFor(name, 'ABOVE', `${64_000 + step}`)
    }
    for (const price of ['64003', '64005', '64004', '64009']) await world.move('BTC', price)
    for (const name of names) {
      expect(await users.statuses(name)).toEqual(Array.from({ length: 8 }, () => 'FIRED'))
      expect(await users.texts(name)).toHaveLength(8)
    }
    const ids = world.published.map(({ notification }) => notification.alertId)
    expect(ids).toHaveLength(24)
    expect(new Set(ids).size).toBe(24)
    const counted = await Promise.all([inventory, ...others].map(firedCount))
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(24)
  })

  it('receive each other’s new alerts, so that their caches are complete', async () => {
    const other = await world.openProcess()
    await other.watch.settled()
    await users.waitFor('alice1', 'ABOVE', '64500')
    await inventory.stop()
    users = actIn(world, other)
    await world.move('BTC', '64600')
    expect(await users.statuses('alice1')).toEqual(['FIRED'])
  })

  it('fire once over a store that conflicts, throttles and loses replies', async () => {
    await world.openProcess()
    const faults = addFaults(inventory.db, {
      seed: 5,
      rates: { loseReply: 0.2, conflict: 0.1, throttle: 0.1, loseRequest: 0.1 },
      commands: ['TransactWriteItems'],
    })
    for (let step = 1; step <= 12; step++) {
      await users.create('alice1', { direction: 'ABOVE', price: `${64_000 + step}` })
    }
    const active = (await users.alerts('alice1')).length
    for (let round = 0; round < 5; round++) await world.move('BTC', '65000')
    faults.remove()
    await world.move('BTC', '65000')
    expect(faults.counts.loseReply).toBeGreaterThan(0)
    expect(await users.statuses('alice1')).toEqual(Array.from({ length: active }, () => 'FIRED'))
    expect(await users.texts('alice1')).toHaveLength(active)
  })
})

async function firedCount({ subgraph }: Process): Promise<number> {
  const text = await subgraph.metrics.registry.metrics()
  return parseInt(/^inventory_price_alerts_fired_total (\d+)$/m.exec(text)?.[1] ?? '', 10)
}

describe('a restart', () => {
  it('loses no alert: what is reached by then fires at once', async () => {
    await users.waitFor('alice1', 'BELOW', '63000')
    await users.waitFor('alice1', 'BELOW', '60000')
    await world.stopProcesses()
    world.clock.advance(3_600_000)
    world.prices.set('BTC', '62000')
    inventory = await world.openProcess()
    users = actIn(world, inventory)
    await inventory.watch.settled()
    expect(await users.statuses('alice1')).toEqual(['ACTIVE', 'FIRED'])
  })

  it('looks back at prices that were reached and left while no process ran', async () => {
    await world.stopProcesses()
    inventory = await world.openTrading()
    const read = openCandleReader({ db: inventory.db, now: () => Infinity }, { table: 'quotes' })
    const fromMs = world.clock.now()
    const toMs = fromMs + 6 * 3_600_000
    const past = await read.read({ assetId: 'BTC', interval: '1m', fromMs, toMs })
    const highest = past.slice(1, -1).reduce((a, b) => (b.high > a.high ? b : a)).high
    const higher = [past[0]!.open, past.at(-1)!.close].reduce((a, b) => (a > b ? a : b))
    expect(highest).toBeGreaterThan(higher)
    users = actIn(world, inventory)
    const between = formatPrice(priceFromUnits((highest + higher) / 2n))
    await users.waitFor('alice1', 'ABOVE', between)
    await users.waitFor('alice1', 'ABOVE', formatPrice(priceFromUnits(highest * 2n)))
    await world.stopProcesses()
    world.clock.set(toMs)
    inventory = await world.openTrading()
    users = actIn(world, inventory)
    await inventory.lookedBack
    await inventory.watch.settled()
    const [far, near] = await users.alerts('alice1')
    expect(far).toMatchObject({ status: 'ACTIVE' })
    expect(near).toMatchObject({ status: 'FIRED', firedPrice: formatPrice(highest) })
  })
})

describe('alerts of a halted asset', () => {
  it('wait, whatever the price, and fire when it is traded again', async () => {
    await users.waitFor('alice1', 'BELOW', '60000')
    await world.move('BTC', '59000', { haltedSince: '2026-01-05T10:00:00.000Z' })
    expect(await users.statuses('alice1')).toEqual(['ACTIVE'])
    await world.move('BTC', '58000', { haltedSince: undefined })
    expect(await users.texts('alice1')).toEqual([
      'BTC fell to $58,000.00. You asked to be told at $60,000.00.',
    ])
  })

  it('can be created, against the last accepted price', async () => {
    world.prices.set('BTC', '64000', { haltedSince: '2026-01-05T10:00:00.000Z' })
    await users.waitFor('alice1', 'ABOVE', '65000')
    expect(await users.statuses('alice1')).toEqual(['ACTIVE'])
  })
})

describe('alerts of a delisted asset', () => {
  const gone = { isActive: false, delistedAt: '2026-01-05T10:00:00.000Z' }

  it('end once with a notification, in several processes, and no others do', async () => {
    await world.openProcess()
    await users.waitFor('alice1', 'ABOVE', '70000')
    await users.waitFor('alice1', 'BELOW', '0.01')
    await users.waitFor('alice1', 'ABOVE', '4000', 'ETH')
    await users.waitFor('bobby1', 'ABOVE', '999999999')
    await world.move('BTC', '64000', gone)
    expect(await users.statuses('alice1')).toEqual(['ACTIVE', 'CANCELLED', 'CANCELLED'])
    expect((await users.texts('alice1')).sort()).toEqual([
      'BTC was delisted. Your price alert at $0.01 or below has ended.',
      'BTC was delisted. Your price alert at $70,000.00 or above has ended.',
    ])
    expect(await users.texts('bobby1')).toHaveLength(1)
    expect(world.published.map(({ notification }) => notification.kind)).toEqual([
      ...Array<string>(3).fill('PRICE_ALERT_ENDED'),
    ])
    await world.move('BTC', '64000', gone)
    expect(world.published).toHaveLength(3)
  })

  it('end though it was delisted while no process ran', async () => {
    await users.waitFor('alice1', 'ABOVE', '70000')
    await world.stopProcesses()
    world.prices.set('BTC', '64000', gone)
    const restarted = await world.openProcess()
    await restarted.watch.settled()
    expect((await actIn(world, restarted).alerts('alice1')).map(({ status }) => status)).toEqual([
      'CANCELLED',
    ])
  })
})
