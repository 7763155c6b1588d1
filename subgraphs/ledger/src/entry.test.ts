import { BadInput, InvariantViolation } from '@cnop/kit/errors'
import { price, quantity, usd } from '@cnop/kit/money'
import { describe, expect, it } from '@jest/globals'
import { type Account, emptyHolding, type Holding, newAccount } from './account.ts'
import {
  buyEntry,
  cashChange,
  cashHeldChange,
  depositEntry,
  type Entry,
  quantityChange,
  quantityHeldChange,
  redPocketEntry,
  sellEntry,
  withdrawalEntry,
} from './entry.ts'
import { EntryTooLate } from './errors.ts'
import {
  holdAssetEntry,
  holdCashEntry,
  replaceAssetEntry,
  replaceCashEntry,
  releaseAssetEntry,
  releaseCashEntry,
} from './hold-entries.ts'
import { post } from './post.ts'

const terms = {
  assetId: 'BTC',
  quantity: quantity('2'),
  price: price('10'),
  total: usd('20.10'),
  fee: usd('0.10'),
  orderId: 'ord_1',
} as const
const hold = { amount: usd('3.00'), quantity: quantity('2'), orderId: 'ord_1', assetId: 'BTC' }
const replaced = { replaced: 500n, replacedOrderId: 'ord_0' }
const part = { heldBefore: usd('30'), heldAfter: usd('9') }
const partSold = { heldBefore: quantity('5'), heldAfter: quantity('3') }
const by = { replacedOrderId: 'ord_0' }
const sold = { heldBefore: quantity('3'), replacedOrderId: 'ord_0' }

describe('what an entry does to the user', () => {
  it.each([
    ['deposit', depositEntry(usd('3.00')), '3.00', '0', '0', '0'],
    ['withdrawal', withdrawalEntry(usd('3.00')), '-3.00', '0', '0', '0'],
    ['red pocket', redPocketEntry(usd('3.00')), '3.00', '0', '0', '0'],
    ['buy', buyEntry(terms), '-20.10', '0', '2', '0'],
    ['filled buy', buyEntry({ ...terms, heldBefore: usd('25') }), '-20.10', '-25', '2', '0'],
    ['buy for an order', buyEntry({ ...terms, openedOrderId: 'ord_2' }), '-20.10', '0', '2', '2'],
    ['sale', sellEntry(terms), '20.10', '0', '-2', '0'],
    ['filled sale', sellEntry({ ...terms, heldBefore: terms.quantity }), '20.10', '0', '-2', '-2'],
    ['cash hold', holdCashEntry(hold), '0', '3.00', '0', '0'],
    ['cash release', releaseCashEntry(hold), '0', '-3.00', '0', '0'],
    ['asset hold', holdAssetEntry(hold), '0', '0', '0', '2'],
    ['asset release', releaseAssetEntry(hold), '0', '0', '0', '-2'],
    ['cash replacement', replaceCashEntry({ ...hold, ...replaced }), '0', '-2.00', '0', '0'],
    ['asset replacement', replaceAssetEntry({ ...hold, ...replaced }), '0', '0', '0', '1.999995'],
    ['part of a buy', buyEntry({ ...terms, ...part }), '-20.10', '-21', '2', '0'],
    ['part at placement', buyEntry({ ...terms, heldAfter: usd('9') }), '-20.10', '9', '2', '0'],
    ['part of a replacement', buyEntry({ ...terms, ...part, ...by }), '-20.10', '-21', '2', '0'],
    ['part of a sale', sellEntry({ ...terms, ...partSold }), '20.10', '0', '-2', '-2'],
    ['sale of a larger hold', sellEntry({ ...terms, ...sold }), '20.10', '0', '-2', '-3'],
  ])('is read from its postings: %s', (_name, entry, cash, held, units, unitsHeld) => {
    expect(cashChange(entry)).toBe(usd(cash))
    expect(cashHeldChange(entry)).toBe(usd(held))
    expect(quantityChange(entry, 'BTC')).toBe(quantity(units))
    expect(quantityHeldChange(entry, 'BTC')).toBe(quantity(unitsHeld))
  })
})

describe('the shape of an entry', () => {
  it.each([
    ['nothing deposited', () => depositEntry(usd('0'))],
    ['a negative deposit', () => depositEntry(usd('-1'))],
    ['nothing withdrawn', () => withdrawalEntry(usd('0'))],
    ['an empty red pocket', () => redPocketEntry(usd('0'))],
    ['nothing bought', () => buyEntry({ ...terms, quantity: quantity('0') })],
    ['something bought for nothing', () => buyEntry({ ...terms, total: usd('0') })],
    ['a free price', () => buyEntry({ ...terms, price: price('0') })],
    ['a negative fee', () => buyEntry({ ...terms, fee: usd('-0.01') })],
    ['a fee over the total', () => buyEntry({ ...terms, fee: usd('20.11') })],
    ['cash as an asset', () => buyEntry({ ...terms, assetId: 'USD' })],
    ['a lower-case ticker', () => sellEntry({ ...terms, assetId: 'btc' })],
    ['nothing sold', () => sellEntry({ ...terms, quantity: quantity('0') })],
    ['a negative sale', () => sellEntry({ ...terms, total: usd('-0.01') })],
    ['an empty cash hold', () => holdCashEntry({ ...hold, amount: usd('0') })],
    ['an empty asset hold', () => holdAssetEntry({ ...hold, quantity: quantity('0') })],
    ['an empty cash release', () => releaseCashEntry({ ...hold, amount: usd('0') })],
    ['an empty asset release', () => releaseAssetEntry({ ...hold, quantity: quantity('0') })],
  ])('is refused: %s', (_name, make) => {
    expect(make).toThrow(BadInput)
  })
})

