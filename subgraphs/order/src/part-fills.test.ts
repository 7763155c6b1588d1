import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { listNotifications } from '@cnop/outbox/rows'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import { expireDue } from './jobs/expire-orders.ts'
import { limit, pick } from './testing/limit-world.ts'
import { startStopWorld, type StopWorld } from './testing/stop-world.ts'

/** BTC at $64,000: $640.32 is sold at $64,032, more at $64,064 and so on; makers pay 0.1 %, takers 0.25 %. */
const market = {
  MARKET_SPREAD_BASIS_POINTS: '10',
  MARKET_DEPTH: '640',
  ORDER_FEE_BASIS_POINTS: '10/25',
}
const fields = `id status quantity filledQuantity remainingQuantity averagePrice price total fee heldCash liquidity reason replacedBy
  fills { number price quantity total fee liquidity } receipt { kind cashChange cashHeldChange quantityChange quantityHeldChange }`
const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { ${fields} } } }`
const read = `query ($id: ID!) { order(id: $id) { ${fields} } }`
const replace = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) { order { ${fields} } } }`

let world: StopWorld
let count = 0
const newKey = (): string => `parts-${String(++count).padStart(8, '0')}`

beforeAll(async () => {
  world = await startStopWorld(market)
})
beforeEach(() => world.reset())
afterAll(() => world.stop())

type Read = ReturnType<typeof pick> & {
  readonly fills: readonly Record<'quantity' | 'total' | 'fee' | 'price', string>[]
}

const send = async (input: object, username = 'alice_1') =>
  pick(await world.ask(username, place, { input }), 'placeOrder') as Read
const readBack = async (id: string) =>
  pick(await world.ask('alice_1', read, { id }), 'order') as Read
const atMarket = (side: 'BUY' | 'SELL', quantity: string) => ({
  ...{ key: newKey(), type: 'MARKET', assetId: 'BTC', side, quantity },
})

/** The journal, the balances, the holds of open orders and their rows agree. */
async function expectSound(): Promise<void> {
  const { ledger, main } = world
  const { discrepancies } = await verifyWithOrders(ledger, main.deps.store)
  expect(discrepancies).toEqual([])
}

const cents = (text: string): number => Math.round(Number(text) * 100)
const sumOf = (order: Read, field: 'total' | 'fee'): number =>
  order.fills.reduce((sum, fill) => sum + cents(fill[field]), 0)

describe('a limit order that is larger than the market is deep', () => {
  it('fills in part, and sets aside exactly what the rest needs', async () => {
    const order = await send(limit('BUY', '0.05', '64040'))
    // Whole: 0.009995 at 64,032 and 0.040005 at 64,040 are 3,201.93, and 1.60 and 2.57 of fees.
    expect(order).toMatchObject({
      ...{ status: 'PARTIALLY_FILLED', filledQuantity: '0.009995', remainingQuantity: '0.040005' },
      ...{ averagePrice: '64032', total: '641.60', fee: '1.60', heldCash: '2564.50' },
      fills: [{ number: 1, price: '64032', quantity: '0.009995', total: '641.60', fee: '1.60' }],
      receipt: [{ kind: 'BUY', cashHeldChange: '2564.50', cashChange: '-641.60' }],
    })
    await expectSound()
  })

  it('goes on with every tick until it is filled, and its fills sum to it', async () => {
    const { id } = await send(limit('BUY', '0.03', '64040'))
    await world.tick('64000')
    expect(await readBack(id)).toMatchObject({ status: 'PARTIALLY_FILLED', liquidity: 'TAKER' })
    await world.tick('64000')
    await world.tick('64000')
    const order = await readBack(id)
    expect(order).toMatchObject({
      ...{ status: 'COMPLETED', filledQuantity: '0.03', remainingQuantity: '0', heldCash: null },
    })
    expect(order.fills.map(({ quantity }) => quantity)).toEqual([
      ...['0.009995', '0.009995', '0.009995', '0.000015'],
    ])
    // 0.03 at 64,032; a taker's fee for 640.00 and a maker's for 1,280.96.
    expect(order).toMatchObject({ total: '1923.85', fee: '2.89' })
    expect([sumOf(order, 'total'), sumOf(order, 'fee')]).toEqual([192385, 289])
    await expectSound()
  })

  it('is sold in the same way', async () => {
    await send(atMarket('BUY', '0.03'))
    const sale = await send(limit('SELL', '0.03', '63960'))
    expect(sale).toMatchObject({ status: 'PARTIALLY_FILLED', filledQuantity: '0.010005' })
    await world.tick('64000')
    await world.tick('64000')
    const sold = await readBack(sale.id)
    expect(sold).toMatchObject({ status: 'COMPLETED', quantity: '0.03' })
    expect(sumOf(sold, 'total')).toBe(cents(String(sold['total'])))
    expect(await world.holding('alice_1', 'BTC')).toBeUndefined()
    await expectSound()
  })

  it('is found among the open orders, and its owner is told of each part', async () => {
    const waits = await send(limit('BUY', '0.05', '63000'))
    await world.tick('62960')
    const open = `{ _entities(representations: [{ __typename: "User", username: "alice_1" }]) { ... on User {
      orders(filter: { statuses: [PARTIALLY_FILLED] }) { nodes { id } } } } }`
    const { data } = await world.ask('alice_1', open)
    expect(data).toEqual({ _entities: [{ orders: { nodes: [{ id: waits.id }] } }] })
    expect(world.received().at(-1)).toMatchObject({
      ...{ orderId: waits.id, status: 'PARTIALLY_FILLED', filledQuantity: '0.0101601' },
    })
    const slice = { username: 'alice_1', first: 5, after: undefined, nowMs: world.clock.now() }
    const { notifications } = await listNotifications(world.main.deps.outbox, slice)
    expect(notifications[0]?.text).toBe(
      'Your limit order bought 0.0101601 of 0.05 BTC at $62,991.48 so far; the rest waits.',
    )
  })
})

