import { describe, expect, it } from '@jest/globals'
import { searchOf } from './command-words.ts'
import { readCommand } from './palette-words.ts'

const assets = [
  { id: 'BTC', name: 'Bitcoin' },
  { id: 'BCH', name: 'Bitcoin Cash' },
  { id: 'ETH', name: 'Ethereum' },
  { id: '1INCH', name: '1inch' },
]
const [btc, bch, eth, inch] = assets

const read = (typed: string) => readCommand(typed, assets)
const only = (typed: string) => {
  const commands = read(typed)?.commands
  expect(commands).toHaveLength(1)
  return commands?.[0]
}

describe('an order', () => {
  it.each([
    ['buy 0.1 eth', { side: 'BUY', asset: eth, size: { unit: 'QUANTITY', amount: '0.1' } }],
    [
      '  ＢＵＹ　０．１　ＥＴＨ ',
      { side: 'BUY', asset: eth, size: { unit: 'QUANTITY', amount: '0.1' } },
    ],
    ['buy ethereum .5', { side: 'BUY', asset: eth, size: { unit: 'QUANTITY', amount: '0.5' } }],
    ['buy $50 btc', { side: 'BUY', asset: btc, size: { unit: 'USD', amount: '50.00' } }],
    [
      'buy btc for 1,250.50 usd',
      { side: 'BUY', asset: btc, size: { unit: 'USD', amount: '1250.50' } },
    ],
    [
      'buy $1.5k of bitcoin cash',
      { side: 'BUY', asset: bch, size: { unit: 'USD', amount: '1500.00' } },
    ],
    ['sell 25% btc', { side: 'SELL', asset: btc, size: { percent: 25 } }],
    ['sell all of my btc', { side: 'SELL', asset: btc, size: { percent: 100 } }],
    ['sell half eth', { side: 'SELL', asset: eth, size: { percent: 50 } }],
    ['buy 3 1inch', { side: 'BUY', asset: inch, size: { unit: 'QUANTITY', amount: '3' } }],
    ['buy 1inch 3', { side: 'BUY', asset: inch, size: { unit: 'QUANTITY', amount: '3' } }],
    [
      'buy 2 eth at 3.1k',
      { side: 'BUY', asset: eth, size: { unit: 'QUANTITY', amount: '2' }, limitPrice: '3100' },
    ],
  ])('is read from “%s”', (typed, expected) => {
    expect(only(typed)).toEqual({ kind: 'trade', limitPrice: undefined, ...expected })
  })

  it.each([
    ['买 0.1 eth', { side: 'BUY', asset: eth, size: { unit: 'QUANTITY', amount: '0.1' } }],
    ['买0.1eth', { side: 'BUY', asset: eth, size: { unit: 'QUANTITY', amount: '0.1' } }],
    ['买入０．５个以太坊', { side: 'BUY', asset: eth, size: { unit: 'QUANTITY', amount: '0.5' } }],
    ['购买 50美元 的比特币', { side: 'BUY', asset: btc, size: { unit: 'USD', amount: '50.00' } }],
    ['buy 1 比特币现金', { side: 'BUY', asset: bch, size: { unit: 'QUANTITY', amount: '1' } }],
    ['买3 1inch', { side: 'BUY', asset: inch, size: { unit: 'QUANTITY', amount: '3' } }],
    ['卖出一半比特币', { side: 'SELL', asset: btc, size: { percent: 50 } }],
    ['卖25%eth', { side: 'SELL', asset: eth, size: { percent: 25 } }],
    [
      '买2个eth价格3000',
      { side: 'BUY', asset: eth, size: { unit: 'QUANTITY', amount: '2' }, limitPrice: '3000' },
    ],
  ])('is read from the Chinese “%s”', (typed, expected) => {
    expect(only(typed)).toEqual({ kind: 'trade', limitPrice: undefined, ...expected })
  })

  it('is offered for each asset that an unclear name can mean', () => {
    expect(read('buy 1 coin')?.commands).toMatchObject([{ asset: btc }, { asset: bch }])
  })

  it('needs no amount, and no asset', () => {
    expect(only('buy eth')).toMatchObject({ asset: eth, size: undefined })
    expect(only('sell')).toEqual({ kind: 'trade', side: 'SELL' })
  })

  it.each([
    ['buy 0,1 eth', /^“0,1”: “,” only separates thousands/],
    ['buy -1 eth', /above zero/],
    ['buy 1e3 eth', /An exponent/],
    ['buy $0.001 btc', /At most 2 decimal places/],
    ['buy 99999999999999999999999k eth', /too large/],
    ['sell 101% btc', /from 1% to 100%/],
    ['sell 2.5% btc', /from 1% to 100%/],
    ['sell 0% btc', /from 1% to 100%/],
    ['buy 1 doge', /^No asset is called “doge”/],
    ['buy 1', /Add the name/],
    ['buy 1 btc at 1.1m', /^“1.1m”: At most \$1,000,000/],
    ['buy 1 eth at', /An amount is missing/],
    ['buy 1 eth at noon', /“noon”: The letter “n”/],
    ['buy 1 constructor', /^No asset is called/],
  ])('is refused with a reason: “%s”', (typed, reason) => {
    expect(read(typed)?.problem).toMatch(reason)
  })
})

describe('an alert', () => {
  it.each([
    ['alert btc 80k', { price: '80000' }],
    ['alert btc at $80,000', { price: '80000' }],
    ['alert 80000.5 bitcoin', { price: '80000.5' }],
    ['alert btc below 1.2m', { price: '1200000', direction: 'BELOW' }],
    ['alert when btc over 9', { price: '9', direction: 'ABOVE' }],
    ['提醒 btc 80000', { price: '80000' }],
    ['提醒比特币8万', { price: '80000' }],
    ['提醒比特币跌到1.5万美元', { price: '15000', direction: 'BELOW' }],
    ['alert btc', {}],
  ])('is read from “%s”', (typed, expected) => {
    expect(only(typed)).toEqual({
      kind: 'alert',
      asset: btc,
      price: undefined,
      direction: undefined,
      ...expected,
    })
  })
})

it('is no alert with a price that none may have', () => {
  expect(read('alert btc 2000m')?.problem).toMatch(/^“2000m”: At most \$1,000,000,000/)
})

describe('a movement of cash', () => {
  it.each([
    ['deposit 500', { direction: 'deposit', amount: '500.00' }],
    ['Withdraw $20 usd', { direction: 'withdraw', amount: '20.00' }],
    ['deposit 1.5K', { direction: 'deposit', amount: '1500.00' }],
    ['存入 500', { direction: 'deposit', amount: '500.00' }],
    ['充值1万美元', { direction: 'deposit', amount: '10000.00' }],
    ['提现20', { direction: 'withdraw', amount: '20.00' }],
    ['withdraw', { direction: 'withdraw' }],
  ])('is read from “%s”', (typed, expected) => {
    expect(only(typed)).toEqual({ kind: 'cash', ...expected })
  })

  it('is refused with the word that is no amount', () => {
    expect(read('deposit much')?.problem).toMatch(/^“much”: The letter “m”/)
  })
})

it('leaves every other text to the search', () => {
  expect(['', 'bitcoin', 'buyer', 'market', 'go to market'].map(read)).toEqual(
    Array(5).fill(undefined),
  )
  expect(searchOf('Go to  Orders')).toBe('Orders')
  expect(searchOf('ｏｐｅｎ eth')).toBe('eth')
  expect(searchOf('go')).toBe('go')
  expect(searchOf('打开委托')).toBe('委托')
})
