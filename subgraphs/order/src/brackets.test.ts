import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import { readIndex } from '@cnop/kit/read'
import { fillOrder } from './commands/finish-order.ts'
import { verifyWithOrders } from './commands/verify-with-orders.ts'
import { expireDue } from './jobs/expire-orders.ts'
import { listEvery, readOrder } from './store/orders.ts'
import { codeOf, limit, pick } from './testing/limit-world.ts'
import {
  oco,
  startStopWorld,
  stop,
  stopLimit,
  type StopWorld,
  trailing,
} from './testing/stop-world.ts'

let world: StopWorld
beforeAll(async () => {
  world = await startStopWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

const placed = (input: object) => world.placed('alice_1', input)
const readBack = (id: unknown) => world.readBack('alice_1', String(id))
const refusal = async (input: object) =>
  (await world.send('alice_1', input)).errors?.[0]?.extensions
const exits = { takeProfitPrice: '70000', stopLossPrice: '60000' }
const market = (more: object = {}) => ({
  ...limit('BUY', '0.1', '1', more),
  ...{ type: 'MARKET', limitPrice: null },
})
const orders = () => listEvery(world.main.deps.store, 'alice_1', 'all')

async function expectSound(): Promise<void> {
  const ledger = { ...world.ledger, now: world.clock.now }
  expect((await verifyWithOrders(ledger, world.main.deps.store)).discrepancies).toEqual([])
}

describe('a buy with exits', () => {
  it('opens the sale at both prices with its fill, holding what it bought', async () => {
    const entry = await placed(limit('BUY', '0.1', '63000', exits))
    expect(entry).toMatchObject({ status: 'PENDING', ...exits, exitOrderId: null })
    expect(await orders()).toHaveLength(1)
    world.forget()
    await world.tick('62900')
    const filled = await readBack(entry.id)
    expect(filled).toMatchObject({
      status: 'COMPLETED',
      receipt: [
        { kind: 'HOLD' },
        { kind: 'BUY', quantityChange: '0.1', quantityHeldChange: '0.1' },
      ],
    })
    const sale = await readBack(filled['exitOrderId'])
    expect(sale).toMatchObject({
      ...{ side: 'SELL', type: 'OCO', status: 'PENDING', quantity: '0.1', timeInForce: 'GTC' },
      ...{ limitPrice: '70000', stopPrice: '60000', entryOrderId: entry.id },
      receipt: [{ kind: 'BUY' }],
    })
    expect(await world.holding('alice_1', 'BTC')).toMatchObject({
      available: 0n,
      held: quantity('0.1'),
    })
    expect(world.received().map(({ orderId, status }) => [orderId, status])).toEqual([
      [entry.id, 'COMPLETED'],
      [sale.id, 'PENDING'],
    ])
    await expectSound()
    await world.tick('59000')
    expect(await readBack(sale.id)).toMatchObject({
      status: 'COMPLETED',
      total: '5900.00',
      receipt: [{ kind: 'BUY' }, { kind: 'SELL' }],
    })
    expect(await world.account('alice_1')).toMatchObject({ available: usd('9610'), held: 0n })
    await expectSound()
  })

  it.each([
    [{ takeProfitPrice: '70000' }, { type: 'LIMIT', limitPrice: '70000', stopPrice: null }],
    [{ stopLossPrice: '60000' }, { type: 'STOP', limitPrice: null, stopPrice: '60000' }],
    [
      { stopLossPrice: '60000', stopLossLimitPrice: '59000' },
      { type: 'STOP_LIMIT', limitPrice: '59000', stopPrice: '60000' },
    ],
    [
      { ...exits, stopLossLimitPrice: '59000' },
      { type: 'OCO', limitPrice: '70000', stopPrice: '60000', stopLimitPrice: '59000' },
    ],
  ])('opens a sale of one kind: %j', async (exit, sale) => {
    const { exitOrderId } = await placed(market(exit))
    expect(await readBack(exitOrderId)).toMatchObject({ side: 'SELL', status: 'PENDING', ...sale })
    await expectSound()
  })

  it.each([
    ['a market order', () => market(exits), undefined],
    ['a stop', () => stop('BUY', '0.1', '65000', exits), '65100'],
    ['a stop-limit', () => stopLimit('BUY', '0.1', '65000', '65500', exits), '65100'],
    ['an IOC', () => limit('BUY', '0.1', '64000', { ...exits, timeInForce: 'IOC' }), undefined],
  ] as const)('does so for %s', async (_, input, price) => {
    const { id } = await placed(input())
    if (price !== undefined) await world.tick(price)
    const { status, exitOrderId } = await readBack(id)
    expect(status).toBe('COMPLETED')
    expect(await readBack(exitOrderId)).toMatchObject({ type: 'OCO', status: 'PENDING' })
    await expectSound()
  })

  it('opens one sale, when two processes fill it at the same moment', async () => {
    const { id } = await placed(limit('BUY', '0.1', '63000', exits))
    const [one, two] = [world.main.deps, world.second().deps]
    const known = (await readOrder(one.store, { username: 'alice_1', orderId: id }))!
    world.clock.advance(1_000)
    world.quotes.set('BTC', '62000')
    const quote = (await one.quotes.current('BTC'))!
    await Promise.all([one, two, one].map((deps) => fillOrder(deps, known, quote)))
    await world.settle()
    expect(await orders()).toHaveLength(2)
    await expectSound()
  })
})

describe('an entry that does not fill', () => {
  it.each([
    ['is cancelled', (id: string) => world.cancel('alice_1', id)],
    [
      'expires',
      async () => {
        world.clock.advance(2 * 86_400_000)
        await expireDue(world.main.deps)
      },
    ],
  ])('opens nothing when it %s', async (_, end) => {
    const { id } = await placed(limit('BUY', '0.1', '63000', { ...exits, timeInForce: 'DAY' }))
    await end(id)
    await world.tick('62000')
    expect(await orders()).toHaveLength(1)
    expect(await world.account('alice_1')).toMatchObject({ available: usd('10000'), held: 0n })
    const { db } = world.main.deps.store
    expect(await readIndex(db, { table: 'orders', index: 'waiting', most: 10 })).toEqual([])
    await expectSound()
  })

  it('opens nothing when it may not wait', async () => {
    await placed(limit('BUY', '0.1', '63000', { ...exits, timeInForce: 'IOC' }))
    expect(await orders()).toHaveLength(1)
  })
})

it('hands its exits on when it is replaced, changed or not', async () => {
  const mutation = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) {
    order { id status takeProfitPrice stopLossPrice exitOrderId } } }`
  let keys = 0
  const replace = (orderId: string, changes: object) =>
    world.ask('alice_1', mutation, { input: { key: `exit-${++keys}0000`, orderId, ...changes } })
  const { id } = await placed(limit('BUY', '0.1', '62000', exits))
  const waits = pick(await replace(id, { takeProfitPrice: '75000' }), 'replaceOrder')
  expect(waits).toMatchObject({ status: 'PENDING', takeProfitPrice: '75000', exitOrderId: null })
  expect(codeOf(await replace(waits.id, { limitPrice: '59000' }))).toBe('BAD_USER_INPUT')
  const both = { takeProfitPrice: '76000', removeTakeProfit: true }
  expect((await replace(waits.id, both)).errors?.[0]?.extensions).toMatchObject({
    ...{ code: 'BAD_USER_INPUT', details: { field: 'takeProfitPrice' } },
  })
  expect(codeOf(await replace(waits.id, { removeStopLoss: false }))).toBe('BAD_USER_INPUT')
  const filled = pick(await replace(waits.id, { limitPrice: '65000' }), 'replaceOrder')
  expect(filled).toMatchObject({ status: 'COMPLETED', stopLossPrice: '60000' })
  expect(await readBack(filled['exitOrderId'])).toMatchObject({ limitPrice: '75000' })
  expect(await orders()).toHaveLength(4)
  await expectSound()
})

it('loses the exits that a replacement removes, and keeps those that it leaves null', async () => {
  const mutation = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) {
    order { id status takeProfitPrice stopLossPrice stopLossLimitPrice exitOrderId } } }`
  const replace = async (key: string, orderId: string, changes: object) =>
    pick(
      await world.ask('alice_1', mutation, { input: { key, orderId, ...changes } }),
      'replaceOrder',
    )
  const { id } = await placed(
    limit('BUY', '0.1', '62000', { ...exits, stopLossLimitPrice: '59000' }),
  )
  const kept = { takeProfitPrice: null, stopLossPrice: null, removeTakeProfit: true }
  const stopOnly = await replace('remove-1', id, kept)
  expect(stopOnly).toMatchObject({
    ...{ takeProfitPrice: null, stopLossPrice: '60000', stopLossLimitPrice: '59000' },
  })
  expect(await replace('remove-1', id, kept)).toEqual(stopOnly)
  const again = { input: { key: 'remove-3', orderId: stopOnly.id, removeTakeProfit: true } }
  expect((await world.ask('alice_1', mutation, again)).errors?.[0]?.extensions).toMatchObject({
    ...{ code: 'BAD_USER_INPUT', details: { field: 'removeTakeProfit' } },
  })
  const plain = { removeStopLoss: true, limitPrice: '65000' }
  const filled = await replace('remove-2', stopOnly.id, plain)
  expect(filled).toMatchObject({
    ...{ status: 'COMPLETED', stopLossPrice: null, stopLossLimitPrice: null, exitOrderId: null },
  })
  expect(await orders()).toHaveLength(3)
  await expectSound()
})

