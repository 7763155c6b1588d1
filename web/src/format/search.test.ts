import { expect, it } from '@jest/globals'
import { plainSearch } from './search.ts'

it.each([
  ['ＢＴＣ', 'BTC'],
  ['  usd   coin ', 'usd coin'],
  ['usd\u3000coin', 'usd coin'],
])('reads %j as %j', (typed, plain) => {
  expect(plainSearch(typed)).toBe(plain)
})
