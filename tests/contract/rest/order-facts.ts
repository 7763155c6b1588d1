import { describe, expect, it } from '@jest/globals'
import { type CallRest, createRestUser } from '../../world/rest.ts'
import { fieldsOf, type People, rowsOf } from './people.ts'

/** Orders: placed, refused, listed and read individually. */
export function describeOrderFacts(people: People): void {
  const call: CallRest = (...given) => people.call(...given)

  describe('orders', () => {
    const buy = { order_type: 'market_buy', asset_id: 'BTC', quantity: 0.001 }

    it('are empty for a new user', async () => {
      const { status, body } = await people.user.call('GET', '/orders')
      expect([status, body]).toEqual([200, { data: [], has_more: false }])
      const trades = await people.user.call('GET', '/assets/BTC/transactions')
      expect([trades.status, trades.body]).toEqual([200, { data: [], has_more: false }])
      expect((await people.user.call('GET', '/portfolio')).body).toEqual({ assets: [] })
      expect([200, 404]).toContain((await people.user.call('GET', '/balance/asset/BTC')).status)
    })

    it('fill at once and appear in every list', async () => {
      const placed = await people.trader.call('POST', '/orders', { body: buy })
      expect(placed.status).toBe(201)
      const order = fieldsOf(fieldsOf(placed.body)['data'])
      expect(order).toEqual({
        order_id: expect.stringMatching(/^\w{10,50}$/),
        order_type: 'market_buy',
        asset_id: 'BTC',
        quantity: '0.001',
        price: expect.stringMatching(/^\d+(\.\d+)?$/),
        status: 'completed',
        total_amount: expect.stringMatching(/^\d+\.\d\d$/),
        created_at: expect.stringMatching(/Z$/),
      })
      const path = `/orders/${String(order['order_id'])}`
      expect((await people.trader.call('GET', path)).body).toEqual({ data: order })
      expect((await people.user.call('GET', path)).status).toBe(404)
      const [listed] = rowsOf((await people.trader.call('GET', '/orders')).body, 'data')
      const { status: _status, total_amount: _total, ...short } = order
      expect(listed).toEqual(short)
      const [trade] = rowsOf(
        (await people.trader.call('GET', '/assets/BTC/transactions')).body,
        'data',
      )
      expect(trade).toMatchObject({ asset_id: 'BTC', transaction_type: 'BUY', status: 'COMPLETED' })
      expect((await people.trader.call('GET', '/balance/asset/BTC')).body).toMatchObject({
        asset_id: 'BTC',
      })
      const [held] = rowsOf((await people.trader.call('GET', '/portfolio')).body, 'assets')
      expect(held).toMatchObject({ asset_id: 'BTC', quantity: '0.001' })
    })

    it.each([[], [buy], null, 5, '"x"', '""', true])('refuse the body %j', async (body) => {
      const { status, body: refusal } = await people.trader.call('POST', '/orders', { body })
      expect(status).toBe(422)
      expect(fieldsOf(refusal)['detail']).toMatchObject([{ type: 'model_attributes_type' }])
    })

    it.each([
      ['no asset', { asset_id: undefined }],
      ['no type', { order_type: undefined }],
      ['an unknown type', { order_type: 'buy' }],
      ['a negative quantity', { quantity: -1 }],
      ['no quantity at all', { quantity: 0 }],
      ['a quantity below the minimum', { quantity: 0.0009 }],
      ['a negative price', { price: -5 }],
      ['a price above the maximum', { price: 1_000_001 }],
      ['an unknown asset', { asset_id: 'NOPE' }],
      ['a bad ticker', { asset_id: 'BTC!' }],
      ['more than 10,000 dollars', { quantity: 1 }],
      ['more than the available cash', { quantity: 0.1 }],
      ['a limit order without a price', { order_type: 'limit_buy' }],
      ['an asset that is not held', { order_type: 'market_sell', asset_id: 'ETH' }],
    ])('with %s are refused with 422', async (_name, change) => {
      expect(
        (await people.trader.call('POST', '/orders', { body: { ...buy, ...change } })).status,
      ).toBe(422)
    })

    it('of less than 0.001 sell a whole holding, and only that', async () => {
      const { call: own } = await createRestUser(call, '1000')
      const place = (order_type: string, quantity: unknown, asset_id = 'BTC') =>
        own('POST', '/orders', { body: { order_type, asset_id, quantity } })
      const held = async () => rowsOf((await own('GET', '/portfolio')).body, 'assets')
      expect((await place('market_buy', '0.00100009')).status).toBe(201)
      expect((await place('market_sell', 0.001)).status).toBe(201)
      expect(await held()).toMatchObject([{ asset_id: 'BTC', quantity: '0.00000009' }])
      expect((await own('GET', '/balance/asset/BTC')).body).toMatchObject({
        quantity: '0.00000009',
      })

      const tooSmall = {
        type: 'greater_than_equal',
        loc: ['body', 'quantity'],
        ctx: { ge: 0.001 },
      }
      for (const refused of [
        await place('market_buy', 9e-8),
        await place('market_sell', 8e-8),
        await place('market_sell', 9e-8, 'ETH'),
      ]) {
        expect([refused.status, refused.body]).toMatchObject([422, { detail: [tooSmall] }])
      }
      const both = await place('market_buy', '0.0009', 'BTC!')
      expect(rowsOf(both.body, 'detail').map(({ loc }) => loc)).toEqual([
        ['body', 'asset_id'],
        ['body', 'quantity'],
      ])

      const sold = await place('market_sell', 9e-8)
      expect([sold.status, sold.body]).toMatchObject([201, { data: { quantity: '0.00000009' } }])
      expect(await held()).toEqual([])
    })

    it('have no minimum value', async () => {
      const { call: own } = await createRestUser(call, '10')
      const { body } = await own('GET', '/inventory/assets?limit=250')
      const cheapest = rowsOf(body, 'data')
        .filter(({ price_usd: price }) => Number(price) > 0 && Number(price) < 0.5)
        .at(-1)
      const order = { order_type: 'market_buy', asset_id: cheapest?.['asset_id'], quantity: 0.001 }
      const placed = await own('POST', '/orders', { body: order })
      expect([placed.status, placed.body]).toMatchObject([201, { data: { total_amount: '0.01' } }])
    })

    it.each([
      ['order_123456_nothing', 404],
      ['invalid@', 422],
      ['short', 422],
      ['a'.repeat(51), 422],
    ])('with the id %s return %i', async (id, status) => {
      expect((await people.trader.call('GET', `/orders/${id}`)).status).toBe(status)
    })
  })
}
