import { DomainError } from '@cnop/kit/errors'
import { price, quantity, type Usd, usd } from '@cnop/kit/money'
import { describe, expect, it } from '@jest/globals'
import {
  type Account,
  allowance,
  emptyHolding,
  type Holding,
  newAccount,
  totalQuantity,
} from './account.ts'
import {
  buyEntry,
  depositEntry,
  type Entry,
  redPocketEntry,
  sellEntry,
  withdrawalEntry,
} from './entry.ts'
import {
  holdAssetEntry,
  holdCashEntry,
  releaseAssetEntry,
  releaseCashEntry,
} from './hold-entries.ts'
import { HoldMissing } from './errors.ts'
import { openingLots } from './lots.ts'
import { post } from './post.ts'

const nowMs = Date.parse('2026-01-05T10:00:00.000Z')
const limits = {
  deposit: usd('10000.00'),
  withdrawal: usd('5000.00'),
  redPocketHoldMs: 0,
}
const at = { nowMs, limits, id: 'ent_1' }

const account = (fields: Partial<Account>): Account => ({ ...newAccount('alice'), ...fields })
function btc(fields: Partial<Holding>): Holding {
  const holding = { ...emptyHolding('BTC'), ...fields }
  return { ...holding, lots: openingLots(totalQuantity(holding), holding.costBasis) }
}

function run(
  entry: Entry,
  fields: Partial<Account> = {},
  holding: Partial<Holding> = {},
  when = at,
) {
  const holdings = new Map([['BTC', btc(holding)]])
  const change = post({ account: account(fields), holdings }, entry, when)
  return { ...change, holding: change.holdings[0] }
}

const terms = {
  assetId: 'BTC',
  quantity: quantity('2'),
  price: price('10'),
  total: usd('20.10'),
  fee: usd('0.10'),
  orderId: 'ord_1',
} as const
const received = { ...terms, total: usd('19.90') }
const cashHold = { amount: usd('30.00'), orderId: 'ord_1', assetId: 'BTC' }
const assetHold = { quantity: quantity('2'), orderId: 'ord_1', assetId: 'BTC' }

const twoBtc = { available: quantity('2'), costBasis: usd('15.00') }
const fiveBtc = { available: quantity('4'), held: quantity('1'), costBasis: usd('100.00') }

