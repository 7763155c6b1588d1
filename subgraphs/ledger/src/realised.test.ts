import { type Lot, packLots } from './lots.ts'
import { price, quantity, usd } from '@cnop/kit/money'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readEntry } from './balances.ts'
import { type JournalEntry, withHash } from './chain.ts'
import type { LedgerDeps } from './command.ts'
import { sellEntry } from './entry.ts'
import { gainOfSale } from './realised.ts'
import { buy, deposit, type LedgerWorld, move, openAccount, sell } from './testing/ledger-world.ts'
import { startLedgerWorld } from './testing/ledger-world.ts'
import { verifyLedger } from './verify.ts'
import { readYearGains } from './year-gains.ts'

const dayMs = 86_400_000

function saleOf(lots: readonly Lot[], total: string, fee: string): JournalEntry {
  const sold = lots.reduce((sum, lot) => sum + lot.quantity, 0n) as Lot['quantity']
  const terms = { assetId: 'BTC', quantity: sold, price: price('10'), orderId: 'ord_1' }
  return withHash({
    ...sellEntry({ ...terms, total: usd(total), fee: usd(fee) }),
    ...{ username: 'alice', sequence: 4n, id: 'ent_4', createdAt: '2026-03-01T10:00:00.000Z' },
    ...{ cashAfter: usd('0'), cashHeldAfter: usd('0'), previousHash: '' },
    lots: packLots(lots),
  })
}

describe('the gain of a sale', () => {
  it('is the proceeds less fee and basis, lot by lot, and the lots sum to the sale', () => {
    const lots = [
      { day: '', quantity: quantity('1'), basis: usd('20.00') },
      { day: '2026-01-31', quantity: quantity('1'), basis: usd('40.00') },
      { day: '2026-03-01', quantity: quantity('1'), basis: usd('30.01') },
    ]
    expect(gainOfSale(saleOf(lots, '99.90', '0.10'))).toEqual({
      method: 'FIFO',
      quantity: quantity('3'),
      ...{ proceeds: usd('100.00'), fee: usd('0.10'), basis: usd('90.01'), gain: usd('9.89') },
      lots: [
        {
          ...{ acquiredOn: undefined, daysHeld: undefined, quantity: quantity('1') },
          ...{ proceeds: usd('33.33'), fee: usd('0.03'), basis: usd('20.00'), gain: usd('13.30') },
        },
        {
          ...{ acquiredOn: '2026-01-31', daysHeld: 29, quantity: quantity('1') },
          ...{ proceeds: usd('33.33'), fee: usd('0.03'), basis: usd('40.00'), gain: usd('-6.70') },
        },
        {
          ...{ acquiredOn: '2026-03-01', daysHeld: 0, quantity: quantity('1') },
          ...{ proceeds: usd('33.34'), fee: usd('0.04'), basis: usd('30.01'), gain: usd('3.29') },
        },
      ],
    })
  })

  it('is not known of a sale that names no lots, and of what is no sale', () => {
    const one = [{ day: '2026-01-31', quantity: quantity('1'), basis: usd('1.00') }]
    const { lots: _lots, ...old } = saleOf(one, '1.00', '0')
    expect(gainOfSale(old)).toBeUndefined()
    expect(gainOfSale({ ...saleOf(one, '1.00', '0'), kind: 'BUY' })).toBeUndefined()
  })
})

describe('the gains of a year', () => {
  let world: LedgerWorld
  let deps: LedgerDeps
  beforeAll(async () => {
    world = await startLedgerWorld()
    deps = world.openProcess()
  })
  beforeEach(async () => {
    await world.reset()
    world.clock.set(Date.parse('2025-12-31T10:00:00.000Z'))
    await openAccount(deps)
    await deposit(deps, 'fund', '1000.00')
  })
  afterAll(() => world.stop())

  it('sum the sales of each asset, by the UTC year of the sale, once for a repeated command', async () => {
    await buy(deps, 'one', '4')
    await buy(deps, 'other', '2', 'ETH')
    const terms = { assetId: 'BTC', price: price('12'), orderId: 'ord_1' }
    const sale = (key: string, total: string) =>
      move(
        deps,
        key,
        sellEntry({ ...terms, quantity: quantity('1'), total: usd(total), fee: usd('0.50') }),
      )
    await sale('old', '11.50')
    world.clock.advance(dayMs)
    await sale('new', '7.50')
    await sale('new', '7.50')
    await sale('newer', '14.50')
    await sell(deps, 'ether', '2', 'ETH')
    const shown = (await readYearGains(deps, 'alice', 2026)).map(
      ({ assetId, sales, quantity: sold, proceeds, fee, basis, gain }) =>
        [assetId, sales, sold, proceeds, fee, basis, gain].join(' '),
    )
    expect(shown).toEqual(['BTC 2 200000000 2300 100 2000 200', 'ETH 1 200000000 2000 0 2000 0'])
    expect(await readYearGains(deps, 'alice', 2025)).toMatchObject([
      { assetId: 'BTC', year: 2025, sales: 1, gain: usd('1.50') },
    ])
    expect(await readYearGains(deps, 'alice')).toHaveLength(3)
    expect(gainOfSale((await readEntry(deps, 'alice', 4n))!)).toMatchObject({ gain: usd('1.50') })
    expect(await verifyLedger(deps)).toMatchObject({ isBalanced: true })
  })
})
