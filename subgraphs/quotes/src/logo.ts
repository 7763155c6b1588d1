import { BadInput } from '@cnop/kit/errors'
import { markOf, patternOpacity } from './mark.ts'
import { isTicker } from './quote.ts'

/** The path at which the router serves the logo of an asset. */
export const logoPath = (assetId: string): string => `/assets/${assetId}.svg`

/** The logo of an asset as an SVG file. */
export function assetLogo(assetId: string): string {
  if (!isTicker(assetId)) throw new BadInput('assetId', 'must be 1 to 10 letters or digits')
  const { colour, pattern, turn, letters, size } = markOf(assetId)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="${assetId.toUpperCase()}">`,
    `<clipPath id="coin"><circle cx="32" cy="32" r="32"/></clipPath><g clip-path="url(#coin)">`,
    `<path fill="${colour}" d="M0 0h64v64H0z"/>`,
    `<path fill-opacity="${patternOpacity}" transform="rotate(${turn} 32 32)" d="${pattern}"/></g>`,
    `<text x="32" y="32" dy=".36em" text-anchor="middle" font-family="system-ui,sans-serif"`,
    ` font-weight="700" font-size="${size}" letter-spacing="-.5" fill="#fff">${letters}</text>`,
    `</svg>`,
  ].join('')
}