describe('post', () => {
  it.each<[string, Entry, Partial<Account>, Partial<Account>]>([
    ['a deposit', depositEntry(usd('5.00')), {}, { available: usd('5.00') }],
    [
      'a withdrawal of the last cent',
      withdrawalEntry(usd('5.00')),
      { available: usd('5.00') },
      { available: usd('0.00'), withdrawnToday: usd('5.00') },
    ],
    [
      'a red pocket, which is no deposit',
      redPocketEntry(usd('8.88')),
      {},
      { available: usd('8.88'), depositedToday: usd('0') },
    ],
    [
      'a cash hold',
      holdCashEntry(cashHold),
      { available: usd('30.00') },
      { available: usd('0.00'), held: usd('30.00') },
    ],
    [
      'a cash release',
      releaseCashEntry(cashHold),
      { held: usd('31.00') },
      { available: usd('30.00'), held: usd('1.00') },
    ],
  ])('posts %s', (_name, entry, before, after) => {
    expect(run(entry, before).account).toMatchObject({ ...after, version: 1n, sequence: 1n })
  })

  it.each<[string, Entry, Partial<Holding>, Usd, Partial<Holding>]>([
    ['a buy', buyEntry(terms), {}, usd('79.90'), { ...twoBtc, costBasis: usd('20.10') }],
    [
      'a buy that adds to a holding',
      buyEntry(terms),
      fiveBtc,
      usd('79.90'),
      { available: quantity('6'), held: quantity('1'), costBasis: usd('120.10') },
    ],
    [
      'a sale of the whole',
      sellEntry(received),
      twoBtc,
      usd('119.90'),
      { available: quantity('0'), costBasis: usd('0') },
    ],
    [
      'a sale of a part, with its share of the cost basis',
      sellEntry(received),
      fiveBtc,
      usd('119.90'),
      { available: quantity('2'), held: quantity('1'), costBasis: usd('60.00') },
    ],
    [
      'a sale of dust for nothing',
      sellEntry({ ...terms, quantity: quantity('0.00000001'), total: usd('0'), fee: usd('0') }),
      { available: quantity('0.00000001'), costBasis: usd('0.01') },
      usd('100.00'),
      { available: quantity('0'), costBasis: usd('0') },
    ],
    [
      'an asset hold',
      holdAssetEntry(assetHold),
      twoBtc,
      usd('100.00'),
      { available: quantity('0'), held: quantity('2'), costBasis: usd('15.00') },
    ],
    [
      'an asset release',
      releaseAssetEntry(assetHold),
      { held: quantity('2'), costBasis: usd('15.00') },
      usd('100.00'),
      { ...twoBtc, held: quantity('0') },
    ],
    [
      'a sale from a hold',
      sellEntry({ ...received, heldBefore: received.quantity }),
      { held: quantity('2'), costBasis: usd('15.00') },
      usd('119.90'),
      { held: quantity('0'), costBasis: usd('0') },
    ],
  ])('posts %s', (_name, entry, before, cash, after) => {
    const change = run(entry, { available: usd('100.00'), version: 6n }, before)
    expect(change.account.available).toBe(cash)
    expect(change.holding).toMatchObject({ ...after, version: 7n })
  })

  it('pays a fill from its hold and returns the rest', () => {
    const entry = buyEntry({ ...terms, heldBefore: usd('30.00') })
    const { account: after } = run(entry, { available: usd('1.00'), held: usd('30.00') })
    expect(after).toMatchObject({ available: usd('10.90'), held: usd('0.00') })
  })

  it('pays a part of a fill from its hold, and keeps what the rest needs', () => {
    const entry = buyEntry({ ...terms, heldBefore: usd('30.00'), heldAfter: usd('7.00') })
    const { account: after } = run(entry, { available: usd('1.00'), held: usd('30.00') })
    expect(after).toMatchObject({ available: usd('3.90'), held: usd('7.00') })
  })

  it('gives the entry its place in the chain', () => {
    const { entry, account: after } = run(depositEntry(usd('5.00')), {
      sequence: 41n,
      head: 'abc',
      available: usd('1.00'),
      held: usd('2.00'),
    })
    expect(entry).toMatchObject({
      username: 'alice',
      id: 'ent_1',
      createdAt: '2026-01-05T10:00:00.000Z',
      sequence: 42n,
      previousHash: 'abc',
      cashAfter: usd('8.00'),
      cashHeldAfter: usd('2.00'),
    })
    expect(after.head).toBe(entry.hash)
  })

  it.each<[string, string, Entry, Partial<Account>, Partial<Holding>]>([
    ['DAILY_LIMIT_EXCEEDED', 'over the deposit limit', depositEntry(usd('10000.01')), {}, {}],
    [
      'DAILY_LIMIT_EXCEEDED',
      'over what is left of it',
      depositEntry(usd('1.01')),
      { day: '2026-01-05', depositedToday: usd('9999.00') },
      {},
    ],
    // Limits are looked at before funds.
    ['DAILY_LIMIT_EXCEEDED', 'over limit and funds', withdrawalEntry(usd('5000.01')), {}, {}],
    [
      'INSUFFICIENT_FUNDS',
      'a cent too much',
      withdrawalEntry(usd('5.01')),
      { available: usd('5.00'), held: usd('9.00') },
      {},
    ],
    ['INSUFFICIENT_FUNDS', 'a buy without cash', buyEntry(terms), { available: usd('20.09') }, {}],
    ['INSUFFICIENT_FUNDS', 'a hold without cash', holdCashEntry(cashHold), {}, {}],
    [
      'INSUFFICIENT_HOLDINGS',
      'a unit too much',
      sellEntry(received),
      {},
      { available: quantity('1.99999999'), held: quantity('5') },
    ],
    ['INSUFFICIENT_HOLDINGS', 'a hold of nothing', holdAssetEntry(assetHold), {}, {}],
  ])('refuses with %s: %s', (code, _name, entry, before, holding) => {
    expect(() => run(entry, before, holding)).toThrow(expect.objectContaining({ code }))
    expect(() => run(entry, before, holding)).toThrow(DomainError)
  })

  it.each<[string, Entry]>([
    ['cash', releaseCashEntry(cashHold)],
    ['an asset', releaseAssetEntry(assetHold)],
    ['a fill', buyEntry({ ...terms, heldBefore: usd('30.00') })],
    ['a held sale', sellEntry({ ...received, heldBefore: received.quantity })],
  ])('takes a hold of %s that is not there for a stale read', (_name, entry) => {
    const available = { available: quantity('9') }
    expect(() => run(entry, { available: usd('99.00') }, available)).toThrow(HoldMissing)
  })
})

describe('the day counters', () => {
  const used = { day: '2026-01-05', depositedToday: usd('10000.00'), withdrawnToday: usd('1.00') }

  it('start anew with the next UTC day', () => {
    const tomorrow = { ...at, nowMs: Date.parse('2026-01-06T00:00:00.000Z') }
    const { account: after } = run(depositEntry(usd('5.00')), used, {}, tomorrow)
    expect(after).toMatchObject({
      day: '2026-01-06',
      depositedToday: usd('5.00'),
      withdrawnToday: usd('0.00'),
    })
  })

  it('do not go back with a slow clock', () => {
    const lagging = { ...at, nowMs: Date.parse('2026-01-04T23:59:59.999Z') }
    expect(() => run(depositEntry(usd('0.01')), used, {}, lagging)).toThrow('may still be moved')
  })

  it('show what is left', () => {
    const state = account(used)
    expect(allowance(state, limits, nowMs)).toEqual({
      depositLeft: usd('0.00'),
      withdrawLeft: usd('4999.00'),
    })
    expect(allowance(state, limits, nowMs + 86_400_000).depositLeft).toBe(usd('10000.00'))
    const lowered = { ...limits, deposit: usd('1.00') }
    expect(allowance(state, lowered, nowMs).depositLeft).toBe(usd('0.00'))
  })
})