describe('the depth of a tick', () => {
  it('is there once for the orders of an account, and again for another account', async () => {
    const first = await send(limit('BUY', '0.02', '64040'))
    const second = await send(limit('BUY', '0.02', '64040'))
    expect(first).toMatchObject({ status: 'PARTIALLY_FILLED', filledQuantity: '0.009995' })
    expect(second).toMatchObject({ status: 'PENDING', filledQuantity: '0', heldCash: '1282.09' })
    const others = await send(limit('BUY', '0.02', '64040'), 'bobby_1')
    expect(others).toMatchObject({ status: 'PARTIALLY_FILLED', filledQuantity: '0.009995' })
    expect(await send(atMarket('BUY', '0.001'))).toMatchObject({ price: '64064' })
  })

  it('is listed with the fills of its holding, also once its rest is cancelled', async () => {
    const unfilled = await send(limit('BUY', '0.05', '63000'))
    const { id } = await send(limit('BUY', '0.03', '64040'))
    const list = `query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on Holding { fills { nodes { id status } } } } }`
    const of = [{ __typename: 'Holding', username: 'alice_1', assetId: 'BTC' }]
    const fills = async () => (await world.ask('alice_1', list, { of })).data?.['_entities']
    expect(await fills()).toEqual([{ fills: { nodes: [{ id, status: 'PARTIALLY_FILLED' }] } }])
    for (const orderId of [id, unfilled.id]) {
      await world.cancel('alice_1', orderId)
    }
    expect(await fills()).toEqual([{ fills: { nodes: [{ id, status: 'CANCELLED' }] } }])
  })

  it('is used by whichever process sees it, once', async () => {
    const { id } = await send(limit('BUY', '0.05', '63000'))
    // Both processes match each tick.
    await world.tick('62960')
    expect(await readBack(id)).toMatchObject({ filledQuantity: '0.0101601' })
    // The same price of the same moment again, as after a reconnection.
    world.quotes.set('BTC', '62960')
    await world.settle()
    expect((await readBack(id)).fills).toHaveLength(1)
    await expectSound()
  })
})

