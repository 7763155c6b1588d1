import { describe, expect, it } from '@jest/globals'
import { toIso } from '@cnop/kit/clock'
import { formatPrice, priceFromUnits } from '@cnop/kit/money'
import { addFaults } from '@cnop/kit/testing/faults'
import { openCandleReader } from '@cnop/quotes/candles'
import { actIn, codeOf, detailsOf, openForEach, type Users } from './testing/alert-operations.ts'
import type { AlertWorld, Process } from './testing/alert-world.ts'

let world: AlertWorld
let inventory: Process
let users: Users
openForEach((opened) => ({ world, inventory, users } = opened))

const texts = async () => (await users.notifications('alice1')).nodes.map(({ text }) => text)
const one = async () => (await users.alerts('alice1'))[0]!
const moveThrough = async (...prices: readonly string[]) => {
  for (const price of prices) await world.move('BTC', price)
}
const rise = { direction: 'ABOVE', price: '65000', repeats: true }

describe('an alert that repeats', () => {
  it('fires at each crossing, once the price has gone back', async () => {
    const alert = await users.set('alice1', rise)
    expect(alert).toMatchObject({ repeats: true, rearmPrice: '64350', isArmed: true, fireCount: 0 })
    await moveThrough('65000', '64350.000000000001', '65100')
    expect(await texts()).toHaveLength(1)
    expect(await one()).toMatchObject({ isArmed: false, fireCount: 1, firedPrice: '65000' })
    await moveThrough('64350')
    expect(await one()).toMatchObject({ isArmed: true, fireCount: 1 })
    await moveThrough('64999', '65200')
    expect(await one()).toMatchObject({
      ...{ id: alert.id, status: 'ACTIVE', isArmed: false, fireCount: 2, firedPrice: '65200' },
      firedAt: toIso(world.clock.now()),
    })
    expect(await texts()).toEqual([
      'BTC rose to $65,200.00. You asked to be told at $65,000.00.',
      'BTC rose to $65,000.00. You asked to be told at $65,000.00.',
    ])
    expect(world.published).toHaveLength(2)
  })

  it.each([
    [{ direction: 'BELOW', price: '63000', rearmAmount: '700' }, '63700', '62900', '63700'],
    [
      { direction: 'ABOVE', changeBasisPoints: 500, rearmBasisPoints: 250 },
      '65520',
      '67200',
      '65520',
    ],
  ])('waits on the other side of %j', async (input, rearmPrice, at, back) => {
    expect(await users.set('alice1', { ...input, repeats: true })).toMatchObject({ rearmPrice })
    await moveThrough(at, back, at)
    expect(await texts()).toHaveLength(2)
  })

  it.each([
    [{ rearmBasisPoints: 9 }, 'rearmBasisPoints', 'must be 10 to 5000'],
    [{ rearmBasisPoints: 5_001 }, 'rearmBasisPoints', 'must be 10 to 5000'],
    [{ rearmAmount: '64.9' }, 'rearmAmount', 'must be 0.1 % to 50 % of the target: 65 to 32500'],
    [{ rearmAmount: '0' }, 'rearmAmount', 'must be 0.1 % to 50 % of the target: 65 to 32500'],
    [{ rearmAmount: '-0.0' }, 'rearmAmount', 'must be 0.1 % to 50 % of the target: 65 to 32500'],
    [{ rearmAmount: '32500.1' }, 'rearmAmount', 'must be 0.1 % to 50 % of the target: 65 to 32500'],
    [
      { rearmAmount: '100', rearmBasisPoints: 100 },
      'rearmAmount',
      'cannot be given together with rearmBasisPoints',
    ],
    [{ repeats: false, rearmAmount: '100' }, 'rearmAmount', 'belongs to an alert that repeats'],
    [
      { repeats: null, rearmBasisPoints: 100 },
      'rearmBasisPoints',
      'belongs to an alert that repeats',
    ],
  ])('refuses %j', async (input, field, reason) => {
    const answer = await users.create('alice1', { ...rise, ...input })
    expect([codeOf(answer), detailsOf(answer)]).toEqual(['BAD_USER_INPUT', { field, reason }])
    expect(await users.alerts('alice1')).toEqual([])
  })

  it('equals one that fires once at the same price, also while it waits to re-arm', async () => {
    await users.set('alice1', rise)
    await moveThrough('65000', '64900')
    expect(codeOf(await users.create('alice1', { ...rise, repeats: false }))).toBe(
      'PRICE_ALERT_EXISTS',
    )
    expect(codeOf(await users.create('alice1', { ...rise, rearmAmount: '100' }))).toBe(
      'PRICE_ALERT_EXISTS',
    )
  })

  it('is silent after five times within an hour, says so, and goes on after it', async () => {
    await users.set('alice1', rise)
    for (let time = 0; time < 8; time += 1) await moveThrough('65000', '64000')
    expect(await one()).toMatchObject({ fireCount: 5, isArmed: true })
    const [last, ...others] = await texts()
    const rest = ' It has fired 5 times within an hour, and is silent until that hour is over.'
    expect(others).toEqual(
      Array<string>(4).fill('BTC rose to $65,000.00. You asked to be told at $65,000.00.'),
    )
    expect(last).toBe(`${others[0]}${rest}`)
    world.clock.advance(3_600_000)
    await moveThrough('65000')
    expect((await texts())[0]).toBe(others[0])
  })

  it.each([[['65000']], [['65000', '64000']]])(
    'is cancelled in the state of %j, and leaves nothing that fires',
    async (prices) => {
      const { id } = await users.set('alice1', rise)
      await moveThrough(...prices)
      await users.cancel('alice1', id)
      expect(await one()).toMatchObject({ status: 'CANCELLED', isArmed: false, fireCount: 1 })
      await moveThrough('64000', '65000', '64000')
      expect(await texts()).toHaveLength(1)
      await users.set('alice1', rise)
    },
  )

  it('ends when it expires or its asset is delisted, while it waits to re-arm', async () => {
    const expiresAt = toIso(world.clock.now() + 3_600_000)
    await users.set('alice1', { ...rise, expiresAt })
    await moveThrough('65000')
    world.clock.advance(3_600_000)
    await moveThrough('64000')
    await inventory.expiry.run()
    expect(await one()).toMatchObject({ status: 'EXPIRED', fireCount: 1 })
    await users.set('alice1', rise)
    await moveThrough('65000')
    await world.move('BTC', '64000', { isActive: false, delistedAt: toIso(world.clock.now()) })
    expect(await one()).toMatchObject({ status: 'CANCELLED', fireCount: 1 })
    expect(await texts()).toHaveLength(4)
  })

  it('neither fires nor re-arms while its asset is halted', async () => {
    await users.set('alice1', rise)
    await moveThrough('65000')
    await world.move('BTC', '60000', { haltedSince: toIso(world.clock.now()) })
    expect(await one()).toMatchObject({ isArmed: false })
    await world.move('BTC', '64900', { haltedSince: undefined })
    expect(await one()).toMatchObject({ isArmed: false })
    await moveThrough('64000', '65000')
    expect(await texts()).toHaveLength(2)
  })
})

