import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { tradesAdded } from '@cnop/schema/events'
import { startOrderWorld, type OrderWorld } from './testing/order-world.ts'

let world: OrderWorld
beforeAll(async () => {
  world = await startOrderWorld({ ORDER_FEE_BASIS_POINTS: '10' })
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.reset()
  await world.openUser('alice_1', '100000')
})

const placeText = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id status } } }`
let keys = 0
const place = (input: object) =>
  world.ask('alice_1', placeText, { input: { key: `trade-key-${(keys += 1)}`, ...input } })

const buy = (quantity: string) => ({ side: 'BUY', type: 'MARKET', assetId: 'BTC', quantity })

const read = async (assetId: string, first?: number, username?: string) =>
  world.ask(
    username,
    `query ($first: Int) { _entities(representations: [{ __typename: "Asset", id: "${assetId}" }]) {
      ... on Asset { recentTrades(first: $first) { price quantity side executedAt } } } }`,
    first === undefined ? {} : { first },
  )

type Trades = readonly Readonly<Record<string, string>>[]

async function tradesOf(assetId: string, first?: number): Promise<Trades> {
  const { data } = await read(assetId, first)
  return (data?.['_entities'] as { recentTrades: Trades }[])[0]!.recentTrades
}

describe('the recent trades of an asset', () => {
  it('are its fills, newest first, with no more than what was traded, for everyone', async () => {
    const before = await tradesOf('BTC', 50)
    world.clock.advance(1_234)
    await place(buy('0.1'))
    await place({ ...buy('0.05'), side: 'SELL' })
    const [sale, bought, ...older] = await tradesOf('BTC', 50)
    const second = `${new Date(world.clock.now()).toISOString().slice(0, 19)}.000Z`
    expect(sale).toEqual({ price: '64000', quantity: '0.05', side: 'SELL', executedAt: second })
    expect(bought).toEqual({ price: '64000', quantity: '0.1', side: 'BUY', executedAt: second })
    expect(older).toEqual(before)
    expect(await tradesOf('DOGE')).toEqual([])
  })

  it('have an order that waits only when it fills, and none that ends otherwise', async () => {
    await place(buy('0.1'))
    const before = await tradesOf('BTC', 50)
    const limit = { ...buy('0.03'), type: 'LIMIT', limitPrice: '63000' }
    await place(limit)
    await place({ ...limit, quantity: '0.04', timeInForce: 'IOC' })
    expect(await tradesOf('BTC', 50)).toEqual(before)
    const added = new Promise<void>((resolve) => {
      void world.bus.subscribe(tradesAdded, () => resolve())
    })
    world.quotes.set('BTC', '62000')
    await added
    const [newest] = await tradesOf('BTC', 1)
    expect(newest).toMatchObject({ price: '62000', quantity: '0.03', side: 'BUY' })
    world.quotes.set('BTC', '64000')
  })

  it('have an order once, however often it is sent', async () => {
    const count = (await tradesOf('BTC', 50)).length
    const input = { key: 'one-and-the-same', ...buy('0.01') }
    await world.ask('alice_1', placeText, { input })
    await world.ask('alice_1', placeText, { input })
    expect(await tradesOf('BTC', 50)).toHaveLength(count + 1)
  })

  it('are 20 unless said otherwise, and 50 at most', async () => {
    for (let count = 0; count < 55; count += 1) await place(buy('0.001'))
    expect(await tradesOf('BTC')).toHaveLength(20)
    expect(await tradesOf('BTC', 50)).toHaveLength(50)
    expect(await tradesOf('BTC', 1)).toHaveLength(1)
    for (const first of [0, 51, -1]) {
      const { data, errors } = await read('BTC', first)
      expect(data?.['_entities']).toEqual([{ recentTrades: null }])
      expect(errors?.[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { field: 'first' },
      })
    }
  })
})

it('a message to those who follow says of which asset a trade was, and nothing of the trade', async () => {
  const heard = new Promise<object>((resolve) => {
    void world.bus.subscribe(tradesAdded, resolve)
  })
  await place({ side: 'BUY', type: 'MARKET', assetId: 'DOGE', quantity: '7000' })
  expect(await heard).toEqual({ assetId: 'DOGE', mark: expect.stringMatching(/^[\w-]{8}$/) })
})
