import { describe, expect, it } from '@jest/globals'
import { type CallRest, createRestUser } from '../../world/rest.ts'
import type { People } from './people.ts'

const listKeys = [
  'asset_id',
  'category',
  'description',
  'image',
  'is_active',
  'market_cap',
  'market_cap_rank',
  'name',
  'price_change_percentage_24h',
  'price_usd',
  'symbol',
  'total_volume_24h',
]

const assetKeys = [
  ...listKeys,
  'ath',
  'ath_change_percentage',
  'ath_date',
  'atl',
  'atl_change_percentage',
  'atl_date',
  'availability_status',
  'circulating_supply',
  'high_24h',
  'last_updated',
  'low_24h',
  'max_supply',
  'price_change_24h',
  'price_change_percentage_30d',
  'price_change_percentage_7d',
  'total_supply',
].sort()

type Fields = Record<string, unknown>

const fieldsOf = (body: unknown): Fields => body as Fields
const rowsOf = (body: unknown, name: string): readonly Fields[] =>
  fieldsOf(body)[name] as readonly Fields[]

/** Assets, cash, orders and insights. */
export function describeTradingFacts(people: People): void {
  const call: CallRest = (...given) => people.call(...given)
  const statusOf = async (...given: Parameters<CallRest>): Promise<number> =>
    (await call(...given)).status

  describe('assets', () => {
    it('are listed by rank with every key, twice the same', async () => {
      const first = await call('GET', '/inventory/assets')
      expect(first.status).toBe(200)
      const rows = rowsOf(first.body, 'data')
      expect(rows.length).toBe(50)
      for (const row of rows) expect(Object.keys(row).sort()).toEqual(listKeys)
      expect(fieldsOf(first.body)).toMatchObject({
        total_count: expect.any(Number),
        active_count: rows.length,
      })
      const ids = rows.map(({ asset_id: id }) => id)
      const again = rowsOf((await call('GET', '/inventory/assets')).body, 'data')
      expect(again.map(({ asset_id: id }) => id)).toEqual(ids)
    })

    it.each([
      ['limit=1', 200],
      ['limit=250', 200],
      ['active_only=false', 200],
      ['active_only=off', 200],
      ['offset=3&page=2&sort=name', 200],
      ['limit=0', 422],
      ['limit=251', 422],
      ['limit=', 422],
      ['limit=ten', 422],
      ['active_only=perhaps', 422],
    ])('with ?%s answers %i', async (query, status) => {
      expect(await statusOf('GET', `/inventory/assets?${query}`)).toBe(status)
    })

    it('take the first of a repeated parameter', async () => {
      const { body } = await call('GET', '/inventory/assets?limit=2&limit=ten')
      expect(rowsOf(body, 'data')).toHaveLength(2)
    })

    it('are shown one by one with every key, in any case of the ticker', async () => {
      const { status, body } = await call('GET', '/inventory/assets/btc')
      expect(status).toBe(200)
      const asset = fieldsOf(fieldsOf(body)['data'])
      expect(Object.keys(asset).sort()).toEqual(assetKeys)
      expect(asset).toMatchObject({
        asset_id: 'BTC',
        is_active: true,
        availability_status: 'available',
      })
      expect(asset['price_usd']).toBeGreaterThan(0)
      expect(asset['price_usd']).toBeLessThanOrEqual(100_000)
    })

    it.each([
      ['NOSUCHONE', 404],
      ['%20%20%20', 422],
      ['BTC!', 422],
      ['BTC@123', 422],
      ['A'.repeat(100), 422],
      ['UNKNOWN_ASSET', 422],
    ])('with the id %s answers %i', async (id, status) => {
      expect(await statusOf('GET', `/inventory/assets/${id}`)).toBe(status)
    })
  })

  describe('cash', () => {
    it('begins at zero with no transactions, and adds up', async () => {
      const { call: own } = await createRestUser(call)
      const balance = async () => fieldsOf((await own('GET', '/balance')).body)
      expect(await balance()).toEqual({ current_balance: '0.00', updated_at: expect.any(String) })
      const list = await own('GET', '/balance/transactions?limit=10&offset=0')
      expect([list.status, list.body]).toEqual([200, { transactions: [], total_count: 0 }])
      const paid = await own('POST', '/balance/deposit', { body: { amount: 1000 } })
      expect(paid.status).toBe(201)
      expect(paid.body).toEqual({
        success: true,
        message: expect.stringContaining('1000.00'),
        transaction_id: expect.any(String),
        timestamp: expect.stringMatching(/Z$/),
      })
      const taken = await own('POST', '/balance/withdraw', { body: { amount: '200.00' } })
      expect(taken.status).toBe(201)
      expect(await balance()).toMatchObject({ current_balance: '800.00' })
      const entries = rowsOf((await own('GET', '/balance/transactions')).body, 'transactions')
      expect(
        entries.map((entry) => [entry['transaction_type'], entry['amount'], entry['status']]),
      ).toEqual([
        ['withdraw', '-200.00', 'completed'],
        ['deposit', '1000.00', 'completed'],
      ])
    })

    const amounts: readonly unknown[] = [
      -1,
      0,
      undefined,
      999_999_999.99,
      1.234,
      'ten',
      '',
      true,
      null,
    ]
    it.each(amounts)('refuses to move %p with 422', async (amount) => {
      const body = { amount }
      expect((await people.user.call('POST', '/balance/deposit', { body })).status).toBe(422)
      expect((await people.user.call('POST', '/balance/withdraw', { body })).status).toBe(422)
    })

    it('cannot be paid out beyond the balance, nor in beyond the day’s limit', async () => {
      const { call: own } = await createRestUser(call)
      const move = async (what: string, amount: unknown) =>
        (await own('POST', `/balance/${what}`, { body: { amount } })).status
      expect(await move('withdraw', 100)).toBe(422)
      expect(await move('deposit', 10_000)).toBe(201)
      expect(await move('deposit', 0.01)).toBe(422)
      expect(await move('withdraw', 10_001)).toBe(422)
    })
  })

  describe('orders', () => {
    const buy = { order_type: 'market_buy', asset_id: 'BTC', quantity: 0.001 }

    it('are none for a new user', async () => {
      const { status, body } = await people.user.call('GET', '/orders')
      expect([status, body]).toEqual([200, { data: [], has_more: false }])
      const trades = await people.user.call('GET', '/assets/BTC/transactions')
      expect([trades.status, trades.body]).toEqual([200, { data: [], has_more: false }])
      expect((await people.user.call('GET', '/portfolio')).body).toEqual({ assets: [] })
      expect([200, 404]).toContain((await people.user.call('GET', '/balance/asset/BTC')).status)
    })

    it('fill at once and show everywhere', async () => {
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

    it.each([
      ['no asset', { asset_id: undefined }],
      ['no type', { order_type: undefined }],
      ['an unknown type', { order_type: 'buy' }],
      ['a negative quantity', { quantity: -1 }],
      ['no quantity at all', { quantity: 0 }],
      ['a quantity below the least', { quantity: 0.0009 }],
      ['a negative price', { price: -5 }],
      ['a price beyond the most', { price: 1_000_001 }],
      ['an unknown asset', { asset_id: 'NOPE' }],
      ['a bad ticker', { asset_id: 'BTC!' }],
      ['more than 10,000 dollars', { quantity: 1 }],
      ['more than there is cash', { quantity: 0.1 }],
      ['a limit order without a price', { order_type: 'limit_buy' }],
      ['what is not held', { order_type: 'market_sell', asset_id: 'ETH' }],
    ])('with %s are refused with 422', async (_name, change) => {
      expect(
        (await people.trader.call('POST', '/orders', { body: { ...buy, ...change } })).status,
      ).toBe(422)
    })

    it('of less than 0.001 sell a whole holding, and nothing else', async () => {
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

    it('have no smallest value', async () => {
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
    ])('with the id %s answer %i', async (id, status) => {
      expect((await people.trader.call('GET', `/orders/${id}`)).status).toBe(status)
    })
  })

  describe('insights', () => {
    it('say something about an empty and about a funded portfolio', async () => {
      for (const { call: own } of [people.user, people.trader]) {
        const { status, body } = await own('GET', '/insights/portfolio')
        expect(status).toBe(200)
        expect(body).toEqual({
          data: {
            summary: expect.stringMatching(/\w/),
            generated_at: expect.stringMatching(/Z$/),
            model: expect.stringMatching(/\w/),
          },
        })
      }
    })
  })
}