it.each(['59900', '66100'])(
  'of an OCO buy open with whichever side fills, at %s',
  async (price) => {
    const sides = { limitPrice: '60000', stopPrice: '66000' }
    const entry = await placed(
      oco('BUY', '0.1', sides, { takeProfitPrice: '70000', stopLossPrice: '55000' }),
    )
    await world.tick(price)
    const filled = await readBack(entry.id)
    expect(filled).toMatchObject({ status: 'COMPLETED' })
    expect(await readBack(filled['exitOrderId'])).toMatchObject({
      ...{ type: 'OCO', status: 'PENDING', limitPrice: '70000', stopPrice: '55000' },
    })
    await expectSound()
  },
)

it('previews what a fill leaves available', async () => {
  const query = `query ($input: PreviewOrderInput!) { previewOrder(input: $input) {
    outcome cashAfter quantityAfter refusal } }`
  const { key: _key, ...input } = market(exits) as Record<string, unknown>
  const { data } = await world.ask('alice_1', query, { input })
  expect(data?.['previewOrder']).toEqual({
    ...{ outcome: 'FILL', cashAfter: '3600.00', quantityAfter: '0', refusal: null },
  })
})

it('counts the sale like an order of its own', async () => {
  expect(await refusal(market({ takeProfitPrice: '100001' }))).toMatchObject({
    code: 'ORDER_TOO_LARGE',
    details: { field: 'takeProfitPrice', value: '10000.10' },
  })
  expect(await refusal(market({ stopLossPrice: '0.000001' }))).toMatchObject({
    ...{ code: 'ORDER_TOO_SMALL', details: { field: 'stopLossPrice' } },
  })
})

