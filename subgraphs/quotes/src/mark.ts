import { bitsAt, streamOf } from './simulation/noise.ts'

/** How an asset is drawn: letters on a coin of 64 by 64 with a colour and a pattern. Nothing here depends on Node or on a browser. */
export type Mark = {
  /** A CSS colour. */
  readonly colour: string
  /** The path (SVG) of the pattern, which is black at `patternOpacity`. */
  readonly pattern: string
  /** By which the pattern is turned around the middle, in degrees. */
  readonly turn: number
  readonly letters: string
  /** Of the letters, in units of the coin. */
  readonly size: number
}

export const patternOpacity = 0.24

/** Hues by which people know some assets; the others get theirs from their ticker. */
const knownHues: Readonly<Record<string, number>> = {
  BTC: 30,
  ETH: 229,
  USDT: 163,
  BNB: 46,
  SOL: 274,
  USDC: 212,
  XRP: 200,
  DOGE: 52,
  ADA: 222,
  TRX: 355,
  DOT: 328,
  LTC: 236,
}

/** By the number of letters: no letter is smaller than eight pixels on a coin of 28. */
const sizes = [34, 27, 21]

/** Light enough for a dark page, dark enough for a light one and for white letters: 3, 3 and 4.5 to 1 or more. */
const luminance = 0.165

const saturation = 0.62

/** One channel of a colour (0 to 1) as linear light. */
const linear = (part: number): number =>
  part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4

/** The relative luminance (WCAG) of an HSL colour; `place` is 0, 8 or 4 for red, green and blue. */
function luminanceOf(hue: number, lightness: number): number {
  const reach = saturation * Math.min(lightness, 1 - lightness)
  const channel = (place: number): number => {
    const k = (place + hue / 30) % 12
    return linear(lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
  }
  return 0.2126 * channel(0) + 0.7152 * channel(8) + 0.0722 * channel(4)
}

/** The lightness at which a hue is as bright as every other: yellow is dark then, and blue is light. */
function lightnessOf(hue: number): number {
  let [low, high] = [0, 1]
  for (let step = 0; step < 12; step += 1) {
    const middle = (low + high) / 2
    if (luminanceOf(hue, middle) < luminance) low = middle
    else high = middle
  }
  return low
}

const patterns = [
  'M32 0a32 32 0 0 1 0 64z',
  'M0 32a32 32 0 0 0 64 0c-16-12-48 12-64 0z',
  'M32 32V0A32 32 0 0 0 0 32zM32 32v32a32 32 0 0 0 32-32z',
  // A ring: the inner circle runs the other way round.
  'M32 0a32 32 0 0 1 0 64a32 32 0 0 1 0-64zM32 6a26 26 0 0 0 0 52a26 26 0 0 0 0-52z',
  'M32 2 62 32 32 62 2 32z',
  'M0 20h64v24H0z',
  'M32 32 4 16a32 32 0 0 1 56 0z',
  'M58-12a26 26 0 0 1 0 52a26 26 0 0 1 0-52z',
]

/** The mark of a ticker, whatever its case. */
export function markOf(assetId: string): Mark {
  const ticker = assetId.toUpperCase()
  const stream = streamOf(ticker)
  const pick = (place: number, choices: number): number => bitsAt(stream, place, 0) % choices
  const hue = knownHues[ticker] ?? pick(1, 360)
  // A part of a longer ticker would look like another ticker.
  const letters = ticker.length <= sizes.length ? ticker : ticker.slice(0, 1)
  return {
    colour: `hsl(${hue} ${saturation * 100}% ${(lightnessOf(hue) * 100).toFixed(1)}%)`,
    pattern: patterns[pick(3, patterns.length)] ?? '',
    turn: pick(4, 8) * 45,
    letters,
    size: sizes[letters.length - 1] ?? 0,
  }
}
