import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { usd } from '@cnop/kit/money'
import { readIndex } from '@cnop/kit/read'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import { codeOf, limit, pick } from './testing/limit-world.ts'
import { startStopWorld, stop, type StopWorld, trailing } from './testing/stop-world.ts'

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

async function expectSound(): Promise<void> {
  const ledger = { ...world.ledger, now: world.clock.now }
  expect((await verifyWithOrders(ledger, world.main.deps.store)).discrepancies).toEqual([])
}

describe('a trailing sale', () => {
  it('follows a rise, stays in a fall, and sells when the market has fallen by the distance', async () => {
    await own()
    const order = await placed(trailing('SELL', '0.1', '2000'))
    expect(order).toMatchObject({
      ...{ type: 'TRAILING_STOP', status: 'PENDING', trailAmount: '2000', trailBasisPoints: null },
      ...{ bestPrice: '64000', stopPrice: '62000', timeInForce: 'GTC' },
    })
    await world.tick('66000')
    expect(await readBack(order.id)).toMatchObject({ bestPrice: '66000', stopPrice: '64000' })
    await world.tick('64000.01')
    expect(await readBack(order.id)).toMatchObject({ bestPrice: '66000', status: 'PENDING' })
    await world.tick('63990')
    expect(await readBack(order.id)).toMatchObject({
      ...{ status: 'COMPLETED', triggerPrice: '63990', price: '63990', total: '6399.00' },
      ...{ stopPrice: '64000', bestPrice: '66000' },
    })
    await expectSound()
  })

  it('follows by a share of the best price, in steps of a twentieth of it', async () => {
    await own()
    const { id } = await placed(trailing('SELL', '0.1', 1_000))
    world.forget()
    // The distance is $6,400, so the next step is at $64,320.
    await world.tick('64319.99')
    expect(await readBack(id)).toMatchObject({ bestPrice: '64000', stopPrice: '57600' })
    await world.tick('64320')
    expect(await readBack(id)).toMatchObject({ bestPrice: '64320', stopPrice: '57888' })
    await world.tick('70000')
    expect(await readBack(id)).toMatchObject({ bestPrice: '70000', stopPrice: '63000' })
    expect(world.received().map(({ stopPrice }) => stopPrice)).toEqual(['57888', '63000'])
    await world.tick('63000')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', price: '63000' })
  })
})

describe('a trailing buy', () => {
  it('opens the sale at its exits, which have kept their distance from its stop', async () => {
    const exits = { takeProfitPrice: '71500', stopLossPrice: '58500', stopLossLimitPrice: '57200' }
    const { id } = await placed(trailing('BUY', '0.1', '1000', exits))
    expect(await readBack(id)).toMatchObject({ stopPrice: '65000', ...exits })
    await world.tick('62000')
    // 110 %, 90 % and 88 % of the stop.
    const moved = {
      ...{ takeProfitPrice: '69300', stopLossPrice: '56700', stopLossLimitPrice: '55440' },
    }
    expect(await readBack(id)).toMatchObject({ stopPrice: '63000', ...moved })
    await world.tick('63100')
    const filled = await readBack(id)
    expect(filled).toMatchObject({ status: 'COMPLETED', price: '63100', ...moved })
    expect(await readBack(String(filled['exitOrderId']))).toMatchObject({
      ...{ type: 'OCO', status: 'PENDING', quantity: '0.1', entryOrderId: id },
      ...{ limitPrice: '69300', stopPrice: '56700', stopLimitPrice: '55440' },
    })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({ available: 0n })
    await expectSound()
  })

  it('keeps the hold of its first stop while the stop falls, and spends what the market asks', async () => {
    const { id } = await placed(trailing('BUY', '0.1', '1000'))
    expect(await readBack(id)).toMatchObject({ stopPrice: '65000', heldCash: '6825.00' })
    await world.tick('60000')
    await world.tick('60900')
    expect(await readBack(id)).toMatchObject({
      ...{ status: 'PENDING', bestPrice: '60000', stopPrice: '61000', heldCash: '6825.00' },
    })
    expect(await account()).toMatchObject({ held: usd('6825') })
    await world.tick('61100')
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', total: '6110.00' })
    expect(await account()).toMatchObject({ available: usd('3890'), held: 0n })
    await expectSound()
  })

  it('fails, and gets its cash back, where the market is beyond what it holds', async () => {
    const { id } = await placed(trailing('BUY', '0.1', '1000'))
    await world.tick('68251')
    expect(await readBack(id)).toMatchObject({ status: 'FAILED', heldCash: null })
    expect(await account()).toMatchObject({ available: usd('10000'), held: 0n })
  })
})

