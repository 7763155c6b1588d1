import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { price, quantity } from '@cnop/kit/money'
import { listNotifications } from '@cnop/outbox/rows'
import { fillOrder } from './commands/finish-order.ts'
import { followMarket } from './commands/follow-market.ts'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import { withBook } from './domain/order-rules.ts'
import { listEvery, readOrder } from './store/orders.ts'
import { limit, pick } from './testing/limit-world.ts'
import { oco, startStopWorld, type StopWorld } from './testing/stop-world.ts'

/** BTC at $64,000: $640.32 is sold at $64,032 and $639.68 is bought at $63,968; makers pay 0.1 %, takers 0.25 %. */
const market = {
  MARKET_SPREAD_BASIS_POINTS: '10',
  MARKET_DEPTH: '640',
  ORDER_FEE_BASIS_POINTS: '10/25',
}
const fields = `id type status stopLimitPrice quantity filledQuantity remainingQuantity averagePrice total fee heldCash reason exitOrderId entryOrderId
  limitPrice stopPrice triggeredAt liquidity fills { number price quantity total fee liquidity } receipt { kind }`
const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${fields} } } }`
const read = `query ($id: ID!) { order(id: $id) { ${fields} } }`
const replace = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) { order { ${fields} } } }`

let world: StopWorld
let count = 0
const newKey = (): string => `sides-${String(++count).padStart(8, '0')}`

beforeAll(async () => {
  world = await startStopWorld(market)
})
beforeEach(() => world.reset())
afterAll(() => world.stop())

type Read = ReturnType<typeof pick> & {
  readonly exitOrderId: string
  readonly fills: readonly Record<'quantity' | 'total', string>[]
}

const send = async (input: object) =>
  pick(await world.ask('alice_1', place, { input }), 'placeOrder') as Read
const readBack = async (id: string) =>
  pick(await world.ask('alice_1', read, { id }), 'order') as Read
const replaced = async (orderId: string, changes: object) => {
  const input = { key: newKey(), orderId, ...changes }
  return pick(await world.ask('alice_1', replace, { input }), 'replaceOrder') as Read
}
const exits = { takeProfitPrice: '70000', stopLossPrice: '60000' }
const bracket = (more: object = {}) => send(limit('BUY', '0.03', '64040', { ...exits, ...more }))
const own = (amount: string) =>
  send({ key: newKey(), type: 'MARKET', assetId: 'BTC', side: 'BUY', quantity: amount })
const orders = () => listEvery(world.main.deps.store, 'alice_1', 'all')

/** The journal, the balances, the holds of open orders and their rows agree. */
async function expectSound(): Promise<void> {
  const { ledger, main } = world
  const { discrepancies } = await verifyWithOrders(ledger, main.deps.store)
  expect(discrepancies).toEqual([])
}

