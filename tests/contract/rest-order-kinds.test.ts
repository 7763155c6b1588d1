import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type Client, createClient } from '../world/client.ts'
import { createRestClient, createRestUser, type RestUser } from '../world/rest.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let user: RestUser
let graphql: Client

beforeAll(async () => {
  world = await startWorld()
  user = await createRestUser(createRestClient(world.origin), '5000')
  graphql = createClient(world.origin, user.token)
})
afterAll(() => world.stop())

const place = 'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }'
const replace =
  'mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) { order { id } } }'
let keys = 0

async function run(document: string, input: object): Promise<string> {
  const key = `kinds-${String(++keys).padStart(6, '0')}`
  const { data, errors } = await graphql.ask<Record<string, { order: { id: string } }>>(document, {
    input: { key, ...input },
  })
  expect(errors).toEqual([])
  return Object.values(data ?? {})[0]?.order.id ?? ''
}

type Row = Readonly<Record<string, unknown>>

async function listed(query: string): Promise<readonly Row[]> {
  const { status, body } = await user.call('GET', `/orders?${query}`)
  expect(status).toBe(200)
  return (body as { data: readonly Row[] }).data
}

const read = async (id: string): Promise<Row> =>
  ((await user.call('GET', `/orders/${id}`)).body as { data: Row }).data

it('shows orders of other clients as market and limit orders, in its own statuses', async () => {
  const buy = { side: 'BUY', assetId: 'BTC', quantity: '0.001' }
  const stop = await run(place, { ...buy, type: 'STOP', stopPrice: '900000' })
  const prices = { stopPrice: '900000', limitPrice: '950000' }
  const stopLimit = await run(place, { ...buy, type: 'STOP_LIMIT', ...prices })
  const unmet = { type: 'LIMIT', limitPrice: '1000', timeInForce: 'IOC' }
  const trailing = await run(place, { ...buy, type: 'TRAILING_STOP', trailBasisPoints: 4_000 })
  const oco = await run(place, { ...buy, type: 'OCO', stopPrice: '900000', limitPrice: '3000' })
  const ioc = await run(place, { ...buy, ...unmet, clientOrderId: 'from elsewhere' })
  const old = await run(place, { ...buy, type: 'LIMIT', limitPrice: '1000', timeInForce: 'DAY' })
  const changed = await run(replace, { orderId: old, limitPrice: '2000' })

  const keysOfOrder = [
    ...['order_id', 'order_type', 'asset_id', 'quantity', 'price', 'created_at'],
    ...['status', 'total_amount'],
  ].sort()
  const shown = [
    [stop, 'market_buy', 'pending', null],
    [stopLimit, 'limit_buy', 'pending', '950000'],
    [trailing, 'market_buy', 'pending', null],
    [oco, 'limit_buy', 'pending', '3000'],
    [ioc, 'limit_buy', 'cancelled', '1000'],
    [old, 'limit_buy', 'cancelled', '1000'],
    [changed, 'limit_buy', 'pending', '2000'],
  ] as const
  for (const [id, order_type, status, price] of shown) {
    const order = await read(id)
    expect(order).toMatchObject({ order_type, status, price, total_amount: null })
    expect(Object.keys(order).sort()).toEqual(keysOfOrder)
  }
  const idsOf = async (query: string) => (await listed(query)).map(({ order_id }) => order_id)
  expect(await idsOf('limit=10')).toEqual([changed, old, ioc, oco, trailing, stopLimit, stop])
  expect(await idsOf('order_type=market_buy')).toEqual([trailing, stop])
  expect(await idsOf('order_type=limit_buy')).toEqual([changed, old, ioc, oco, stopLimit])
  expect(await idsOf('order_type=limit_sell')).toEqual([])
})

it('places no other kinds itself', async () => {
  const body = { order_type: 'stop_buy', asset_id: 'BTC', quantity: 0.001, price: 900_000 }
  expect((await user.call('POST', '/orders', { body })).status).toBe(422)
})
