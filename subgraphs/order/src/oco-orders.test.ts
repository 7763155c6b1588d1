import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { price, quantity, usd } from '@cnop/kit/money'
import { readIndex } from '@cnop/kit/read'
import { fillOrder } from './commands/finish-order.ts'
import { followMarket } from './commands/follow-market.ts'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import { expireDue } from './jobs/expire-orders.ts'
import { readOrder } from './store/orders.ts'
import { codeOf, limit, pick } from './testing/limit-world.ts'
import { oco, startStopWorld, type StopWorld } from './testing/stop-world.ts'

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
/** Alice owns 0.1 BTC, and $3,600. */
const own = () => placed(limit('BUY', '0.1', '64000'))
const exits = { limitPrice: '70000', stopPrice: '60000' }
const entries = { limitPrice: '60000', stopPrice: '66000' }

async function expectSound(): Promise<void> {
  const ledger = { ...world.ledger, now: world.clock.now }
  expect((await verifyWithOrders(ledger, world.main.deps.store)).discrepancies).toEqual([])
}

/** The books are empty: no side waits on when the order has ended. */
async function expectNothingWaits(): Promise<void> {
  const { db } = world.main.deps.store
  expect(await readIndex(db, { table: 'orders', index: 'waiting', most: 10 })).toEqual([])
}

describe('an OCO sale', () => {
  it('holds its quantity once, and sells at its limit or better; its stop is gone then', async () => {
    await own()
    const order = await placed(oco('SELL', '0.1', exits))
    expect(order).toMatchObject({ type: 'OCO', status: 'PENDING', ...exits, triggeredAt: null })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({ held: quantity('0.1') })
    await world.tick('69999.99')
    await world.tick('60000.01')
    expect(await readBack(order.id)).toMatchObject({ status: 'PENDING', triggeredAt: null })
    await world.tick('70100')
    expect(await readBack(order.id)).toMatchObject({
      ...{ status: 'COMPLETED', price: '70100', total: '7010.00', triggeredAt: null },
      receipt: [{ kind: 'HOLD' }, { kind: 'SELL' }],
    })
    await world.tick('50000')
    expect(await account()).toMatchObject({ available: usd('10610') })
    await expectNothingWaits()
    await expectSound()
  })

  it('sells at the market once it is at the stop; its limit is gone then', async () => {
    await own()
    const { id } = await placed(oco('SELL', '0.1', exits))
    await world.tick('59000')
    expect(await readBack(id)).toMatchObject({
      ...{ status: 'COMPLETED', triggerPrice: '59000', price: '59000', total: '5900.00' },
    })
    await world.tick('71000')
    expect(await account()).toMatchObject({ available: usd('9500') })
    await expectNothingWaits()
    await expectSound()
  })

  it.each([
    ['', exits],
    [', also with a limit behind the stop', { ...exits, stopLimitPrice: '59500' }],
  ])('fills once when two processes see both sides at the same moment%s', async (_how, sides) => {
    await own()
    const { id } = await placed(oco('SELL', '0.1', sides))
    const [one, two] = [world.main.deps, world.second().deps]
    const known = await readOrder(one.store, { username: 'alice_1', orderId: id })
    world.clock.advance(1_000)
    const quotedAt = world.now()
    const stretch = { prices: [price('59000')], from: quotedAt, until: quotedAt }
    world.quotes.remove('BTC')
    world.quotes.set('BTC', '70000')
    const quote = (await one.quotes.current('BTC'))!
    await Promise.all([
      followMarket(two, known!, [stretch]),
      fillOrder(one, known!, quote),
      fillOrder(two, known!, quote),
    ])
    await world.settle()
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', price: '70000' })
    expect(await account()).toMatchObject({ available: usd('10600') })
    await expectNothingWaits()
    await expectSound()
  })

  it('stays triggered when the market returns, and sells at any price then', async () => {
    await own()
    const { id } = await placed(oco('SELL', '0.1', exits))
    const quotedAt = new Date(world.clock.now() + 1).toISOString()
    world.clock.advance(200_000)
    await world.tick('59000', { quotedAt })
    expect(await readBack(id)).toMatchObject({ status: 'PENDING', triggerPrice: '59000' })
    await world.tick('65000')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', price: '65000' })
  })
})

describe('an OCO buy', () => {
  it('holds what its stop needs, which covers its limit too', async () => {
    const { id } = await placed(oco('BUY', '0.1', entries))
    expect(await account()).toMatchObject({ held: usd('6930') })
    await world.tick('59000')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', total: '5900.00' })
    expect(await account()).toMatchObject({ available: usd('4100'), held: 0n })
    await expectSound()
  })

  it('fails, with all of its cash back, where the market is beyond what its stop holds', async () => {
    const { id } = await placed(oco('BUY', '0.1', entries))
    await world.tick('69301')
    expect(await readBack(id)).toMatchObject({ status: 'FAILED', heldCash: null })
    expect(await account()).toMatchObject({ available: usd('10000'), held: 0n })
    await expectNothingWaits()
  })

  it('fills at once where the market is at its limit, and is refused where it is at its stop', async () => {
    const now = { limitPrice: '64000', stopPrice: '66000' }
    expect(await placed(oco('BUY', '0.1', now))).toMatchObject({ status: 'COMPLETED' })
    const beyond = { limitPrice: '60000', stopPrice: '63000' }
    expect(await refusal(oco('BUY', '0.01', beyond))).toMatchObject({ code: 'STOP_PRICE_REACHED' })
    await expectNothingWaits()
  })
})

