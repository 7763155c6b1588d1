import { BadInput } from '@cnop/kit/errors'
import { price, quantity, usd } from '@cnop/kit/money'
import { describe, expect, it } from '@jest/globals'
import { type Account, newAccount } from './account.ts'
import {
  buyEntry,
  cashChange,
  cashHeldChange,
  depositEntry,
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
