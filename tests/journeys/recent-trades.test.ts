import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { followText, keepStreams, type StreamEvent } from '../world/stream.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
let trader: Trader
const { opened, leaveAll } = keepStreams()

beforeAll(async () => {
  world = await startWorld()
  trader = await world.trader({ cash: '9000.00' })
})
afterAll(() => world.stop())

const query = /* GraphQL */ `
  query RecentTrades($id: ID!, $first: Int) {
    asset(id: $id) {
      recentTrades(first: $first) {
        price
        quantity
        side
        executedAt
      }
    }
  }
`

interface Trades {
  readonly asset: { readonly recentTrades: readonly Readonly<Record<string, string>>[] | null }
}

const read = (id: string, first?: number) => world.stranger.ask<Trades>(query, { id, first })

interface Costed {
  readonly extensions: { readonly cost: { readonly estimated: number } }
}

const markText = /* GraphQL */ `
  subscription ($ids: [ID!]!) {
    prices(ids: $ids) {
      sequence
      isSnapshot
      prices {
        assetId
        tradesMark
      }
    }
  }
`

const markIn = ({ prices }: StreamEvent): string | null =>
  (prices as readonly { readonly tradesMark: string | null }[])[0]?.tradesMark ?? null

it('someone who is not signed in sees each fill as it happens, and nothing of whose it is', async () => {
  expect((await read('ETH')).data).toEqual({ asset: { recentTrades: [] } })
  const stream = await opened(followText(world.origin, markText, { variables: { ids: ['ETH'] } }))
  await stream.first(1)
  const { codes, data } = await trader.buys('0.25', 'ETH')
  expect(codes).toEqual([])
  const { price } = (data as { placeOrder: { order: { price: string } } }).placeOrder.order
  const first = markIn(await stream.until((event) => markIn(event) !== null))
  const shown = await read('ETH')
  expect(shown.codes).toEqual([])
  expect(shown.data?.asset.recentTrades).toEqual([
    { price, quantity: '0.25', side: 'BUY', executedAt: expect.stringMatching(/:\d\d\.000Z$/) },
  ])
  await trader.sells('0.1', 'ETH')
  await stream.until((event) => markIn(event) !== null && markIn(event) !== first)
  expect((await read('ETH')).data?.asset.recentTrades).toMatchObject([
    { quantity: '0.1', side: 'SELL' },
    { quantity: '0.25', side: 'BUY' },
  ])
  const seen = JSON.stringify([stream.events, (await read('ETH')).data])
  expect(seen).not.toContain(trader.username)
  expect(seen).not.toMatch(/ord_|orderId|username/)
  await leaveAll()
})

it('a trade has no field that leads to an order or a user', async () => {
  const { data } = await world.stranger.ask<{ __type: { fields: { name: string }[] } }>(
    '{ __type(name: "Trade") { fields { name } } }',
  )
  const names = data?.__type.fields.map(({ name }) => name)
  expect(names).toEqual(['price', 'quantity', 'side', 'executedAt'])
})

it.each([0, -1, 51, 2_000_000_000])(
  'a list of %d trades is refused by its field',
  async (first) => {
    const { data, errors } = await read('ETH', first)
    expect(data?.asset.recentTrades ?? null).toBeNull()
    expect(errors[0]?.extensions.code).toMatch(/^(BAD_USER_INPUT|QUERY_TOO_COMPLEX)$/)
  },
)

it('the cost of trades counts their number, so that the lists of all assets at once are refused', async () => {
  const costOf = async (first: number): Promise<number> => {
    const response = await fetch(`${world.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { id: 'ETH', first } }),
    })
    const { extensions } = (await response.json()) as Costed
    return extensions.cost.estimated
  }
  expect(await costOf(50)).toBeGreaterThan(await costOf(1))
  const { codes } = await world.stranger.ask(
    '{ assets(first: 250) { nodes { recentTrades(first: 50) { price } } } }',
  )
  expect(codes).toEqual(['QUERY_TOO_COMPLEX'])
})
