import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addUsd, notional, parsePrice, parseQuantity, parseUsd, subtractUsd } from '@cnop/kit/money'
import { startTestMarket, type TestMarket } from '../world/market.ts'
import type { Trader } from '../world/trader.ts'
import { startWorld, type World } from '../world/world.ts'

let market: TestMarket
let world: World
let trader: Trader

beforeAll(async () => {
  market = await startTestMarket({ BTC: 64_000, ETH: 3_400, SOL: 150 })
  world = await startWorld(market.env)
  trader = await world.trader({ cash: '9000.00' })
  for (const [quantity, assetId] of [
    ['0.02', 'BTC'],
    ['1.1', 'ETH'],
    ['3.3', 'SOL'],
  ] as const)
    expect((await trader.buys(quantity, assetId)).codes).toEqual([])
})
afterAll(async () => {
  await world.stop()
  await market.stop()
})

const query = /* GraphQL */ `
  query OneMoment {
    asset(id: "BTC") {
      quote {
        price
      }
    }
    me {
      portfolio {
        cash {
          posted
        }
        totalValue
        assetsValue
        pricesAt
        allocation {
          value
        }
        dayChange {
          amount
          base
          percent
        }
        history(range: DAY) {
          total
          cash
          holdings
          paidIn
        }
        insight {
          summary
        }
        holdings {
          assetId
          quantity
          costBasis
          marketValue
          dayChange {
            amount
            base
          }
          asset {
            quote {
              price
            }
          }
        }
      }
    }
  }
`

interface Change {
  readonly amount: string
  readonly base: string
  readonly percent: number
}

interface Moment {
  readonly asset: { readonly quote: { readonly price: string } }
  readonly me: {
    readonly portfolio: {
      readonly cash: { readonly posted: string }
      readonly totalValue: string
      readonly assetsValue: string
      readonly pricesAt: string
      readonly allocation: readonly { readonly value: string }[]
      readonly dayChange: Change
      readonly history: readonly Readonly<
        Record<'total' | 'cash' | 'holdings' | 'paidIn', string>
      >[]
      readonly insight: { readonly summary: string }
      readonly holdings: readonly {
        readonly assetId: string
        readonly quantity: string
        readonly costBasis: string
        readonly marketValue: string
        readonly dayChange: Change
        readonly asset: { readonly quote: { readonly price: string } }
      }[]
    }
  }
}

const sum = (amounts: readonly string[]) =>
  amounts.map((amount) => parseUsd(amount)).reduce(addUsd, parseUsd('0.00'))

/** Delays a subgraph, so that the market ticks during the request. */
const delay = (name: string, delayMs: number) =>
  fetch(`${world.origin}/system/faults/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'slow', delayMs }),
  })

/** Runs the query while the market moves. */
async function askWhile(price: number): Promise<Moment> {
  const asking = trader.ask<Moment>(query)
  market.setPrice('BTC', price)
  market.setPrice('ETH', price / 20)
  const { data, errors } = await asking
  expect(errors).toEqual([])
  return data!
}

describe('one request', () => {
  it('reads one moment in every subgraph, however late each of them is called', async () => {
    expect((await delay('inventory', 700)).status).toBe(200)
    expect((await delay('insights', 350)).status).toBe(200)
    const totals = new Set<string>()
    for (const price of [64_100, 63_900, 64_300, 64_777.77, 63_333.33]) {
      const { asset, me } = await askWhile(price)
      const { cash, totalValue, assetsValue, holdings, ...rest } = me.portfolio
      totals.add(totalValue)
      for (const { quantity, marketValue, asset: held } of holdings) {
        const at = parsePrice(held.quote.price)
        const value = notional(at, parseQuantity(quantity), { round: 'down' })
        expect(parseUsd(marketValue)).toBe(value)
      }
      expect(sum(holdings.map(({ marketValue }) => marketValue))).toBe(parseUsd(assetsValue))
      expect(sum([cash.posted, assetsValue])).toBe(parseUsd(totalValue))
      expect(sum(rest.allocation.map(({ value }) => value))).toBe(parseUsd(totalValue))
      expect(holdings.find(({ assetId }) => assetId === 'BTC')?.asset.quote).toEqual(asset.quote)
      expect(rest.insight.summary.replaceAll(',', '')).toContain(`$${totalValue}`)

      const [first, last] = [rest.history[0]!, rest.history.at(-1)!]
      expect(last).toMatchObject({ total: totalValue, cash: cash.posted, holdings: assetsValue })
      const profit = subtractUsd(sum([last.total]), sum([first.total, last.paidIn]))
      expect(parseUsd(rest.dayChange.amount)).toBe(profit)
      expect(sum(holdings.map(({ dayChange }) => dayChange.amount))).toBe(profit)
    }
    expect(totals.size).toBeGreaterThan(2)
  })

  it('counts assets bought today from their purchase, not from the start of the day', async () => {
    const { dayChange, totalValue, holdings } = (await askWhile(64_000)).me.portfolio
    expect(parseUsd(dayChange.amount)).toBe(subtractUsd(parseUsd(totalValue), parseUsd('9000.00')))
    expect(dayChange.base).toBe('9000.00')
    for (const { marketValue, costBasis, dayChange: change } of holdings) {
      expect(parseUsd(change.amount)).toBe(subtractUsd(parseUsd(marketValue), parseUsd(costBasis)))
      expect(change.base).toBe(costBasis)
    }
  })
})
