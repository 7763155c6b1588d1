import { expect, it } from '@jest/globals'
import { BadInput } from '@cnop/kit/errors'
import { assetLogo, logoPath } from './logo.ts'

it('draws the same logo for the same ticker in any case', () => {
  expect(assetLogo('btc')).toBe(assetLogo('BTC'))
  expect(assetLogo('BTC')).toContain('>BTC</text>')
})

it('draws different logos for tickers with the same first letters', () => {
  expect(assetLogo('USDTA')).not.toBe(assetLogo('USDTB').replaceAll('USDTB', 'USDTA'))
})

it.each(['', 'a'.repeat(11), '<svg>', 'A"B', '../x'])('refuses %j', (ticker) => {
  expect(() => assetLogo(ticker)).toThrow(BadInput)
})

it('knows the address of a logo', () => {
  expect(logoPath('BTC')).toBe('/assets/BTC.svg')
})
