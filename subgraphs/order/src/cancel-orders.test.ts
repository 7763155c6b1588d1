import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import type { OrderParts } from './server.ts'
import {
  cancelOrder,
  codeOf,
  limit,
  type LimitWorld,
  startLimitWorld,
} from './testing/limit-world.ts'

let world: LimitWorld
beforeAll(async () => {
  world = await startLimitWorld()
})
afterAll(() => world.stop())
beforeEach(() => world.reset())

const mutation = `mutation ($input: CancelOrdersInput!) { cancelOrders(input: $input) {
  cancelledCount endedCount remainingCount } }`

const cancelAll = (input: object = {}, username = 'alice_1') =>
  world.ask(username, mutation, { input })

const counts = (cancelledCount: number, endedCount = 0, remainingCount = 0) => ({
  data: { cancelOrders: { cancelledCount, endedCount, remainingCount } },
})

/** Two buys and a sale of BTC, and a buy of DOGE. */
async function placeFour() {
  await world.placed('alice_1', limit('BUY', '0.1', '64000'))
  const place = async (input: object) => (await world.placed('alice_1', input)).id
  return {
    buys: [
      await place(limit('BUY', '0.01', '60000')),
      await place(limit('BUY', '0.01', '50000')),
    ] as const,
    sale: await place(limit('SELL', '0.1', '70000')),
    other: await place(limit('BUY', '100', '0.05', { assetId: 'DOGE' })),
  }
}

const statusOf = async (id: string) => (await world.readBack('alice_1', id))['status']

it('cancels every open order and returns what they held, once', async () => {
  const { buys, sale, other } = await placeFour()
  const bobs = await world.placed('bobby_1', limit('BUY', '0.01', '60000'))
  expect(await cancelAll()).toEqual(counts(4))
  for (const id of [...buys, sale, other]) expect(await statusOf(id)).toBe('CANCELLED')
  expect(await world.account('alice_1')).toMatchObject({ available: usd('3600'), held: 0n })
  expect(await world.holding('alice_1', 'BTC')).toMatchObject({
    available: quantity('0.1'),
    held: 0n,
  })
  expect(await world.readBack('bobby_1', bobs.id)).toMatchObject({ status: 'PENDING' })
  expect(await cancelAll()).toEqual(counts(0))
})

it('cancels those of one asset, of one side, or of both', async () => {
  const { buys, sale, other } = await placeFour()
  expect(await cancelAll({ assetId: 'btc', side: 'SELL' })).toEqual(counts(1))
  expect(await statusOf(sale)).toBe('CANCELLED')
  expect(await cancelAll({ assetId: 'DOGE' })).toEqual(counts(1))
  expect(await statusOf(other)).toBe('CANCELLED')
  expect(await statusOf(buys[0])).toBe('PENDING')
  expect(await cancelAll({ side: 'SELL' })).toEqual(counts(0))
  expect(await cancelAll({ side: 'BUY' })).toEqual(counts(2))
})

it('refuses an asset that is not there, and no asset with orders', async () => {
  const { other } = await placeFour()
  expect(await cancelAll({ assetId: 'nope' })).toMatchObject({
    errors: [{ extensions: { code: 'ASSET_NOT_FOUND', details: { assetId: 'NOPE' } } }],
  })
  expect(await cancelAll({ assetId: 'OLD' })).toEqual(counts(0))
  world.quotes.remove('DOGE')
  expect(await cancelAll({ assetId: 'DOGE' })).toEqual(counts(1))
  world.quotes.set('DOGE', '0.1')
  expect(await statusOf(other)).toBe('CANCELLED')
})

it('cancels at most a hundred in one call, and says how many remain', async () => {
  for (let placed = 0; placed < 102; placed += 1) {
    await world.placed('alice_1', limit('BUY', '0.001', '50000'))
  }
  expect(await cancelAll()).toEqual(counts(100, 0, 2))
  expect(await world.account('alice_1')).toMatchObject({ held: usd('100') })
  expect(await cancelAll()).toEqual(counts(2))
  expect(await world.account('alice_1')).toMatchObject({ available: usd('10000'), held: 0n })
})

it('races with fills and other cancellations: every order ends once, and the counts add up', async () => {
  for (let placed = 0; placed < 12; placed += 1) {
    await world.placed('alice_1', limit('BUY', '0.001', placed % 2 ? '60000' : '50000'))
  }
  const racing = [cancelAll(), world.ask('alice_1', mutation, { input: {} }, world.second())]
  world.quotes.set('BTC', '59000')
  const answers = await Promise.all(racing)
  await world.settle()
  for (const answer of answers) {
    const { cancelledCount, endedCount, remainingCount } = answer.data!['cancelOrders'] as Record<
      string,
      number
    >
    expect(cancelledCount! + endedCount!).toBeLessThanOrEqual(12)
    expect(remainingCount).toBe(0)
  }
  const account = await world.account('alice_1')
  const bought = (await world.holding('alice_1', 'BTC'))?.available ?? 0n
  expect(account.held).toBe(0n)
  expect(account.available).toBe(usd('10000') - (bought / quantity('0.001')) * usd('59'))
})

it('counts an order in the answer of the call that cancelled it, and in no other', async () => {
  for (let round = 0; round < 5; round += 1) {
    for (let placed = 0; placed < 4; placed += 1) {
      await world.placed('alice_1', limit('BUY', '0.001', '50000'))
    }
    const answers = await Promise.all([
      cancelAll(),
      world.ask('alice_1', mutation, { input: {} }, world.second()),
      cancelAll(),
    ])
    const sum = (pick: 'cancelledCount' | 'remainingCount') =>
      answers
        .map(({ data }) => (data!['cancelOrders'] as Record<string, number>)[pick]!)
        .reduce((total, count) => total + count, 0)
    expect(sum('cancelledCount')).toBe(4)
    expect(sum('remainingCount')).toBe(0)
  }
})

it('refuses what is no ticker', async () => {
  expect(codeOf(await cancelAll({ assetId: 'no asset' }))).toBe('BAD_USER_INPUT')
})

describe('an order that replaced another', () => {
  let replacements = 0
  const replace = (orderId: string, at?: OrderParts) =>
    world.ask(
      'alice_1',
      'mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) { order { id } } }',
      { input: { key: `replace-${100_000 + ++replacements}`, orderId, limitPrice: '50000' } },
      at,
    )
  const buy = () => world.placed('alice_1', limit('BUY', '0.1', '60000'))

  it('is named by the refusal to cancel the replaced one, and stays open', async () => {
    const old = await buy()
    const { data } = await replace(old.id)
    const { order } = data!['replaceOrder'] as { order: { id: string } }
    const refused = await world.ask('alice_1', cancelOrder, { id: old.id })
    expect(refused.errors?.[0]?.extensions).toMatchObject({
      code: 'ORDER_NOT_CANCELLABLE',
      details: { orderId: old.id, status: 'CANCELLED', replacedBy: order.id },
    })
    expect(await statusOf(order.id)).toBe('PENDING')
    expect((await world.ask('alice_1', cancelOrder, { id: order.id })).errors).toBeUndefined()
  })

  it('is cancelled too by a cancellation of all orders that began before it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const old = await buy()
      const [, cancelled] = await Promise.all([replace(old.id, world.second()), cancelAll()])
      expect(cancelled).toEqual(counts(1))
      expect(await world.account('alice_1')).toMatchObject({ held: 0n })
    }
  })
})
