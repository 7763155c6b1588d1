import { describe, expect, it } from '@jest/globals'
import { price, quantity, usd } from '@cnop/kit/money'
import { sampleFacts, sampleFigures, samplePrices } from '../testing/sample-portfolio.ts'
import { computeFigures, isEmpty } from './figures.ts'

describe('computeFigures', () => {
  it('values holdings, largest first, and shares them out over everything owned', () => {
    const { positions, ...figures } = sampleFigures({
      cash: '250.00',
      held: '50.00',
      assets: {
        A: { worth: '250', dayAgo: '200', paid: '300' },
        B: { worth: '500', dayAgo: '500' },
      },
    })
    expect(
      positions.map(({ assetId, share, dayChange, gain }) => [assetId, share, dayChange, gain]),
    ).toEqual([
      ['B', 50, 0, usd('0')],
      ['A', 25, 25, usd('-50')],
    ])
    expect(figures).toMatchObject({
      total: usd('1000'),
      assetsValue: usd('750'),
      cashShare: 25,
      dayChange: 7.1,
      unpricedCount: 0,
    })
  })

  it('counts the fee of a sale into the gain, and not into the value', () => {
    const assets = { A: { worth: '250', paid: '250.63' } }
    const [position] = sampleFigures({ assets, feeBasisPoints: 25n }).positions
    expect(position).toMatchObject({ value: usd('250'), gain: usd('-1.26') })
  })

  it('rounds a value down to the cent, and keeps coins that cost almost nothing', () => {
    const facts = {
      ...sampleFacts({}),
      holdings: [{ assetId: 'PEPE', quantity: quantity('123456789.5'), costBasis: usd('1') }],
    }
    const quote = {
      price: price('0.00000000129'),
      category: 'ALTCOIN',
    }
    expect(computeFigures(facts, new Map([['PEPE', quote]]), 0n).total).toBe(usd('0.15'))
  })

  it('counts holdings without a price instead of guessing, and leaves out those of nothing', () => {
    const facts = sampleFacts({
      assets: { A: { worth: '5' }, B: { worth: '0', paid: '7' }, C: { worth: '9' } },
    })
    const nothing = { assetId: 'D', quantity: quantity('0'), costBasis: usd('0') }
    const prices = samplePrices({ A: { worth: '5' }, B: { worth: '0' } })
    const figures = computeFigures({ ...facts, holdings: [...facts.holdings, nothing] }, prices, 0n)
    expect(figures.positions.map(({ assetId }) => assetId)).toEqual(['A'])
    expect(figures.unpricedCount).toBe(2)
  })

  it('measures the day by the invested amount, not by the price of an asset bought since', () => {
    const facts = sampleFacts({ assets: { A: { worth: '50' } } })
    const bought = { amount: usd('-0.01'), base: usd('50.01') }
    const holdings = facts.holdings.map((holding) => ({ ...holding, dayChange: bought }))
    const figures = computeFigures({ ...facts, holdings }, samplePrices({ A: { worth: '50' } }), 0n)
    expect(figures).toMatchObject({ dayChange: 0, positions: [{ dayChange: 0 }] })
  })

  it('reports no change of all holdings when that of most of their value is unknown', () => {
    const worth = (fresh: string) =>
      sampleFigures({ assets: { A: { worth: '80', dayAgo: '100' }, B: { worth: fresh } } })
    expect(worth('20').dayChange).toBe(-20)
    expect(worth('20.01').dayChange).toBeUndefined()
  })

  it.each([
    ['no cash and no holdings', {}, true],
    ['a cent', { cash: '0.01' }, false],
    ['a holding', { assets: { A: { worth: '1' } } }, false],
  ])('calls a portfolio with %s empty: %s', (_name, sample, expected) => {
    expect(isEmpty(sampleFigures(sample))).toBe(expected)
  })

  it('does not call holdings without a price empty', () => {
    expect(
      isEmpty(computeFigures(sampleFacts({ assets: { A: { worth: '1' } } }), new Map(), 0n)),
    ).toBe(false)
  })
})
