import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startTestMarket, type TestMarket } from '../world/market.ts'
import { follow, keepStreams } from '../world/stream.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

let market: TestMarket
let world: World
const { opened, leaveAll } = keepStreams()

beforeAll(async () => {
  market = await startTestMarket({ BTC: 50_000, ETH: 3_000 })
  world = await startWorld(market.env)
})
afterAll(async () => {
  await world.stop()
  await market.stop()
})

const createAlert = /* GraphQL */ `
  mutation ($input: CreatePriceAlertInput!) {
    createPriceAlert(input: $input) {
      alert {
        id
      }
    }
  }
`

describe('a stream of the user’s own data', () => {
  it('reports orders as they fill, and the cash that they moved', async () => {
    const trader = await world.trader({ cash: '1000.00' })
    const { token } = trader
    const orders = await opened(follow(world.origin, 'FollowOrders', { token }))
    const balance = await opened(follow(world.origin, 'FollowBalance', { token }))
    expect(await orders.first(1)).toMatchObject([{ sequence: 1, isSnapshot: true, orders: [] }])
    const [first] = await balance.first(1)
    expect(first).toMatchObject({
      isSnapshot: true,
      cash: { available: '1000.00', held: '0.00', posted: '1000.00' },
    })
    await trader.buys('0.001', 'BTC')
    const filled = await orders.until(({ isSnapshot }) => !isSnapshot)
    expect(filled).toMatchObject({
      sequence: 2,
      orders: [{ status: 'COMPLETED', side: 'BUY', assetId: 'BTC', quantity: '0.001' }],
    })
    const after = await trader.cash()
    const received = await balance.until(
      ({ cash }) => (cash as { available: string }).available === after,
    )
    expect(received.isSnapshot).toBe(false)
    await leaveAll()
  })

  it('never reports data of other users', async () => {
    const [alice, bob] = [await world.trader({ cash: '500.00' }), await world.trader()]
    const feeds = ['FollowOrders', 'FollowBalance'] as const
    const own = await Promise.all(
      feeds.map((name) => opened(follow(world.origin, name, { token: bob.token }))),
    )
    await Promise.all(own.map((stream) => stream.first(1)))
    await alice.buys('0.001', 'BTC')
    await alice.deposits('10.00')
    // Bob's own deposit follows all events of Alice's.
    await bob.deposits('7.00')
    await own[1]?.until(({ cash }) => (cash as { posted: string }).posted === '7.00')
    await bob.buys('0.001', 'ETH')
    await own[0]?.until(({ isSnapshot }) => !isSnapshot)
    expect(own[0]?.events).toHaveLength(2)
    expect(JSON.stringify(own[0]?.events)).not.toContain('BTC')
    const cash = own[1]?.events.map((event) => (event['cash'] as { posted: string }).posted)
    expect(cash?.every((posted) => ['0.00', '7.00', '6.99'].includes(posted))).toBe(true)
    await leaveAll()
  })

  it('begins with the open orders, and reports when one is cancelled', async () => {
    const trader = await world.trader({ cash: '100.00' })
    const { data } = await trader.ask<{ placeOrder: { order: { id: string } } }>(
      /* GraphQL */ `
        mutation ($input: PlaceOrderInput!) {
          placeOrder(input: $input) {
            order {
              id
            }
          }
        }
      `,
      {
        input: {
          key: 'waiting-order',
          side: 'BUY',
          type: 'LIMIT',
          assetId: 'BTC',
          quantity: '0.001',
          limitPrice: '1000',
        },
      },
    )
    const orderId = data?.placeOrder.order.id
    const { token } = trader
    const stream = await opened(follow(world.origin, 'FollowOrders', { token }))
    expect(await stream.first(1)).toMatchObject([
      { isSnapshot: true, orders: [{ orderId, status: 'PENDING', limitPrice: '1000' }] },
    ])
    await trader.ask(
      'mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { order { id } } }',
      { input: { orderId } },
    )
    expect(await stream.first(2)).toMatchObject([
      {},
      { isSnapshot: false, orders: [{ orderId, status: 'CANCELLED' }] },
    ])
    await leaveAll()
  })

  it('reports a price alert that fires', async () => {
    const trader = await world.trader()
    const { token } = trader
    const stream = await opened(follow(world.origin, 'FollowNotifications', { token }))
    expect(await stream.first(1)).toMatchObject([{ isSnapshot: true, notifications: [] }])
    const wish = { key: newKey(), assetId: 'BTC', direction: 'ABOVE', price: '50500' }
    const { codes } = await trader.ask(createAlert, { input: wish })
    expect(codes).toEqual([])
    market.setPrice('BTC', 51_000)
    const received = await stream.until(({ isSnapshot }) => !isSnapshot)
    expect(received).toMatchObject({
      sequence: 2,
      notifications: [{ kind: 'PRICE_ALERT', assetId: 'BTC' }],
    })
    await leaveAll()
  })

  it('ends with its session', async () => {
    const trader = await world.trader()
    const stream = await opened(follow(world.origin, 'FollowBalance', { token: trader.token }))
    await stream.first(1)
    await trader.ask('mutation { signOut { signedOutAt } }')
    await stream.ended()
    expect(stream.codes()).toEqual(['SESSION_ENDED'])
    await leaveAll()
  })
})
