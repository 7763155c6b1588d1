import { describe, expect, it } from '@jest/globals'
import { toIso } from '@cnop/kit/clock'
import { actIn, codeOf, detailsOf, openForEach, type Users } from './testing/alert-operations.ts'
import type { AlertWorld, Process } from './testing/alert-world.ts'

let world: AlertWorld
let inventory: Process
let users: Users
openForEach((opened) => ({ world, inventory, users } = opened))

describe('an alert on a change in per cent', () => {
  it.each([
    [
      'ABOVE',
      250,
      '65600',
      ['65599.999999999999', '65600'],
      'BTC rose to $65,600.00. You asked to be told of a rise by 2.5% from $64,000.00.',
    ],
    [
      'BELOW',
      10,
      '63936',
      ['63936.000000000001', '63900.00413'],
      'BTC fell to $63,900.00. You asked to be told of a fall by 0.1% from $64,000.00.',
    ],
  ] as const)('%s by %d fires once, at exactly %s', async (direction, points, price, at, text) => {
    const alert = await users.set('alice1', { direction, changeBasisPoints: points })
    expect(alert).toMatchObject({ price, changeBasisPoints: points, referencePrice: '64000' })
    await world.move('BTC', at[0])
    expect(await users.texts('alice1')).toEqual([])
    await world.move('BTC', at[1])
    await world.move('BTC', '64000')
    await world.move('BTC', at[1])
    expect(await users.texts('alice1')).toEqual([text])
  })

  it('is never reached before the whole change, whatever the price', async () => {
    world.prices.set('DOGE', '0.000000000003')
    const rise = { assetId: 'DOGE', direction: 'ABOVE', changeBasisPoints: 10 }
    expect(await users.set('alice1', rise)).toMatchObject({ price: '0.000000000004' })
    const fall = { assetId: 'DOGE', direction: 'BELOW', changeBasisPoints: 9_900 }
    const answer = await users.create('alice1', fall)
    expect([codeOf(answer), detailsOf(answer)]).toMatchObject([
      'BAD_USER_INPUT',
      { field: 'changeBasisPoints' },
    ])
  })

  it.each([
    [{ direction: 'ABOVE' }, 'price'],
    [{ direction: 'ABOVE', price: '65000', changeBasisPoints: 100 }, 'changeBasisPoints'],
    [{ direction: 'ABOVE', changeBasisPoints: 9 }, 'changeBasisPoints'],
    [{ direction: 'ABOVE', changeBasisPoints: 100_001 }, 'changeBasisPoints'],
    [{ direction: 'BELOW', changeBasisPoints: 9_901 }, 'changeBasisPoints'],
    [{ direction: 'BELOW', changeBasisPoints: -100 }, 'changeBasisPoints'],
  ])('refuses %j at %s', async (input, field) => {
    const answer = await users.create('alice1', input)
    expect([codeOf(answer), detailsOf(answer)]).toMatchObject(['BAD_USER_INPUT', { field }])
    expect(await users.alerts('alice1')).toEqual([])
  })

  it('refuses the same change while one waits, also when the price has moved', async () => {
    const input = { direction: 'ABOVE', changeBasisPoints: 500 }
    const { id } = await users.set('alice1', input)
    await world.move('BTC', '64100')
    const equal = await users.create('alice1', input)
    expect([codeOf(equal), detailsOf(equal)]).toEqual([
      'PRICE_ALERT_EXISTS',
      {
        field: 'changeBasisPoints',
        reason: 'is the change of an equal alert that you have already',
      },
    ])
    await users.set('alice1', { ...input, changeBasisPoints: 501 })
    await users.set('alice1', { direction: 'ABOVE', price: '67200' })
    await users.cancel('alice1', id)
    expect(await users.set('alice1', input)).toMatchObject({ referencePrice: '64100' })
  })
})

describe('an alert that expires', () => {
  const inAnHour = () => toIso(world.clock.now() + 3_600_000)
  const expire = async () => {
    world.clock.advance(3_600_000)
    await inventory.expiry.run()
  }

  it('ends once with a notification, and frees its place, in several processes', async () => {
    const other = await world.openProcess()
    const expiresAt = inAnHour()
    const input = { direction: 'ABOVE', price: '65000', expiresAt }
    expect(await users.set('alice1', input)).toMatchObject({ expiresAt })
    world.clock.advance(3_599_999)
    await inventory.expiry.run()
    expect(await users.statuses('alice1')).toEqual(['ACTIVE'])
    world.clock.advance(1)
    await Promise.all([inventory.expiry.run(), other.expiry.run()])
    await inventory.expiry.run()
    expect(await users.statuses('alice1')).toEqual(['EXPIRED'])
    const { nodes } = await users.notifications('alice1')
    expect(nodes).toMatchObject([
      {
        kind: 'PRICE_ALERT_ENDED',
        text: 'Your price alert for BTC at $65,000.00 or above has expired.',
      },
    ])
    expect(world.published).toHaveLength(1)
    await users.set('alice1', { ...input, expiresAt: inAnHour() })
  })

  it('does not fire at a price of its end or later, though it has not ended yet', async () => {
    await users.set('alice1', { direction: 'ABOVE', price: '65000', expiresAt: inAnHour() })
    world.clock.advance(3_599_000)
    await world.move('BTC', '66000')
    expect(await users.statuses('alice1')).toEqual(['ACTIVE'])
    await inventory.expiry.run()
    expect(await users.statuses('alice1')).toEqual(['EXPIRED'])
  })

  it('fires at the last price before its end, and leaves nothing that could end again', async () => {
    await users.set('alice1', { direction: 'ABOVE', price: '65000', expiresAt: inAnHour() })
    await world.move('BTC', '66000')
    await expire()
    expect(await users.statuses('alice1')).toEqual(['FIRED'])
    await users.cancel(
      'alice1',
      (await users.set('alice1', { direction: 'ABOVE', price: '67000', expiresAt: inAnHour() })).id,
    )
    await expire()
    expect(await users.statuses('alice1')).toEqual(['CANCELLED', 'FIRED'])
    expect(await users.texts('alice1')).toHaveLength(1)
  })

  it('ends though its time was over while no process ran', async () => {
    await users.set('alice1', { direction: 'ABOVE', price: '65000', expiresAt: inAnHour() })
    await world.stopProcesses()
    world.clock.advance(86_400_000)
    inventory = await world.openProcess()
    users = actIn(world, inventory)
    await inventory.expiry.run()
    expect(await users.statuses('alice1')).toEqual(['EXPIRED'])
  })

  it.each([
    [0, 'must be in the future'],
    [365 * 86_400_000 + 1, 'must be at most 365 days ahead'],
  ])('refuses an end in %d ms', async (waitMs, reason) => {
    const expiresAt = toIso(world.clock.now() + waitMs)
    const answer = await users.create('alice1', { direction: 'ABOVE', price: '65000', expiresAt })
    expect(detailsOf(answer)).toEqual({ field: 'expiresAt', reason })
  })

  it('answers a repeat after its end with the alert as it is', async () => {
    const input = { key: 'key-that-repeats', direction: 'ABOVE', price: '65000' }
    const expiresAt = inAnHour()
    const { id } = await users.set('alice1', { ...input, expiresAt })
    await expire()
    expect(await users.set('alice1', { ...input, expiresAt })).toMatchObject({
      ...{ id, status: 'EXPIRED' },
    })
  })
})
