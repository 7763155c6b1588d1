import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import {
  cancelOrder,
  codeOf,
  limit,
  type LimitWorld,
  pick,
  readOrder,
  startLimitWorld,
} from './testing/limit-world.ts'

let world: LimitWorld
beforeAll(async () => {
  world = await startLimitWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

describe('a limit order', () => {
  it('holds the cash of a buy, fills at the market price and returns what it did not need', async () => {
    const order = await world.placed('alice_1', limit('BUY', '0.1', '60000'))
    expect(order).toMatchObject({ status: 'PENDING', heldCash: '6000.00', price: null })
    expect(await world.account('alice_1')).toMatchObject({
      available: usd('4000'),
      held: usd('6000'),
    })
    await world.tick('60000.01')
    expect(await world.readBack('alice_1', order.id)).toMatchObject({ status: 'PENDING' })
    await world.tick('59000')
    expect(await world.readBack('alice_1', order.id)).toMatchObject({
      status: 'COMPLETED',
      price: '59000',
      total: '5900.00',
      heldCash: null,
      receipt: [
        { kind: 'HOLD', cashChange: '0.00', cashHeldChange: '6000.00' },
        { kind: 'BUY', cashChange: '-5900.00', cashHeldChange: '-6000.00', quantityChange: '0.1' },
      ],
    })
    expect(await world.account('alice_1')).toMatchObject({ available: usd('4100'), held: 0n })
    expect(world.received().map(({ status }) => status)).toEqual(['PENDING', 'COMPLETED'])
  })

  it('holds the asset of a sale, and sells it at the market price', async () => {
    await world.placed('alice_1', { ...limit('BUY', '0.1', '64000') })
    const order = await world.placed('alice_1', limit('SELL', '0.1', '70000'))
    expect(order).toMatchObject({ status: 'PENDING', heldCash: null })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({
      available: 0n,
      held: quantity('0.1'),
    })
    expect(codeOf(await world.send('alice_1', limit('SELL', '0.1', '80000')))).toBe(
      'INSUFFICIENT_HOLDINGS',
    )
    await world.tick('71000')
    expect(await world.readBack('alice_1', order.id)).toMatchObject({
      status: 'COMPLETED',
      total: '7100.00',
      receipt: [{ quantityHeldChange: '0.1' }, { quantityHeldChange: '-0.1' }],
    })
    expect(await world.holding('alice_1', 'BTC')).toBeUndefined()
    expect(await world.account('alice_1')).toMatchObject({ available: usd('10700') })
  })

  it('fills at once when the market already meets it', async () => {
    const order = await world.placed('alice_1', limit('BUY', '0.1', '65000'))
    expect(order).toMatchObject({ status: 'COMPLETED', price: '64000', total: '6400.00' })
  })

  it('waits when the matching price is too old, and fills on the next one', async () => {
    world.quotes.set('BTC', '64000', { quotedAt: '2026-01-01T00:00:00.000Z' })
    const order = await world.placed('alice_1', limit('BUY', '0.1', '65000'))
    expect(order).toMatchObject({ status: 'PENDING', heldCash: '6500.00' })
    world.quotes.remove('BTC')
    await world.tick('64000')
    expect(await world.readBack('alice_1', order.id)).toMatchObject({ status: 'COMPLETED' })
  })

  it('caps the value by the higher of limit and market, at placement only', async () => {
    expect(codeOf(await world.send('alice_1', limit('SELL', '0.2', '1')))).toBe('ORDER_TOO_LARGE')
    expect(codeOf(await world.send('alice_1', limit('BUY', '0.2', '50000.01')))).toBe(
      'ORDER_TOO_LARGE',
    )
    await world.placed('alice_1', limit('BUY', '0.15', '64000'))
    const sale = await world.placed('alice_1', limit('SELL', '0.15', '66000'))
    await world.tick('90000')
    expect(await world.readBack('alice_1', sale.id)).toMatchObject({
      status: 'COMPLETED',
      total: '13500.00',
    })
  })

  it('refuses an invalid limit, and an expiry that is past or too far ahead', async () => {
    const refused = async (input: object) => codeOf(await world.send('alice_1', input))
    expect(await refused({ ...limit('BUY', '0.1', '1'), limitPrice: null })).toBe('BAD_USER_INPUT')
    expect(await refused(limit('BUY', '0.1', '0'))).toBe('BAD_USER_INPUT')
    expect(await refused(limit('BUY', '0.1', '1000000.01'))).toBe('BAD_USER_INPUT')
    expect(await refused(limit('BUY', '0.1', '1', { worstPrice: '5' }))).toBe('BAD_USER_INPUT')
    const at = (ms: number) => ({ expiresAt: new Date(world.clock.now() + ms).toISOString() })
    expect(await refused(limit('BUY', '0.1', '1', at(0)))).toBe('BAD_USER_INPUT')
    expect(await refused(limit('BUY', '0.1', '1', at(366 * 86_400_000)))).toBe('BAD_USER_INPUT')
    expect(await refused(limit('BUY', '0.1', '1', { assetId: 'NONE' }))).toBe('ASSET_NOT_FOUND')
    expect(await refused(limit('BUY', '0.15', '60000'))).toBeUndefined()
    expect(await refused(limit('BUY', '0.15', '60000'))).toBe('INSUFFICIENT_FUNDS')
  })

  it('fills by price first and by age within a price', async () => {
    const a = await world.placed('alice_1', limit('BUY', '0.01', '60000'))
    const b = await world.placed('bobby_1', limit('BUY', '0.01', '61000'))
    const c = await world.placed('bobby_1', limit('BUY', '0.01', '60000'))
    const d = await world.placed('alice_1', limit('BUY', '0.01', '59000'))
    await world.second().matcher!.close()
    world.forget()
    await world.tick('60000')
    expect(world.received().map(({ orderId }) => orderId)).toEqual([b.id, a.id, c.id])
    expect(await world.readBack('alice_1', d.id)).toMatchObject({ status: 'PENDING' })
    await world.replaceSecond()
  })
})

describe('cancelling', () => {
  it('returns the hold, and returns the same result when repeated', async () => {
    const buy = await world.placed('alice_1', limit('BUY', '0.1', '60000'))
    const answer = await world.ask('alice_1', cancelOrder, { id: buy.id })
    expect(pick(answer, 'cancelOrder')).toMatchObject({ status: 'CANCELLED', heldCash: null })
    expect(await world.ask('alice_1', cancelOrder, { id: buy.id })).toEqual(answer)
    expect(await world.account('alice_1')).toMatchObject({ available: usd('10000'), held: 0n })
    await world.placed('alice_1', limit('BUY', '0.1', '64000'))
    const sale = await world.placed('alice_1', limit('SELL', '0.1', '70000'))
    pick(await world.ask('alice_1', cancelOrder, { id: sale.id }), 'cancelOrder')
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({ available: quantity('0.1') })
    await world.tick('71000')
    expect(await world.readBack('alice_1', sale.id)).toMatchObject({ status: 'CANCELLED' })
  })

  it('is refused for a filled order, and finds no order of another user', async () => {
    const done = await world.placed('alice_1', limit('BUY', '0.01', '64000'))
    const open = await world.placed('alice_1', limit('BUY', '0.01', '60000'))
    const code = async (who: string, id: string) =>
      codeOf(await world.ask(who, cancelOrder, { id }))
    expect(await code('alice_1', done.id)).toBe('ORDER_NOT_CANCELLABLE')
    expect(await code('bobby_1', open.id)).toBe('ORDER_NOT_FOUND')
    expect(await code('alice_1', 'ord_999999')).toBe('ORDER_NOT_FOUND')
    expect(await code('alice_1', 'no id')).toBe('BAD_USER_INPUT')
    expect(codeOf(await world.ask('bobby_1', readOrder, { id: open.id }))).toBe('ORDER_NOT_FOUND')
  })

  it('races with a fill, and exactly one of them succeeds', async () => {
    const outcomes = new Set<string>()
    for (let round = 0; round < 12; round += 1) {
      await world.tick('64000')
      const { id } = await world.placed('alice_1', limit('BUY', '0.001', '60000'))
      const early = round % 2 === 0
      if (early) world.quotes.set('BTC', '59000')
      const answering = world.ask('alice_1', cancelOrder, { id }, world.second())
      if (!early) world.quotes.set('BTC', '59000')
      const answer = await answering
      await world.settle()
      const { status } = await world.readBack('alice_1', id)
      expect(codeOf(answer)).toBe(status === 'CANCELLED' ? undefined : 'ORDER_NOT_CANCELLABLE')
      outcomes.add(String(status))
    }
    expect([...outcomes].every((status) => ['CANCELLED', 'COMPLETED'].includes(status))).toBe(true)
    expect(await world.account('alice_1')).toMatchObject({ held: 0n })
  })
})