describe('the time of an entry', () => {
  const movedAt = '2026-01-05T10:00:00.500Z'
  const limits = { deposit: usd('9'), withdrawal: usd('9'), redPocketHoldMs: 0 }
  const run = (fields: Partial<Account>, at: string, isDated = false) => {
    const account = { ...newAccount('alice'), day: '2026-01-05', ...fields }
    const context = { nowMs: Date.parse(at), limits, id: 'ent_1', isDated }
    return post({ account, holdings: new Map() }, depositEntry(usd('1.00')), context)
  }

  it('is not before that of the last one', () => {
    const { account, entry } = run({ movedAt }, '2026-01-05T09:59:59.000Z')
    expect([entry.createdAt, account.movedAt]).toEqual([movedAt, movedAt])
    expect(() => run({ movedAt }, '2026-01-05T09:59:59.000Z', true)).toThrow(EntryTooLate)
    expect(run({ movedAt }, movedAt, true).entry.createdAt).toBe(movedAt)
  })

  it('is not before its day, where an older release has kept that alone', () => {
    const old = { movedAt: undefined, orderedSince: undefined }
    expect(run(old, '2026-01-05T09:59:59.000Z')).toMatchObject({
      entry: { createdAt: '2026-01-05T09:59:59.000Z' },
      account: { movedAt: '2026-01-05T09:59:59.000Z', orderedSince: '2026-01-06' },
    })
    expect(run(old, '2026-01-04T23:59:59.000Z').entry.createdAt).toBe('2026-01-05T00:00:00.000Z')
  })
})

describe('an entry that no correct command creates', () => {
  const limits = { deposit: usd('9'), withdrawal: usd('9'), redPocketHoldMs: 0 }
  const run = (entry: Entry, fields: Partial<Account>, holding: Partial<Holding> = {}) => {
    const holdings = new Map([['BTC', { ...emptyHolding('BTC'), ...holding }]])
    const account = { ...newAccount('alice'), ...fields }
    return post({ account, holdings }, entry, { nowMs: 0, limits, id: 'ent_1' })
  }
  const deposit = depositEntry(usd('5.00'))
  const buy = buyEntry(terms)
  const held = holdCashEntry(hold)
  const moved = replaceCashEntry({ ...hold, ...replaced })
  const opening = buyEntry({ ...terms, openedOrderId: 'ord_2' })
  const shortOpening = {
    ...opening,
    postings: opening.postings.flatMap((each) =>
      each.account === 'held'
        ? [
            { ...each, amount: each.amount - 1n },
            { ...each, account: 'available', amount: 1n } as const,
          ]
        : [each],
    ),
  }
  const { replacedOrderId: _replaced, ...nothing } = moved
  const cash = { account: 'available', assetId: 'USD' } as const
  it.each<[string, Entry]>([
    ['one posting', { ...deposit, postings: deposit.postings.slice(1) }],
    [
      'postings that do not sum to zero',
      { ...deposit, postings: [...deposit.postings, { ...cash, amount: 1n }] },
    ],
    ['the wrong platform account', { ...deposit, kind: 'RED_POCKET' }],
    ['the wrong direction', { ...deposit, kind: 'WITHDRAWAL' }],
    ['another quantity than it names', { ...buy, quantity: quantity('3') }],
    ['another asset than it names', { ...buy, assetId: 'ETH' }],
    ['another fee than it names', { ...buy, fee: usd('0.11') }],
    ['a release that holds', { ...held, kind: 'RELEASE' }],
    ['a replacement without a new hold', { ...moved, postings: moved.postings.slice(0, 2) }],
    ['a replacement without an old hold', { ...moved, postings: moved.postings.slice(2) }],
    ['a replacement of itself', { ...moved, replacedOrderId: 'ord_1' }],
    ['a replacement of nothing', nothing],
    ['a trade that ends no hold of what it replaces', { ...buy, replacedOrderId: 'ord_0' }],
    ['a trade that opens an order without a hold', { ...buy, openedOrderId: 'ord_2' }],
    ['a trade that opens an order with less than it bought', shortOpening],
    ['a trade that opens itself', { ...opening, openedOrderId: 'ord_1' }],
    ['a hold that opens an order', { ...held, openedOrderId: 'ord_2' }],
  ])('is stopped: %s', (_name, entry) => {
    const rich = { available: usd('100.00'), held: usd('100.00') }
    expect(() => run(entry, rich)).toThrow(InvariantViolation)
  })

  it('is stopped: on a state that already is negative', () => {
    const broken = { available: usd('100.00'), held: usd('-1.00') }
    expect(() => run(deposit, broken)).toThrow()
    const empty = { costBasis: usd('5.00'), available: quantity('-2') }
    expect(() => run(buy, { available: usd('99.00') }, empty)).toThrow(InvariantViolation)
  })
})
