import { describe, expect, it } from '@jest/globals'
import { createFinder, plainSearch } from './search.ts'

it.each([
  ['ＢＴＣ', 'BTC'],
  ['  usd   coin ', 'usd coin'],
  ['usd\u3000coin', 'usd coin'],
])('reads %j as %j', (typed, plain) => {
  expect(plainSearch(typed)).toBe(plain)
})

describe('a search', () => {
  it.each(['bit', 'COIN', 'btc', 'ｂｉｔ', 'ＢＴＣ', 'bítcoin', 'bi\u0301tcoin', ' btc  bit ', ''])(
    '%j finds Bitcoin, BTC',
    (search) => {
      expect(createFinder(search)('BTC', 'Bitcoin')).toBe(true)
    },
  )

  it.each(['bitt', 'btc eth', 'coin bit', 'bitcoin c', '%', '.*'])('%j does not', (search) => {
    expect(createFinder(search)('BTC', 'Bitcoin')).toBe(false)
  })

  it('finds names with accents by plain letters', () => {
    expect(createFinder('bucher')('XYZ', 'Bücher Coin')).toBe(true)
  })
})
