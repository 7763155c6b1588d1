import { describe, expect, it } from '@jest/globals'
import { type CallRest, createRestUser } from '../../world/rest.ts'
import { fieldsOf, type People, rowsOf } from './people.ts'

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

/** Assets, cash and insights. */
export function describeMarketFacts(people: People): void {
  const call: CallRest = (...given) => people.call(...given)
  const statusOf = async (...given: Parameters<CallRest>): Promise<number> =>
    (await call(...given)).status

  describe('assets', () => {
    it('are listed by rank with every key', async () => {
      const first = await call('GET', '/inventory/assets')
      expect(first.status).toBe(200)
      const rows = rowsOf(first.body, 'data')
      expect(rows.length).toBe(50)
      for (const row of rows) expect(Object.keys(row).sort()).toEqual(listKeys)
      expect(fieldsOf(first.body)).toMatchObject({
        total_count: expect.any(Number),
        active_count: rows.length,
      })
      const ranks = rows.map(({ market_cap_rank: rank }) => Number(rank))
      expect(ranks).toEqual([...new Set(ranks)].sort((a, b) => a - b))
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
    ])('with ?%s return %i', async (query, status) => {
      expect(await statusOf('GET', `/inventory/assets?${query}`)).toBe(status)
    })

    it('use the first of a repeated parameter', async () => {
      const { body } = await call('GET', '/inventory/assets?limit=2&limit=ten')
      expect(rowsOf(body, 'data')).toHaveLength(2)
    })

    it('are returned individually with every key, for any case of the ticker', async () => {
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
    ])('with the id %s return %i', async (id, status) => {
      expect(await statusOf('GET', `/inventory/assets/${id}`)).toBe(status)
    })
  })

  describe('cash', () => {
    it('starts at zero without transactions and adds up', async () => {
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

    it('cannot be withdrawn beyond the balance or deposited beyond the daily limit', async () => {
      const { call: own } = await createRestUser(call)
      const move = async (what: string, amount: unknown) =>
        (await own('POST', `/balance/${what}`, { body: { amount } })).status
      expect(await move('withdraw', 100)).toBe(422)
      expect(await move('deposit', 10_000)).toBe(201)
      expect(await move('deposit', 0.01)).toBe(422)
      expect(await move('withdraw', 10_001)).toBe(422)
    })
  })

  describe('insights', () => {
    it('describe an empty and a funded portfolio', async () => {
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