describe('an order that may not wait', () => {
  it('fills as far as it can and cancels the rest, when it is IOC', async () => {
    const order = await send(limit('BUY', '0.05', '64040', { timeInForce: 'IOC' }))
    expect(order).toMatchObject({
      ...{ status: 'CANCELLED', filledQuantity: '0.009995', total: '641.60', heldCash: null },
      reason:
        'The market had less at the limit: an immediate or cancel order does not wait for the rest.',
    })
    expect(await world.account('alice_1')).toMatchObject({ available: 935840n, held: 0n })
    await expectSound()
  })

  it('fills whole or not at all, when it is FOK', async () => {
    const order = await send(limit('BUY', '0.05', '64040', { timeInForce: 'FOK' }))
    expect(order).toMatchObject({ status: 'CANCELLED', filledQuantity: '0', fills: [] })
    const small = await send(limit('BUY', '0.009', '64040', { timeInForce: 'FOK' }))
    expect(small).toMatchObject({ status: 'COMPLETED', filledQuantity: '0.009' })
  })

  it.each([
    ['FOK', 'a fill or kill order fills whole at once or not at all.'],
    ['IOC', 'an immediate or cancel order does not wait.'],
  ])(
    'says whether the market was not at its limit or had too little there, when it is %s',
    async (timeInForce, rest) => {
      const reasonOf = async (quantity: string, limitPrice: string) =>
        (await send(limit('BUY', quantity, limitPrice, { timeInForce })))['reason']
      expect(await reasonOf('0.01', '64031.99')).toBe(`The market was not at the limit: ${rest}`)
      if (timeInForce === 'FOK') {
        expect(await reasonOf('0.01', '64032')).toBe(
          `The market had too little at the limit: ${rest}`,
        )
      }
      // The account itself takes all that there is at the limit.
      expect(await reasonOf('0.009995', '64032')).toBeNull()
      expect(await reasonOf('0.001', '64032')).toBe(
        `The market had too little at the limit: ${rest}`,
      )
    },
  )
})

describe('an order of which a part has filled', () => {
  it('gives back only its rest when it is cancelled', async () => {
    const { id } = await send(limit('BUY', '0.05', '64040'))
    await world.cancel('alice_1', id)
    expect(await readBack(id)).toMatchObject({
      ...{ status: 'CANCELLED', filledQuantity: '0.009995', total: '641.60', heldCash: null },
    })
    expect(await world.account('alice_1')).toMatchObject({ available: 935840n, held: 0n })
    await expectSound()
  })

  it('and when it expires', async () => {
    const expiresAt = new Date(world.clock.now() + 60_000).toISOString()
    const { id } = await send(limit('BUY', '0.05', '64040', { expiresAt }))
    world.clock.advance(60_000)
    await expireDue(world.main.deps)
    expect(await readBack(id)).toMatchObject({ status: 'EXPIRED', filledQuantity: '0.009995' })
    expect(await world.account('alice_1')).toMatchObject({ available: 935840n, held: 0n })
    await expectSound()
  })

  it('is replaced by an order for its rest', async () => {
    const { id } = await send(limit('BUY', '0.05', '64040'))
    const input = { key: newKey(), orderId: id, limitPrice: '64000' }
    const next = pick(await world.ask('alice_1', replace, { input }), 'replaceOrder')
    expect(next).toMatchObject({ status: 'PENDING', quantity: '0.040005', filledQuantity: '0' })
    expect(await readBack(id)).toMatchObject({
      ...{ status: 'CANCELLED', filledQuantity: '0.009995', replacedBy: next.id },
    })
    await expectSound()
  })
})

describe('an order that fills whole', () => {
  it('is its one fill, without a row', async () => {
    const order = await send(atMarket('BUY', '0.005'))
    const { total, fee, price } = order
    expect(order.fills).toEqual([
      { number: 1, quantity: '0.005', total, fee, price, liquidity: 'TAKER' },
    ])
  })
})

it('is previewed as what it does', async () => {
  const { key: _key, ...input } = limit('BUY', '0.05', '64040')
  const preview = `query ($input: PreviewOrderInput!) { previewOrder(input: $input) {
    outcome quantity filledQuantity price total fee cashAfter } }`
  const said = pick(await world.ask('alice_1', preview, { input }), 'previewOrder')
  expect(said).toEqual({
    ...{ outcome: 'PART', quantity: '0.05', filledQuantity: '0.009995', price: '64032' },
    ...{ total: '3206.10', fee: '4.17', cashAfter: '6793.90' },
  })
  await send({ key: newKey(), ...input })
  expect(await world.account('alice_1')).toMatchObject({ available: 679390n })
})
