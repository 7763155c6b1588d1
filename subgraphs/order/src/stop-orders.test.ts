import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import { expireDue } from './jobs/expire-orders.ts'
import { limit } from './testing/limit-world.ts'
import { startStopWorld, stop, stopLimit, type StopWorld } from './testing/stop-world.ts'

let world: StopWorld
beforeAll(async () => {
  world = await startStopWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

const placed = (input: object) => world.placed('alice_1', input)
const readBack = (id: string) => world.readBack('alice_1', id)
const account = () => world.account('alice_1')
const refusal = async (input: object) =>
  (await world.send('alice_1', input)).errors?.[0]?.extensions

async function expectSound(): Promise<void> {
  const ledger = { ...world.ledger, now: world.clock.now }
  expect((await verifyWithOrders(ledger, world.main.deps.store)).discrepancies).toEqual([])
}

/** Alice owns 0.1 BTC, and $3,600. */
const own = () => placed(limit('BUY', '0.1', '64000'))

describe('a stop buy', () => {
  it('holds the cash of its stop price and the allowance, and buys at the market once it rises there', async () => {
    const order = await placed(stop('BUY', '0.1', '66000'))
    expect(order).toMatchObject({
      type: 'STOP',
      status: 'PENDING',
      stopPrice: '66000',
      limitPrice: null,
      triggeredAt: null,
      heldCash: '6930.00',
      timeInForce: 'GTC',
    })
    await world.tick('65999.99')
    await world.tick('50000')
    expect(await readBack(order.id)).toMatchObject({ status: 'PENDING', triggeredAt: null })
    await world.tick('66100')
    expect(await readBack(order.id)).toMatchObject({
      status: 'COMPLETED',
      triggeredAt: world.now(),
      triggerPrice: '66100',
      price: '66100',
      total: '6610.00',
      heldCash: null,
      receipt: [
        { kind: 'HOLD', cashHeldChange: '6930.00' },
        { kind: 'BUY', cashHeldChange: '-6930.00' },
      ],
    })
    expect(await account()).toMatchObject({ available: usd('3390'), held: 0n })
    expect(world.received().map(({ status }) => status)).toEqual([
      'PENDING',
      'PENDING',
      'COMPLETED',
    ])
    await expectSound()
  })

  it('fails, and gets its cash back, where the market is beyond what it holds', async () => {
    const { id } = await placed(stop('BUY', '0.1', '66000'))
    await world.tick('69301')
    expect(await readBack(id)).toMatchObject({
      status: 'FAILED',
      reason: 'The market was beyond what the order had set aside when it was triggered.',
      heldCash: null,
      price: null,
    })
    expect(await account()).toMatchObject({ available: usd('10000'), held: 0n })
    await expectSound()
  })

  it('spends its whole hold, but not more', async () => {
    const { id } = await placed(stop('BUY', '0.1', '66000'))
    await world.tick('69300')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', total: '6930.00' })
  })
})

describe('a stop sale', () => {
  it('holds the asset, and sells at the market once it falls to the stop price', async () => {
    await own()
    const { id } = await placed(stop('SELL', '0.06', '60000'))
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({
      available: quantity('0.04'),
      held: quantity('0.06'),
    })
    await world.tick('60000.01')
    await world.tick('90000')
    expect(await readBack(id)).toMatchObject({ status: 'PENDING' })
    await world.tick('58000')
    expect(await readBack(id)).toMatchObject({
      status: 'COMPLETED',
      price: '58000',
      total: '3480.00',
    })
    await expectSound()
  })
})

describe('a stop-limit order', () => {
  it('becomes a limit order when it is triggered, and waits for its limit', async () => {
    const { id } = await placed(stopLimit('BUY', '0.1', '66000', '66500'))
    expect(await account()).toMatchObject({ held: usd('6650') })
    // Below the limit, and not triggered yet.
    await world.tick('65000')
    await world.tick('67000')
    expect(await readBack(id)).toMatchObject({
      type: 'STOP_LIMIT',
      status: 'PENDING',
      triggerPrice: '67000',
      heldCash: '6650.00',
    })
    await world.tick('66501')
    expect(await readBack(id)).toMatchObject({ status: 'PENDING' })
    await world.tick('66400')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', total: '6640.00' })
    await expectSound()
  })

  it('fills at the trigger where its limit is met', async () => {
    await own()
    const { id } = await placed(stopLimit('SELL', '0.1', '60000', '59000'))
    await world.tick('59500')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', price: '59500' })
  })
})

describe('a trigger', () => {
  it('comes from no halted asset, and from no price that was known at placement', async () => {
    const { id } = await placed(stop('BUY', '0.01', '66000'))
    await world.tick('67000', { haltedSince: world.now() })
    expect(await readBack(id)).toMatchObject({ status: 'PENDING', triggeredAt: null })
    await world.tick('64000')
    expect(await readBack(id)).toMatchObject({ status: 'PENDING', triggeredAt: null })
    await world.tick('67000')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED' })
  })

  it('fills nothing at a stale price: it is kept, and the order fills at the next fresh one', async () => {
    await own()
    const { id } = await placed(stop('SELL', '0.1', '60000'))
    const quotedAt = new Date(world.clock.now() + 1).toISOString()
    world.clock.advance(200_000)
    await world.tick('59000', { quotedAt })
    expect(await readBack(id)).toMatchObject({ status: 'PENDING', triggerPrice: '59000' })
    // The market has recovered; the order was triggered all the same.
    await world.tick('63000')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', price: '63000' })
    await expectSound()
  })

  it('happens once for several processes, and survives the loss of all of them', async () => {
    await own()
    const { id } = await placed(stop('SELL', '0.1', '60000'))
    const quotedAt = new Date(world.clock.now() + 1).toISOString()
    world.clock.advance(200_000)
    world.forget()
    await world.tick('59000', { quotedAt })
    expect(world.received()).toHaveLength(1)
    await world.second().matcher!.close()
    await world.second().stops!.close()
    const third = await world.replaceSecond()
    world.clock.advance(1_000)
    world.quotes.remove('BTC')
    world.quotes.set('BTC', '63000')
    await third.matcher!.settled()
    await world.settle()
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', price: '63000' })
    expect(world.received().map(({ status }) => status)).toEqual(['PENDING', 'COMPLETED'])
  })

  it('is found in the recorded past, and fills at the price of now', async () => {
    await own()
    const { id } = await placed(stop('SELL', '0.1', '60000'))
    const later = await placed(stop('BUY', '0.001', '70000'))
    await world.main.stops!.lookBack()
    world.clock.advance(120_000)
    await world.record('59000', world.clock.now())
    world.clock.advance(600_000)
    await world.main.stops!.lookBack()
    await world.settle()
    expect(await readBack(id)).toMatchObject({
      status: 'COMPLETED',
      triggerPrice: '59000',
      price: '64000',
    })
    expect(await readBack(later.id)).toMatchObject({ status: 'PENDING', triggeredAt: null })
    await expectSound()
  })

  it('is found by a process that starts after everything was away', async () => {
    await own()
    const { id } = await placed(stop('SELL', '0.1', '60000'))
    await world.main.stops!.lookBack()
    world.clock.advance(6 * 3_600_000)
    await world.record('59000', world.clock.now())
    world.clock.advance(6 * 3_600_000)
    await world.second().matcher!.close()
    await world.second().stops!.close()
    await world.replaceSecond()
    await world.settle()
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', triggerPrice: '59000' })
  })

  it('does not come from what was recorded before the order was placed', async () => {
    await own()
    await world.record('50000', world.clock.now())
    world.clock.advance(1_000)
    await world.tick('64000')
    const { id } = await placed(stop('SELL', '0.1', '60000'))
    await world.main.stops!.lookBack()
    expect(await readBack(id)).toMatchObject({ status: 'PENDING', triggeredAt: null })
  })
})

describe('an open stop order', () => {
  it('is cancelled, and expires, like a limit order', async () => {
    await own()
    const sale = await placed(stop('SELL', '0.1', '60000', { timeInForce: 'DAY' }))
    const buy = await placed(stop('BUY', '0.01', '70000'))
    expect(await world.cancel('alice_1', buy.id)).toMatchObject({ status: 'CANCELLED' })
    world.clock.set(Date.parse(String(sale['expiresAt'])))
    expect(await expireDue(world.main.deps)).toBe(1)
    await world.tick('50000')
    expect(await readBack(sale.id)).toMatchObject({ status: 'EXPIRED', triggeredAt: null })
    expect(await account()).toMatchObject({ held: 0n })
    await expectSound()
  })

  it('is cancelled with a reason when its asset is delisted', async () => {
    await own()
    const ids = [
      (await placed(stop('SELL', '0.1', '60000'))).id,
      (await placed(stopLimit('BUY', '0.01', '70000', '71000'))).id,
    ]
    await world.tick('64000', { isActive: false, delistedAt: world.now() })
    for (const id of ids) {
      expect(await readBack(id)).toMatchObject({
        status: 'CANCELLED',
        reason: 'BTC was delisted.',
      })
    }
    expect(await account()).toMatchObject({ held: 0n })
  })
})

it('counts a stop buy with what it sets aside, and refuses what makes no sense', async () => {
  expect(await refusal(stop('BUY', '0.15', '66000'))).toMatchObject({ code: 'ORDER_TOO_LARGE' })
  expect(await refusal(stop('BUY', '0.01', '64000'))).toMatchObject({
    code: 'STOP_PRICE_REACHED',
    details: { price: '64000', stopPrice: '64000' },
  })
  expect(await refusal(stop('SELL', '0.01', '64000'))).toMatchObject({
    code: 'STOP_PRICE_REACHED',
  })
  expect(await refusal(stop('SELL', '0.01', '60000'))).toMatchObject({
    code: 'INSUFFICIENT_HOLDINGS',
  })
  world.quotes.set('BTC', '64000', { quotedAt: '2026-01-01T00:00:00.000Z' })
  expect(await refusal(stop('BUY', '0.01', '70000'))).toMatchObject({ code: 'QUOTE_STALE' })
})

it.each([
  [stop('BUY', '0.01', '70000', { stopPrice: null }), 'stopPrice'],
  [stop('BUY', '0.01', '0'), 'stopPrice'],
  [stop('BUY', '0.01', '1000000.01'), 'stopPrice'],
  [stop('BUY', '0.01', '70000', { limitPrice: '71000' }), 'limitPrice'],
  [stop('BUY', '0.01', '70000', { worstPrice: '71000' }), 'worstPrice'],
  [stop('BUY', '0.01', '70000', { timeInForce: 'IOC' }), 'timeInForce'],
  [stopLimit('BUY', '0.01', '70000', '71000', { timeInForce: 'FOK' }), 'timeInForce'],
  [{ ...stopLimit('BUY', '0.01', '70000', '1'), limitPrice: null }, 'limitPrice'],
  [{ ...stop('BUY', '0.01', '70000'), quantity: null, quoteAmount: '10' }, 'quoteAmount'],
  [{ ...limit('BUY', '0.01', '60000'), stopPrice: '70000' }, 'stopPrice'],
  [{ ...stop('BUY', '0.01', '70000'), type: 'MARKET' }, 'stopPrice'],
])('refuses %j by its form', async (input, field) => {
  expect(await refusal(input)).toMatchObject({ code: 'BAD_USER_INPUT', details: { field } })
})