/** How often prices cross a target after they have been back; of an alert from above, both are negative. */
function crossings(prices: readonly number[], target: number, rearmAt: number): number {
  let [isArmed, count] = [true, 0]
  for (const price of prices.map((one) => one * Math.sign(target))) {
    if (isArmed && price >= target) [isArmed, count] = [false, count + 1]
    else if (price <= rearmAt) isArmed = true
  }
  return count
}

describe('a repeating alert in several processes', () => {
  it('follows prices that it did not see one by one', async () => {
    await users.set('alice1', rise)
    const faults = addFaults(inventory.db, { seed: 1, rates: { loseRequest: 1 } })
    await moveThrough('65000', '64000', '65100', '64400')
    faults.remove()
    await moveThrough('64500')
    expect(await one()).toMatchObject({ fireCount: 2, isArmed: false })
    await moveThrough('64300')
    expect(await one()).toMatchObject({ isArmed: true })
  })

  it.each([1, 2, 3, 4])(
    'fires once per crossing over a store that conflicts and loses replies (seed %d)',
    async (seed) => {
      const other = await world.openProcess()
      await users.set('alice1', { direction: 'ABOVE', price: '65000', repeats: true })
      await users.set('alice1', { direction: 'BELOW', price: '63500', repeats: true })
      const injected = [inventory, other].map(({ db }, place) =>
        addFaults(db, {
          seed: seed * 10 + place,
          rates: { loseReply: 0.25, conflict: 0.1, loseRequest: 0.15, throttle: 0.1 },
          commands: ['TransactWriteItems'],
        }),
      )
      const prices = Array.from(
        { length: 24 },
        (_, step) => 63_000 + ((step * 7 + seed * 5) % 11) * 250,
      )
      for (const price of prices) {
        // Far enough apart that an hour never has more than five.
        world.clock.advance(1_200_000)
        await world.move('BTC', String(price))
      }
      const expected = [crossings(prices, -63_500, -64_135), crossings(prices, 65_000, 64_350)]
      for (const faults of injected) faults.remove()
      // What failed is looked at with the next tick.
      for (let round = 0; round < 3; round += 1) await world.move('BTC', '64200')
      expect(injected.every(({ counts }) => counts.loseReply > 0)).toBe(true)
      const counts = (await users.alerts('alice1')).map(({ fireCount }) => fireCount)
      expect(counts).toEqual(expected)
      const { nodes } = await users.notifications('alice1', { first: 100 })
      expect(nodes).toHaveLength(expected[0]! + expected[1]!)
    },
  )

  it('is watched on both sides after a reply that was lost', async () => {
    await users.set('alice1', rise)
    const faults = addFaults(inventory.db, { seed: 1, commands: ['TransactWriteItems'] })
    faults.force('loseReply')
    await moveThrough('65000')
    faults.remove()
    // The bus and the memory of this process know nothing of the other side, and must not wait until it is read anew.
    await moveThrough('64000', '65000')
    expect(await texts()).toHaveLength(2)
    expect(await one()).toMatchObject({ fireCount: 2 })
  })

  it('goes on after a restart with what it was, and looks back at what it missed', async () => {
    await world.stopProcesses()
    // The simulated market rises above both ends of the six hours after it.
    world.clock.set(Date.parse('2026-02-03T12:00:00.000Z'))
    inventory = await world.openTrading()
    const read = openCandleReader({ db: inventory.db, now: () => Infinity }, { table: 'quotes' })
    const fromMs = world.clock.now()
    const toMs = fromMs + 6 * 3_600_000
    const past = await read.read({ assetId: 'BTC', interval: '1m', fromMs, toMs })
    const highest = past.slice(1, -1).reduce((a, b) => (b.high > a.high ? b : a)).high
    const higher = [past[0]!.open, past.at(-1)!.close].reduce((a, b) => (a > b ? a : b))
    expect(highest).toBeGreaterThan(higher)
    const price = formatPrice(priceFromUnits((highest + higher) / 2n))
    users = actIn(world, inventory)
    await users.set('alice1', { ...rise, price, rearmBasisPoints: 10 })
    await world.stopProcesses()
    world.clock.set(toMs)
    inventory = await world.openTrading()
    users = actIn(world, inventory)
    await inventory.lookedBack
    await inventory.watch.settled()
    const alert = await one()
    expect(alert.fireCount).toBeGreaterThan(0)
    const { nodes } = await users.notifications('alice1', { first: 100 })
    expect(nodes).toHaveLength(alert.fireCount)
    await world.stopProcesses()
    inventory = await world.openTrading()
    users = actIn(world, inventory)
    await inventory.lookedBack
    await inventory.watch.settled()
    expect(await one()).toMatchObject({ fireCount: alert.fireCount, isArmed: alert.isArmed })
  })
})