describe('what a trailing stop follows', () => {
  it('is no price of a halted asset', async () => {
    await own()
    const { id } = await placed(trailing('SELL', '0.1', '2000'))
    await world.tick('90000', { haltedSince: world.now() })
    await world.tick('64500')
    expect(await readBack(id)).toMatchObject({ status: 'PENDING', bestPrice: '64500' })
  })

  it('is a rise in the recorded past, and then the fall that came after it', async () => {
    await own()
    const { id } = await placed(trailing('SELL', '0.1', '2000'))
    await world.main.stops!.lookBack()
    world.clock.advance(120_000)
    await world.record('65500', world.clock.now())
    world.clock.advance(60_000)
    await world.record('65000', world.clock.now())
    world.clock.advance(600_000)
    await world.main.stops!.lookBack()
    expect(await readBack(id)).toMatchObject({ bestPrice: '65500', stopPrice: '63500' })
    await world.record('63000', world.clock.now())
    world.clock.advance(600_000)
    await world.main.stops!.lookBack()
    await world.settle()
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', triggerPrice: '63000' })
    await expectSound()
  })

  it('is not what was recorded before its stop moved last', async () => {
    await own()
    const { id } = await placed(trailing('SELL', '0.1', '2000'))
    world.clock.advance(120_000)
    // Above the stop of then, and below that of now.
    await world.record('62500', world.clock.now())
    world.clock.advance(120_000)
    await world.tick('66000')
    await world.main.stops!.lookBack()
    expect(await readBack(id)).toMatchObject({ status: 'PENDING', stopPrice: '64000' })
  })

  it('is kept by the store when every process is lost', async () => {
    await own()
    const { id } = await placed(trailing('SELL', '0.1', '2000'))
    await world.tick('70000')
    await world.second().matcher!.close()
    await world.second().stops!.close()
    const third = await world.replaceSecond()
    await world.tick('67900')
    await third.matcher!.settled()
    expect(await readBack(id)).toMatchObject({ status: 'COMPLETED', stopPrice: '68000' })
  })
})

describe('an open trailing stop', () => {
  const mutation = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) {
    order { id type status stopPrice bestPrice trailAmount trailBasisPoints heldCash } } }`
  let keys = 0
  const replace = (orderId: string, changes: object) =>
    world.ask('alice_1', mutation, { input: { key: `trail-${++keys}0000`, orderId, ...changes } })

  it('keeps its best price when it is replaced, with another distance too', async () => {
    await own()
    const first = await placed(trailing('SELL', '0.1', '2000'))
    await world.tick('70000')
    await world.tick('69000')
    const smaller = pick(await replace(first.id, { quantity: '0.05' }), 'replaceOrder')
    expect(smaller).toMatchObject({ bestPrice: '70000', stopPrice: '68000' })
    const wider = pick(await replace(smaller.id, { trailBasisPoints: 500 }), 'replaceOrder')
    expect(wider).toMatchObject({ bestPrice: '70000', stopPrice: '66500', trailAmount: null })
    expect(codeOf(await replace(wider.id, { trailAmount: '900' }))).toBe('STOP_PRICE_REACHED')
    expect(codeOf(await replace(wider.id, { stopPrice: '900' }))).toBe('BAD_USER_INPUT')
    await world.tick('66500')
    expect(await readBack(wider.id)).toMatchObject({ status: 'COMPLETED', total: '3325.00' })
    await expectSound()
  })

  it('leaves nothing behind when it is cancelled', async () => {
    const { id } = await placed(trailing('BUY', '0.1', '1000'))
    expect(await world.cancel('alice_1', id)).toMatchObject({ status: 'CANCELLED' })
    const { db } = world.main.deps.store
    expect(await readIndex(db, { table: 'orders', index: 'waiting', most: 10 })).toEqual([])
    expect(await account()).toMatchObject({ available: usd('10000'), held: 0n })
  })
})

it('fails instead of selling a part of a holding for nothing, and sells a whole one', async () => {
  await own()
  const part = await placed(stop('SELL', '0.05', '60000'))
  await world.tick('0.000001')
  expect(await readBack(part.id)).toMatchObject({
    status: 'FAILED',
    reason: 'The sale would have paid $0.00, which only the sale of a whole holding may.',
  })
  expect(await world.holding('alice_1', 'BTC')).toMatchObject({ held: 0n })
  await world.tick('64000')
  const whole = await placed(trailing('SELL', '0.1', 1_000))
  await world.tick('0.000001')
  expect(await readBack(whole.id)).toMatchObject({ status: 'COMPLETED', total: '0.00' })
  expect(await world.holding('alice_1', 'BTC')).toBeUndefined()
  await expectSound()
})

it.each([
  [trailing('SELL', '0.01', '64'), 'INSUFFICIENT_HOLDINGS', undefined],
  [trailing('BUY', '0.01', '63.99'), 'BAD_USER_INPUT', 'trailAmount'],
  [trailing('BUY', '0.01', '32000.01'), 'BAD_USER_INPUT', 'trailAmount'],
  [trailing('BUY', '0.01', 9), 'BAD_USER_INPUT', 'trailBasisPoints'],
  [trailing('BUY', '0.01', 5_001), 'BAD_USER_INPUT', 'trailBasisPoints'],
  [trailing('BUY', '0.01', 100, { trailAmount: '5' }), 'BAD_USER_INPUT', 'trailBasisPoints'],
  [trailing('BUY', '0.01', 100, { trailBasisPoints: null }), 'BAD_USER_INPUT', 'trailAmount'],
  [trailing('BUY', '0.01', 100, { stopPrice: '70000' }), 'BAD_USER_INPUT', 'stopPrice'],
  [trailing('BUY', '0.01', 100, { timeInForce: 'IOC' }), 'BAD_USER_INPUT', 'timeInForce'],
  [{ ...stop('BUY', '0.01', '70000'), trailAmount: '500' }, 'BAD_USER_INPUT', 'trailAmount'],
])('refuses %j', async (input, code, field) => {
  expect(await refusal(input)).toMatchObject({ code, ...(field && { details: { field } }) })
})
