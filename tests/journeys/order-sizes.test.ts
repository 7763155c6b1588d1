import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { startTestMarket, type TestMarket } from '../world/market.ts'
import type { Trader } from '../world/trader.ts'
import { newKey, startWorld, type World } from '../world/world.ts'

let market: TestMarket
let world: World

beforeAll(async () => {
  market = await startTestMarket({ BTC: 70_341.28, SOL: 150 })
  world = await startWorld({ ...market.env, ORDER_FEE_BASIS_POINTS: '25' })
})
afterAll(async () => {
  await world.stop()
  await market.stop()
})

const place = /* GraphQL */ `
  mutation ($input: PlaceOrderInput!) {
    placeOrder(input: $input) {
      order {
        quantity
        quoteAmount
        total
        fee
      }
    }
  }
`

const portfolio = /* GraphQL */ `
  {
    me {
      portfolio {
        cash {
          available
        }
        holdings {
          assetId
          quantity
          costBasis
          unrealisedProfit {
            amount
          }
        }
      }
    }
  }
`

interface Portfolio {
  readonly cash: { readonly available: string }
  readonly holdings: readonly {
    readonly assetId: string
    readonly quantity: string
    readonly costBasis: string
    readonly unrealisedProfit: { readonly amount: string }
  }[]
}

const send = (trader: Trader, order: object) =>
  trader.ask(place, { input: { key: newKey(), type: 'MARKET', assetId: 'BTC', ...order } })

async function read(trader: Trader): Promise<Portfolio> {
  const { data } = await trader.ask<{ me: { portfolio: Portfolio } }>(portfolio)
  return data!.me.portfolio
}

const cents = (amount: string): bigint => BigInt(amount.replace('.', ''))

it('charges the typed amount, fee included, and spends all cash for all cash', async () => {
  const trader = await world.trader({ cash: '1000.00' })
  const first = await send(trader, { side: 'BUY', quoteAmount: '500' })
  expect(first.data).toEqual({
    placeOrder: {
      order: { quantity: '0.00709043', quoteAmount: '500.00', total: '500.00', fee: '1.25' },
    },
  })
  expect(await trader.cash()).toBe('500.00')
  expect((await send(trader, { side: 'BUY', quoteAmount: '500.00' })).codes).toEqual([])
  expect(await trader.cash()).toBe('0.00')
})

it('pays for a sale what the portfolio stated', async () => {
  const trader = await world.trader({ cash: '1000.00' })
  await send(trader, { side: 'BUY', quoteAmount: '1000' })
  const { holdings } = await read(trader)
  const { quantity, costBasis, unrealisedProfit } = holdings[0]!
  expect(cents(unrealisedProfit.amount)).toBeLessThan(0n)
  expect((await send(trader, { side: 'SELL', quantity })).codes).toEqual([])
  const after = await read(trader)
  expect(after.holdings).toEqual([])
  expect(cents(after.cash.available)).toBe(cents(costBasis) + cents(unrealisedProfit.amount))
})

it.each([
  [{ quoteAmount: '0.99' }, 'ORDER_TOO_SMALL', /\$1\.00/],
  [{ quantity: '0.00000001' }, 'ORDER_TOO_SMALL', /\$1\.00/],
  [{ quoteAmount: '1000.01' }, 'INSUFFICIENT_FUNDS', /cash/],
  [{ quoteAmount: '10025.03' }, 'ORDER_TOO_LARGE', /more than one order/],
  [{ quoteAmount: '1.001' }, 'BAD_USER_INPUT', /2 decimal places/],
  [{ quoteAmount: '1,5' }, 'BAD_USER_INPUT', /decimal number/],
  [{ quoteAmount: '5', quantity: '0.01' }, 'BAD_USER_INPUT', /quoteAmount/],
  [{}, 'BAD_USER_INPUT', /quantity/],
])('refuses to buy %j as %s, and changes nothing', async (size, code, message) => {
  const trader = await world.trader({ cash: '1000.00' })
  const { codes, errors } = await send(trader, { side: 'BUY', ...size })
  expect(codes).toEqual([code])
  expect(errors[0]?.message).toMatch(message)
  expect(await trader.cash()).toBe('1000.00')
})
