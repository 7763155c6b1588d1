import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { newKey, startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

const flagship = /* GraphQL */ `
  query Flagship {
    me {
      portfolio {
        cash {
          available
          held
        }
        totalValue
        holdings {
          quantity
          marketValue
          asset {
            name
            quote {
              price
            }
          }
        }
        recentOrders(first: 5) {
          nodes {
            id
            status
          }
        }
        insight {
          summary
          engine
        }
        redPocket {
          claimedToday
        }
      }
    }
  }
`

interface Flagship {
  readonly me: {
    readonly portfolio: {
      readonly totalValue: string
      readonly holdings: readonly {
        readonly quantity: string
        readonly marketValue: string
        readonly asset: { readonly name: string; readonly quote: { readonly price: string } }
      }[]
      readonly recentOrders: { readonly nodes: readonly { readonly status: string }[] }
      readonly insight: { readonly summary: string; readonly engine: string }
      readonly redPocket: { readonly claimedToday: boolean }
    }
  }
}

describe('a first trade', () => {
  it('buys, sells and shows the portfolio across five subgraphs in one request', async () => {
    const trader = await world.trader({ cash: '5000.00' })
    expect(await trader.cash()).toBe('5000.00')

    const bought = await trader.buys('0.02', 'BTC')
    expect(bought.errors).toEqual([])
    expect(await trader.holds('BTC')).toBe('0.02')

    const sold = await trader.sells('0.005', 'BTC')
    expect(sold.errors).toEqual([])

    const { data, errors, headers } = await trader.ask<Flagship>(flagship)
    expect(errors).toEqual([])
    const portfolio = data!.me.portfolio
    expect(portfolio.holdings).toHaveLength(1)
    expect(portfolio.holdings[0]).toMatchObject({ quantity: '0.015', asset: { name: 'Bitcoin' } })
    expect(portfolio.recentOrders.nodes.map(({ status }) => status)).toEqual([
      'COMPLETED',
      'COMPLETED',
    ])
    expect(portfolio.insight.engine).toBe('RULES')
    expect(portfolio.insight.summary.length).toBeGreaterThan(20)
    expect(portfolio.redPocket.claimedToday).toBe(false)
    expect(Number(headers.get('x-subgraph-calls'))).toBeGreaterThanOrEqual(5)

    const metrics = await (await fetch(`${world.origin}/metrics`)).text()
    expect(metrics).toContain('gateway_requests_total{')
    for (const side of ['BUY', 'SELL']) {
      const line = `order_outcomes_total{outcome="filled",side="${side}",type="MARKET"} 1`
      expect(metrics.split('\n')).toContain(line)
    }
  })

  it('tells the type of the order behind each entry of the activity, as the bell asks for it', async () => {
    const trader = await world.trader({ cash: '5000.00' })
    await trader.buys('0.01', 'BTC')
    const bell = /* GraphQL */ `
      {
        me {
          portfolio {
            activity(first: 50) {
              nodes {
                kind
                order {
                  type
                }
              }
            }
          }
        }
      }
    `
    const { data, errors } = await trader.ask(bell)
    expect(errors).toEqual([])
    const nodes = [
      { kind: 'BUY', order: { type: 'MARKET' } },
      { kind: 'DEPOSIT', order: null },
    ]
    expect(data).toEqual({ me: { portfolio: { activity: { nodes } } } })
  })

  it('opens one red pocket a day', async () => {
    const trader = await world.trader()
    const claim = /* GraphQL */ `
      mutation ($input: ClaimRedPocketInput!) {
        claimRedPocket(input: $input) {
          amount
          size
          cashAfter
        }
      }
    `
    const first = await trader.ask(claim, { input: { key: newKey(), phrase: 'spring' } })
    expect(first.data).toEqual({
      claimRedPocket: { amount: '8.88', size: 'SMALL', cashAfter: '8.88' },
    })
    const second = await trader.ask(claim, { input: { key: newKey(), phrase: 'spring' } })
    expect(second.codes).toEqual(['ALREADY_CLAIMED_TODAY'])
    expect(await trader.cash()).toBe('8.88')
  })

  it('moves money once for a repeated key, and refuses the key for other input', async () => {
    const trader = await world.trader()
    const key = newKey()
    const first = await trader.deposits('100.00', key)
    const again = await trader.deposits('100.00', key)
    expect(again.data).toEqual(first.data)
    expect((await trader.deposits('200.00', key)).codes).toEqual(['IDEMPOTENCY_KEY_REUSED'])
    expect(await trader.cash()).toBe('100.00')
  })
})

describe('bad input', () => {
  it.each([
    ['0', 'BAD_USER_INPUT'],
    ['-5.00', 'BAD_USER_INPUT'],
    ['1.234', 'BAD_USER_INPUT'],
    ['1000000.01', 'BAD_USER_INPUT'],
    ['ten', 'BAD_USER_INPUT'],
    ['10000.01', 'DAILY_LIMIT_EXCEEDED'],
  ])('refuses a deposit of %s as %s and moves nothing', async (amount, code) => {
    const trader = await world.trader()
    expect((await trader.deposits(amount)).codes).toEqual([code])
    expect(await trader.cash()).toBe('0.00')
  })

  it.each([
    ['0.00001', 'BTC', 'ORDER_TOO_SMALL'],
    ['0', 'BTC', 'BAD_USER_INPUT'],
    ['0.000000001', 'BTC', 'BAD_USER_INPUT'],
    ['1', 'NOPE', 'ASSET_NOT_FOUND'],
    ['1', '<b>', 'BAD_USER_INPUT'],
    ['1', 'BTC', 'ORDER_TOO_LARGE'],
    ['0.09', 'BTC', 'INSUFFICIENT_FUNDS'],
  ])('refuses to buy %s %s as %s', async (quantity, assetId, code) => {
    const trader = await world.trader({ cash: '1000.00' })
    expect((await trader.buys(quantity, assetId)).codes).toEqual([code])
    expect(await trader.cash()).toBe('1000.00')
  })

  it.each([
    '2027-02-31T00:00:00Z',
    '2027-13-01T00:00:00Z',
    '2027-01-31T24:00:00Z',
    '2027-01-31T23:59:60Z',
    '2027-01-31T12:00:00',
  ])('refuses %s in every time argument', async (moment) => {
    const trader = await world.trader({ cash: '1000.00' })
    const order = { key: 'moment-1', side: 'BUY', type: 'LIMIT', assetId: 'BTC', quantity: '0.01' }
    const place = await trader.ask(
      'mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id } } }',
      { input: { ...order, limitPrice: '1', expiresAt: moment } },
    )
    expect(place.codes).toEqual(['BAD_USER_INPUT'])
    expect(place.errors[0]?.message).toMatch(/input\.expiresAt.*existing RFC 3339 instant/)
    const seen = await trader.ask(
      `mutation { markNotificationsSeen(until: "${moment}") { __typename } }`,
    )
    expect([seen.data, seen.errors[0]?.message]).toEqual([
      undefined,
      expect.stringMatching(/existing RFC 3339 instant/),
    ])
  })

  it('names the field and contains the request id', async () => {
    const trader = await world.trader()
    const { errors, headers } = await trader.deposits('1.234')
    expect(errors[0]?.message).toMatch(/2 decimal places/)
    expect(errors[0]?.extensions.requestId).toBe(headers.get('x-request-id'))
  })

  it('returns 401 for a protected operation without a token, and for any operation with an invalid one', async () => {
    expect((await world.stranger.ask('{ me { username } }')).status).toBe(401)
    const forged = { authorization: 'Bearer forged' }
    const { status, codes } = await world.stranger.ask('{ assets { totalCount } }', {}, forged)
    expect([status, codes]).toEqual([401, ['UNAUTHENTICATED']])
  })
})
