import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type Client, createClient } from '../world/client.ts'
import { createRestClient, createRestUser, type RestUser } from '../world/rest.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

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

it('judges the digits of a number as they were sent', async () => {
  const { body: before } = await user.call('GET', '/balance')
  const order = '"order_type": "limit_buy", "asset_id": "BTC", "quantity"'
  // A double would round the first two to amounts that are accepted, and is infinite or nothing for others.
  for (const [path, fields, type] of [
    ['/balance/deposit', '"amount": 1.1000000000000000001', 'decimal_max_places'],
    ['/balance/deposit', '"amount": 2.000000000000000000001', 'decimal_max_places'],
    ['/balance/deposit', '"amount": 1.12345678901234567', 'decimal_max_places'],
    ['/balance/deposit', '"amount": 1e-400', 'decimal_max_places'],
    ['/balance/deposit', '"amount": 9007199254740993', 'less_than_equal'],
    ['/balance/deposit', '"amount": 1e400', 'less_than_equal'],
    ['/balance/deposit', `"amount": ${'1'.repeat(65)}`, 'decimal_max_digits'],
    ['/orders', `${order}: 12345678901234567890`, 'decimal_whole_digits'],
    ['/orders', `${order}: 1e400`, 'decimal_whole_digits'],
  ] as const) {
    const body = `{${fields}, "note": "1.1000000000000000001"}`
    const { status, body: answer } = await user.call('POST', path, { body })
    expect([fields, status, answer]).toMatchObject([fields, 422, { detail: [{ type }] }])
  }
  expect((await user.call('GET', '/balance')).body).toEqual(before)
  const price = '19999.123456789012'
  const sent = `{${order}: 0.001, "price": ${price}}`
  const { body: placed } = await user.call('POST', '/orders', { body: sent })
  expect(placed).toMatchObject({ data: { price } })
})

it.each([
  ['PUT', '/auth/profile', 'phone', 'string_type'],
  ['PUT', '/auth/profile', 'first_name', 'string_type'],
  ['POST', '/cny/claim', 'phrase', 'string_type'],
  ['POST', '/auth/register', 'marketing_emails_consent', 'bool_parsing'],
])(
  'takes no long number where it takes no short one: %s %s %s',
  async (method, path, name, type) => {
    for (const number of ['1234567890', '12345678901234', '12345678901234567890', '1e400']) {
      const { status, body } = await user.call(method, path, { body: `{"${name}": ${number}}` })
      const detail: unknown = expect.arrayContaining([
        expect.objectContaining({ type, loc: ['body', name] }),
      ])
      expect([number, status, body]).toMatchObject([number, 422, { detail }])
    }
    const bare = await user.call(method, path, { body: '12345678901234567890' })
    expect(bare.body).toMatchObject({ detail: [{ type: 'model_attributes_type', loc: ['body'] }] })
  },
)

it('reads an amount in text as GraphQL does, and exponents beside', async () => {
  const deposit = 'mutation ($input: CashInput!) { deposit(input: $input) { cash { available } } }'
  for (const [amount, ofRest, ofGraphql] of [
    ['00012', true, true],
    ['000.50', true, true],
    [`${'0'.repeat(40)}1`, true, true],
    ['1e1', true, false],
    ['+1', false, false],
    [' 1', false, false],
    ['1\n', false, false],
    ['.5', false, false],
    ['5.', false, false],
    ['1_000', false, false],
    ['1,000', false, false],
    ['0x10', false, false],
    ['١', false, false],
    ['１', false, false],
    ['Infinity', false, false],
  ] as const) {
    const rest = await user.call('POST', '/balance/deposit', { body: { amount } })
    const { codes } = await graphql.ask(deposit, { input: { key: newKey(), amount } })
    expect([amount, rest.status]).toEqual([amount, ofRest ? 201 : 422])
    expect([amount, codes]).toEqual([amount, ofGraphql ? [] : ['BAD_USER_INPUT']])
    if (!ofRest) expect(rest.body).toMatchObject({ detail: [{ type: 'decimal_parsing' }] })
  }
})
