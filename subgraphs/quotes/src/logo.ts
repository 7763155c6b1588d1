import { BadInput } from '@cnop/kit/errors'
import { isTicker } from './quote.ts'
import { bitsAt, streamOf } from './simulation/noise.ts'

/** The path at which the router serves the logo of an asset. */
export const logoPath = (assetId: string): string => `/assets/${assetId}.svg`

/** Hues by which people know some assets; the others get theirs from their ticker. */
const knownHues: Readonly<Record<string, number>> = {
  BTC: 35,
  ETH: 229,
  USDT: 163,
  BNB: 45,
  SOL: 270,
  USDC: 212,
  XRP: 205,
  DOGE: 48,
  ADA: 218,
  TRX: 355,
  DOT: 328,
  LTC: 222,
}

/** Draws the logo of an asset: its letters on a coin, with a ring pattern and colours of its own. */
export function assetLogo(assetId: string): string {
  if (!isTicker(assetId)) throw new BadInput('assetId', 'must be 1 to 10 letters or digits')
  const ticker = assetId.toUpperCase()
  const stream = streamOf(ticker)
  const pick = (place: number, choices: number): number => bitsAt(stream, place, 0) % choices
  const hue = knownHues[ticker] ?? pick(1, 360)
  const dark = `hsl(${hue} 68% 34%)`
  const light = `hsl(${(hue + 18 + pick(2, 24)) % 360} 78% 54%)`
  const letters = ticker.slice(0, 4)
  const size = [34, 30, 25, 20][letters.length - 1] ?? 20
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="${ticker}">`,
    `<defs><linearGradient id="coin-${ticker}" x1="0" y1="0" x2="1" y2="1">`,
    `<stop offset="0" stop-color="${light}"/><stop offset="1" stop-color="${dark}"/>`,
    `</linearGradient></defs>`,
    `<circle cx="32" cy="32" r="32" fill="url(#coin-${ticker})"/>`,
    ring(pick(3, 4), pick(4, 360)),
    `<text x="32" y="32" dy=".36em" text-anchor="middle" font-family="system-ui,sans-serif"`,
    ` font-weight="700" font-size="${size}" letter-spacing="-1" fill="#fff">${letters}</text>`,
    `</svg>`,
  ].join('')
}

/** A faint pattern around the letters: dashes, dots, arcs or a plain line. */
function ring(kind: number, angle: number): string {
  const dashes = ['6 5', '0.1 7', '42 14', 'none'][kind] ?? 'none'
  return [
    `<circle cx="32" cy="32" r="27.5" fill="none" stroke="#fff" stroke-opacity=".45"`,
    ` stroke-width="2" stroke-linecap="round" stroke-dasharray="${dashes}"`,
    ` transform="rotate(${angle} 32 32)"/>`,
  ].join('')
}