it('counts the sale among the open orders', async () => {
  const strict = await world.openProcess({ ORDER_MAX_OPEN: '1', ORDER_JOBS: 'false' })
  const wait = (input: object) => world.send('alice_1', input, strict)
  pick(await wait(market({ ...exits, quantity: '0.01' })), 'placeOrder')
  expect(codeOf(await wait(market({ ...exits, quantity: '0.01' })))).toBe('LIMIT_REACHED')
  pick(await wait(market({ quantity: '0.01' })), 'placeOrder')
})

it.each([
  [limit('BUY', '0.01', '63000', { takeProfitPrice: '63000' }), 'takeProfitPrice'],
  [limit('BUY', '0.01', '63000', { stopLossPrice: '63000' }), 'stopLossPrice'],
  [stop('BUY', '0.01', '65000', { takeProfitPrice: '65000' }), 'takeProfitPrice'],
  [market({ takeProfitPrice: '64000' }), 'takeProfitPrice'],
  [market({ stopLossPrice: '64000' }), 'stopLossPrice'],
  [market({ takeProfitPrice: '1000000.01' }), 'takeProfitPrice'],
  [market({ stopLossPrice: '0' }), 'stopLossPrice'],
  [limit('SELL', '0.01', '70000', { stopLossPrice: '60000' }), 'stopLossPrice'],
  [trailing('BUY', '0.01', 100, { takeProfitPrice: '64640' }), 'takeProfitPrice'],
  [trailing('BUY', '0.01', 100, { stopLossPrice: '64640' }), 'stopLossPrice'],
  [market({ stopLossLimitPrice: '60000' }), 'stopLossLimitPrice'],
  [market({ ...exits, stopLossLimitPrice: '60000.01' }), 'stopLossLimitPrice'],
  [
    oco('BUY', '0.01', { limitPrice: '60000', stopPrice: '66000' }, { takeProfitPrice: '66000' }),
    'takeProfitPrice',
  ],
  [
    oco('BUY', '0.01', { limitPrice: '60000', stopPrice: '66000' }, { stopLossPrice: '60000' }),
    'stopLossPrice',
  ],
])('refuses %j by its form', async (input, field) => {
  expect(await refusal(input)).toMatchObject({ code: 'BAD_USER_INPUT', details: { field } })
})
