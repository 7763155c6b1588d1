import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { toIso } from '@cnop/kit/clock'
import { expireDue } from './jobs/expire-orders.ts'
import { type OrderWorld, startOrderWorld } from './testing/order-world.ts'

let world: OrderWorld
beforeAll(async () => {
  world = await startOrderWorld({ ORDER_MATCH_REFRESH_MS: '1' })
})
afterAll(() => world.stop())

const place = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }`
const cancel = `mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { id } } }`

async function order(key: string, input: object, username = 'alice_1'): Promise<string> {
  const common = { key, side: 'BUY', assetId: 'BTC', quantity: '0.01' }
  const answer = await world.ask(username, place, { input: { ...common, ...input } })
  return (answer.data?.['placeOrder'] as { order: { id: string } }).order.id
}

const limitAt = (limitPrice: string, more: object = {}) => ({ type: 'LIMIT', limitPrice, ...more })

/** The series of the metric that a scrape would find, by their labels. */
async function scrape(): Promise<Record<string, number>> {
  const text = await world.main.subgraph.metrics.registry.metrics()
  const series = text.matchAll(
    /^order_outcomes_total\{outcome="(\w+)",side="(\w+)",type="(\w+)"\} (\d+)$/gm,
  )
  return Object.fromEntries(
    [...series].map(([, outcome, side, type, count]) => [
      `${outcome} ${type} ${side}`,
      Number(count),
    ]),
  )
}

it('counts the outcomes of orders, each change once', async () => {
  await world.openUser('alice_1', '10000')
  await world.openUser('bob_2', '1000')
  await order('key-00000001', { type: 'MARKET' })
  await order('key-00000001', { type: 'MARKET' })
  await order('key-00000002', { type: 'MARKET', side: 'SELL' })

  const cancelled = await order('key-00000003', limitAt('50000'))
  await world.ask('alice_1', cancel, { id: cancelled })
  await world.ask('alice_1', cancel, { id: cancelled })

  const expiresAt = toIso(world.clock.now() + 60_000)
  await order('key-00000004', limitAt('50001', { expiresAt }))
  world.clock.advance(60_000)
  await expireDue(world.main.deps)

  await order('key-00000005', limitAt('60000'))
  await order('key-00000006', limitAt('59000'), 'bob_2')
  await world.loseAccount('bob_2')
  world.quotes.set('BTC', '58000')
  await world.main.matcher!.settled()

  expect(await scrape()).toEqual({
    'placed MARKET BUY': 1,
    'filled MARKET BUY': 1,
    'placed MARKET SELL': 1,
    'filled MARKET SELL': 1,
    'placed LIMIT BUY': 4,
    'cancelled LIMIT BUY': 1,
    'expired LIMIT BUY': 1,
    'filled LIMIT BUY': 1,
    'failed LIMIT BUY': 1,
  })
})

it('counts no order that was refused', async () => {
  const before = await scrape()
  const input = { key: 'key-00000009', side: 'BUY', type: 'MARKET', assetId: 'BTC', quantity: '9' }
  const { errors } = await world.ask('alice_1', place, { input })
  expect(errors?.[0]?.extensions.code).toBe('ORDER_TOO_LARGE')
  expect(await scrape()).toEqual(before)
})