describe('a buy with exits that is larger than the market is deep', () => {
  it('opens the sale with its first part, and adds to it with every other one', async () => {
    const entry = await bracket()
    expect(entry).toMatchObject({ status: 'PARTIALLY_FILLED', filledQuantity: '0.009995' })
    const { exitOrderId } = entry
    expect(await readBack(exitOrderId)).toMatchObject({
      ...{ type: 'OCO', status: 'PENDING', quantity: '0.009995', entryOrderId: entry.id },
      ...{ limitPrice: '70000', stopPrice: '60000' },
    })
    await expectSound()
    world.forget()
    await world.tick('64000')
    expect(await readBack(exitOrderId)).toMatchObject({ quantity: '0.01999', status: 'PENDING' })
    expect(world.received().map(({ orderId, quantity }) => [orderId, quantity])).toEqual([
      [entry.id, '0.03'],
      [exitOrderId, '0.01999'],
    ])
    await world.tick('64000')
    await world.tick('64000')
    expect(await readBack(entry.id)).toMatchObject({ status: 'COMPLETED', exitOrderId })
    expect(await readBack(exitOrderId)).toMatchObject({
      ...{ quantity: '0.03', receipt: Array.from({ length: 4 }, () => ({ kind: 'BUY' })) },
    })
    expect(await orders()).toHaveLength(2)
    const held = { available: 0n, held: quantity('0.03') }
    expect(await world.holding('alice_1', 'BTC')).toMatchObject(held)
    await expectSound()
  })

  it.each([
    ['is cancelled', {}, (id: string) => world.cancel('alice_1', id)],
    ['may not wait', { timeInForce: 'IOC' }, () => undefined],
  ])('leaves a sale of what has filled, when its rest %s', async (_, more, end) => {
    const entry = await bracket(more)
    await end(entry.id)
    const ended = { status: 'CANCELLED', filledQuantity: '0.009995', heldCash: null }
    expect(await readBack(entry.id)).toMatchObject(ended)
    const sale = { status: 'PENDING', quantity: '0.009995' }
    expect(await readBack(entry.exitOrderId)).toMatchObject(sale)
    await world.tick('64000')
    expect(await readBack(entry.exitOrderId)).toMatchObject(sale)
    await expectSound()
  })

  it('opens another sale where the first one has ended', async () => {
    const entry = await bracket()
    await world.cancel('alice_1', entry.exitOrderId)
    await world.tick('64000')
    const { exitOrderId } = await readBack(entry.id)
    expect(exitOrderId).not.toBe(entry.exitOrderId)
    expect(await readBack(exitOrderId)).toMatchObject({ quantity: '0.009995', status: 'PENDING' })
    expect(await readBack(entry.exitOrderId)).toMatchObject({ status: 'CANCELLED' })
    await expectSound()
  })

  it('adds to the sale that its owner has put in place of the first one', async () => {
    const entry = await bracket()
    const sale = await replaced(entry.exitOrderId, { limitPrice: '72000' })
    expect(sale).toMatchObject({ quantity: '0.009995', entryOrderId: entry.id })
    expect(await readBack(entry.id)).toMatchObject({ exitOrderId: sale.id })
    await world.tick('64000')
    expect(await readBack(sale.id)).toMatchObject({ quantity: '0.01999', limitPrice: '72000' })
    expect(await orders()).toHaveLength(3)
    await expectSound()
  })

  it('adds to a sale that has sold a part already', async () => {
    const entry = await bracket()
    // $699.65 is bought at $69,965; the limit is better than the first level.
    await world.tick('70060')
    const sold = await readBack(entry.exitOrderId)
    expect(sold).toMatchObject({ status: 'PARTIALLY_FILLED', filledQuantity: '0.00913959' })
    await world.tick('64000')
    const grown = { quantity: '0.01999', filledQuantity: '0.00913959', status: 'PARTIALLY_FILLED' }
    expect(await readBack(entry.exitOrderId)).toMatchObject(grown)
    await expectSound()
    await world.tick('59000')
    expect(await readBack(entry.exitOrderId)).toMatchObject({ status: 'COMPLETED' })
    await expectSound()
  })

  it('loses nothing, when its parts, its sale and the owner meet in two processes', async () => {
    const entry = await bracket()
    const [one, two] = [world.main.deps, world.second().deps]
    const known = (await readOrder(one.store, { username: 'alice_1', orderId: entry.id }))!
    world.clock.advance(1_000)
    world.quotes.set('BTC', '64001')
    const quote = withBook((await one.quotes.current('BTC'))!, one.rules)
    const change = { key: newKey(), orderId: entry.exitOrderId, limitPrice: '71000' }
    await Promise.all([
      fillOrder(one, known, quote),
      fillOrder(two, known, quote),
      world.ask('alice_1', replace, { input: change }),
      world.ask('alice_1', replace, { input: { ...change, key: newKey() } }, world.second()),
    ])
    await world.settle()
    await world.tick('64000')
    await expectSound()
    const open = (await orders()).filter(
      ({ status, side }) => side === 'SELL' && status === 'PENDING',
    )
    expect(open).toHaveLength(1)
    const { exitOrderId, filledQuantity } = await readBack(entry.id)
    expect(open[0]).toMatchObject({ id: exitOrderId, quantity: quantity(String(filledQuantity)) })
  })
})