describe('an OCO order whose stop has a limit', () => {
  it('is a limit order from its trigger on; its first limit is gone, whether it fills or not', async () => {
    await own()
    const limited = { ...exits, stopLimitPrice: '59500' }
    const { id } = await placed(oco('SELL', '0.1', limited))
    await world.tick('59000')
    expect(await readBack(id)).toMatchObject({
      ...{ status: 'PENDING', triggerPrice: '59000', stopLimitPrice: '59500' },
    })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({ held: quantity('0.1') })
    await world.tick('59499.99')
    expect(await readBack(id)).toMatchObject({ status: 'PENDING' })
    await world.tick('59600')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', price: '59600' })
    await expectNothingWaits()
    await expectSound()
  })

  it('sells at its first limit where that is met first', async () => {
    await own()
    const { id } = await placed(oco('SELL', '0.1', { ...exits, stopLimitPrice: '59500' }))
    await world.tick('70100')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', price: '70100' })
    await expectNothingWaits()
    await expectSound()
  })

  it('holds what that limit needs, and never fails: beyond it, it waits', async () => {
    const { id } = await placed(oco('BUY', '0.1', { ...entries, stopLimitPrice: '66500' }))
    expect(await account()).toMatchObject({ held: usd('6650') })
    await world.tick('69301')
    expect(await readBack(id)).toMatchObject({ status: 'PENDING', triggerPrice: '69301' })
    await world.tick('60000')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', total: '6000.00' })
    expect(await account()).toMatchObject({ available: usd('4000'), held: 0n })
    await expectNothingWaits()
    await expectSound()
  })
})

it('ends both sides at once when it is cancelled, expires or is delisted', async () => {
  await own()
  const cancelled = await placed(oco('SELL', '0.02', exits))
  const expiring = await placed(oco('SELL', '0.02', exits, { timeInForce: 'DAY' }))
  expect(await world.cancel('alice_1', cancelled.id)).toMatchObject({ status: 'CANCELLED' })
  world.clock.set(Date.parse(String(expiring['expiresAt'])))
  expect(await expireDue(world.main.deps)).toBe(1)
  await world.tick('64000')
  const delisted = await placed(oco('SELL', '0.02', exits))
  await world.tick('64000', { isActive: false, delistedAt: world.now() })
  expect(await readBack(delisted.id)).toMatchObject({ reason: 'BTC was delisted.' })
  expect(await world.holding('alice_1', 'BTC')).toMatchObject({ held: 0n })
  await expectNothingWaits()
  await expectSound()
})

it('is replaced as a whole, with its hold', async () => {
  const mutation = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) {
    order { id type status limitPrice stopPrice stopLimitPrice heldCash } } }`
  let keys = 0
  const replace = (orderId: string, changes: object) =>
    world.ask('alice_1', mutation, { input: { key: `oco-${++keys}00000`, orderId, ...changes } })
  const { id } = await placed(oco('BUY', '0.1', entries))
  const order = pick(await replace(id, { stopPrice: '70000' }), 'replaceOrder')
  expect(order).toMatchObject({ type: 'OCO', limitPrice: '60000', heldCash: '7350.00' })
  expect(codeOf(await replace(order.id, { limitPrice: '70000' }))).toBe('BAD_USER_INPUT')
  const limited = pick(await replace(order.id, { stopLimitPrice: '70500' }), 'replaceOrder')
  expect(limited).toMatchObject({ type: 'OCO', stopLimitPrice: '70500', heldCash: '7050.00' })
  expect(codeOf(await replace(limited.id, { stopPrice: '70501' }))).toBe('BAD_USER_INPUT')
  await world.tick('71000')
  const left = pick(await replace(limited.id, { limitPrice: '70600' }), 'replaceOrder')
  expect(left).toMatchObject({ type: 'LIMIT', limitPrice: '70600', stopLimitPrice: null })
  const filled = pick(await replace(left.id, { limitPrice: '71000' }), 'replaceOrder')
  expect(filled).toMatchObject({ status: 'COMPLETED', heldCash: null })
  await expectNothingWaits()
  await expectSound()
})

it('counts with the highest of its prices', async () => {
  await own()
  const high = { limitPrice: '100001', stopPrice: '60000' }
  expect(await refusal(oco('SELL', '0.1', high))).toMatchObject({ code: 'ORDER_TOO_LARGE' })
})

it.each([
  [oco('SELL', '0.01', entries), 'stopPrice'],
  [oco('BUY', '0.01', exits), 'stopPrice'],
  [{ ...oco('SELL', '0.01', exits), limitPrice: null }, 'limitPrice'],
  [oco('SELL', '0.01', exits, { stopPrice: null }), 'stopPrice'],
  [oco('SELL', '0.01', { ...exits, stopLimitPrice: '60000.01' }), 'stopLimitPrice'],
  [oco('BUY', '0.01', { ...entries, stopLimitPrice: '65999.99' }), 'stopLimitPrice'],
  [limit('BUY', '0.01', '60000', { stopLimitPrice: '60000' }), 'stopLimitPrice'],
  [oco('SELL', '0.01', exits, { timeInForce: 'FOK' }), 'timeInForce'],
  [oco('SELL', '0.01', exits, { trailAmount: '100' }), 'trailAmount'],
])('refuses %j by its form', async (input, field) => {
  expect(await refusal(input)).toMatchObject({ code: 'BAD_USER_INPUT', details: { field } })
})
