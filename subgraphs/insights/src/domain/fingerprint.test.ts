import { describe, expect, it } from '@jest/globals'
import { quantity, usd } from '@cnop/kit/money'
import { describePositions, hasMovedFar } from './fingerprint.ts'

const positions = (cash: string, holdings: Readonly<Record<string, string>>): string =>
  describePositions({
    cash: { posted: usd(cash), held: usd('0') },
    holdings: Object.entries(holdings).map(([assetId, amount]) => ({
      assetId,
      quantity: quantity(amount),
      costBasis: usd('0'),
    })),
    trades: [],
  })

describe('describePositions', () => {
  it('ignores small trades and deposits, order and empty holdings', () => {
    const before = positions('1200.00', { BTC: '0.5', ETH: '12' })
    expect(positions('1249.99', { ETH: '12.04', BTC: '0.505', SOL: '0' })).toBe(before)
  })

  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['more cash', '1300.00', { BTC: '0.5' }],
    ['ten times the cash', '12000.00', { BTC: '0.5' }],
    ['more of an asset', '1200.00', { BTC: '0.6' }],
    ['a tenth of an asset', '1200.00', { BTC: '0.05' }],
    ['another asset', '1200.00', { BTC: '0.5', ETH: '1' }],
    ['an asset instead of another', '1200.00', { ETH: '0.5' }],
  ])('notices %s', (_name, cash, holdings) => {
    expect(positions(cash, holdings)).not.toBe(positions('1200.00', { BTC: '0.5' }))
  })
})

describe('hasMovedFar', () => {
  it.each([
    [1000n, 1100n, false],
    [1000n, 1101n, true],
    [1000n, 900n, false],
    [1000n, 899n, true],
    [0n, 0n, false],
    [0n, 1n, true],
  ])('says of %d and %d: %s', (then, now, expected) => {
    expect(hasMovedFar(then, now)).toBe(expected)
  })
})