describe('an OCO order that is larger than the market is deep', () => {
  const sides = { limitPrice: '70000', stopPrice: '60000' }

  it('sells a part at its limit, and only the rest at its stop', async () => {
    await own('0.03')
    const { id } = await send(oco('SELL', '0.03', sides))
    await world.tick('70060')
    expect(await readBack(id)).toMatchObject({
      ...{ status: 'PARTIALLY_FILLED', filledQuantity: '0.00913959', triggeredAt: null },
    })
    const holding = { available: 0n, held: quantity('0.02086041') }
    expect(await world.holding('alice_1', 'BTC')).toMatchObject(holding)
    await expectSound()
    await world.tick('59000')
    const sold = await readBack(id)
    expect(sold).toMatchObject({
      ...{ status: 'COMPLETED', filledQuantity: '0.03', remainingQuantity: '0' },
      fills: [
        { quantity: '0.00913959', liquidity: 'MAKER' },
        { quantity: '0.02086041', liquidity: 'TAKER' },
      ],
    })
    const cents = sold.fills.reduce((sum, { total }) => sum + Math.round(Number(total) * 100), 0)
    expect(cents).toBe(Math.round(Number(sold['total']) * 100))
    expect(await world.holding('alice_1', 'BTC')).toBeUndefined()
    const slice = { username: 'alice_1', first: 5, after: undefined, nowMs: world.clock.now() }
    const { notifications } = await listNotifications(world.main.deps.outbox, slice)
    const part = /at its limit: it sold 0.00913959 of 0.03 BTC at \$.* so far; the rest waits\.$/
    expect(notifications.map(({ kind, text }) => [kind, text])).toEqual([
      ['ORDER_FILLED', expect.stringMatching(/at its limit and its stop: it sold 0.03 BTC at/)],
      ['ORDER_TRIGGERED', expect.stringContaining('was triggered')],
      ['ORDER_FILLED', expect.stringMatching(part)],
    ])
    await expectSound()
  })

  it('never sells more than it has, when both sides are reached in two processes', async () => {
    await own('0.03')
    const { id } = await send(oco('SELL', '0.03', sides))
    await world.tick('70060')
    const [one, two] = [world.main.deps, world.second().deps]
    const known = (await readOrder(one.store, { username: 'alice_1', orderId: id }))!
    world.clock.advance(1_000)
    const at = world.now()
    world.quotes.set('BTC', '70061')
    const quote = withBook((await one.quotes.current('BTC'))!, one.rules)
    await Promise.all([
      fillOrder(one, known, quote),
      followMarket(two, known, [{ prices: [price('59000')], from: at, until: at }]),
      fillOrder(two, known, quote),
    ])
    await world.settle()
    const sold = await readBack(id)
    const units = sold.fills.reduce((sum, each) => sum + quantity(each.quantity), 0n)
    expect(units).toBe(quantity(String(sold['filledQuantity'])))
    expect(units <= quantity('0.03')).toBe(true)
    await expectSound()
  })

  it('sets aside what the stop of the rest of a buy needs', async () => {
    const order = await send(oco('BUY', '0.03', { limitPrice: '64040', stopPrice: '66000' }))
    // Whole: 0.009995 at 64,032 and 0.020005 at 69,300 are 2,026.35, and 5.07 of fees.
    expect(order).toMatchObject({
      status: 'PARTIALLY_FILLED',
      total: '641.60',
      heldCash: '1389.82',
    })
    await expectSound()
    await world.tick('64000')
    // A maker's fee for the second part: 0.64 instead of 1.60, and 0.01001 at 69,300 still.
    expect(await readBack(order.id)).toMatchObject({ total: '1282.24', heldCash: '695.44' })
    await world.tick('66100')
    const filled = await readBack(order.id)
    expect(filled).toMatchObject({ status: 'COMPLETED', filledQuantity: '0.03', heldCash: null })
    expect(filled.fills).toHaveLength(3)
    expect(await world.account('alice_1')).toMatchObject({ held: 0n })
    await expectSound()
  })

  it('fills in parts at the limit of its stop too, out of one hold', async () => {
    const prices = { limitPrice: '64040', stopPrice: '66000', stopLimitPrice: '66100' }
    const order = await send(oco('BUY', '0.03', prices))
    // Whole: 0.009995 at 64,032 and 0.020005 at 66,100 are 1,962.34, and 4.91 of fees.
    expect(order).toMatchObject({ total: '641.60', heldCash: '1325.65' })
    await world.tick('66100')
    const triggered = { status: 'PARTIALLY_FILLED', triggeredAt: world.now() }
    expect(await readBack(order.id)).toMatchObject({ ...triggered, heldCash: '1325.65' })
    await world.tick('66050')
    const divided = await readBack(order.id)
    expect(divided).toMatchObject(triggered)
    expect(divided.fills).toHaveLength(2)
    await expectSound()
    await world.tick('64000')
    await world.tick('64000')
    const filled = { status: 'COMPLETED', filledQuantity: '0.03', heldCash: null }
    expect(await readBack(order.id)).toMatchObject(filled)
    expect(await world.account('alice_1')).toMatchObject({ held: 0n })
    await expectSound()
  })

  it('opens the exits of a buy with each of its parts, at whichever side', async () => {
    const entry = { limitPrice: '64040', stopPrice: '66000' }
    const order = await send(oco('BUY', '0.03', entry, exits))
    expect(await readBack(order.exitOrderId)).toMatchObject({ quantity: '0.009995' })
    await world.tick('66100')
    expect(await readBack(order.id)).toMatchObject({ status: 'COMPLETED' })
    expect(await readBack(order.exitOrderId)).toMatchObject({ quantity: '0.03', status: 'PENDING' })
    await expectSound()
  })
})

it.each([
  ['a bracket', () => limit('BUY', '0.03', '64040', exits)],
  ['an OCO order', () => oco('BUY', '0.03', { limitPrice: '64040', stopPrice: '66000' })],
])('previews %s as what it does', async (_, order) => {
  const { key: _key, ...input } = order()
  const preview = `query ($input: PreviewOrderInput!) { previewOrder(input: $input) {
    outcome quantity filledQuantity total fee cashAfter quantityAfter } }`
  const said = pick(await world.ask('alice_1', preview, { input }), 'previewOrder')
  expect(said).toMatchObject({ outcome: 'PART', quantity: '0.03', filledQuantity: '0.009995' })
  const placed = await send({ key: newKey(), ...input })
  const moved = Number(placed['total']) + Number(placed['heldCash'])
  expect(Number(said['total'])).toBeCloseTo(moved, 2)
  const { available } = await world.account('alice_1')
  expect(Math.round(Number(said['cashAfter']) * 100)).toBe(Number(available))
})
