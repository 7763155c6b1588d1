import { expect, it } from '@jest/globals'
import { BadInput } from '@cnop/kit/errors'
import { assetLogo, logoPath } from './logo.ts'

it('draws the same logo for the same ticker in any case', () => {
  expect(assetLogo('btc')).toBe(assetLogo('BTC'))
  expect(assetLogo('BTC')).toContain('>BTC</text>')
})

it('shows a whole ticker, or its first letter', () => {
  expect(assetLogo('OP')).toContain('>OP</text>')
  expect(assetLogo('DOGE')).toContain('>D</text>')
})

it('draws different logos for tickers with the same first letters', () => {
  expect(assetLogo('USDTA')).not.toBe(assetLogo('USDTB').replaceAll('USDTB', 'USDTA'))
})

/** The relative luminance (WCAG) of a coin, from the text of its colour. */
function luminanceOf(logo: string): number {
  const [hue = 0, saturation = 0, lightness = 0] =
    /hsl\(([\d.]+) ([\d.]+)% ([\d.]+)%\)/.exec(logo)?.slice(1).map(Number) ?? []
  const [s, l] = [saturation / 100, lightness / 100]
  const chroma = (1 - Math.abs(2 * l - 1)) * s
  const [whole, second] = [hue / 60, chroma * (1 - Math.abs(((hue / 60) % 2) - 1))]
  const parts = [
    [chroma, second, 0],
    [second, chroma, 0],
    [0, chroma, second],
    [0, second, chroma],
    [second, 0, chroma],
    [chroma, 0, second],
  ][Math.floor(whole)] ?? [0, 0, 0]
  const [red = 0, green = 0, blue = 0] = parts
    .map((part) => part + l - chroma / 2)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

it('stands out from the panels of both themes, and its letters from it', () => {
  const darkPanel = 0.0085
  for (let number = 0; number < 400; number += 1) {
    const coin = luminanceOf(assetLogo(`T${number}`))
    expect((coin + 0.05) / (darkPanel + 0.05)).toBeGreaterThan(3)
    expect(1.05 / (coin + 0.05)).toBeGreaterThan(4.5)
  }
})

it.each(['', 'a'.repeat(11), '<svg>', 'A"B', '../x'])('refuses %j', (ticker) => {
  expect(() => assetLogo(ticker)).toThrow(BadInput)
})

it('knows the address of a logo', () => {
  expect(logoPath('BTC')).toBe('/assets/BTC.svg')
})
