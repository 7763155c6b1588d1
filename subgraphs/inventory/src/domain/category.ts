import type { AssetCategory } from '@cnop/quotes/quote'

/** Feeds do not say which assets follow a currency, so the known ones are listed here. */
const stablecoins = new Set(
  [
    'USDT',
    'USDC',
    'DAI',
    'USDE',
    'FDUSD',
    'PYUSD',
    'TUSD',
    'USDD',
    'FRAX',
    'BUSD',
    'USDP',
    'GUSD',
    'LUSD',
  ].concat([
    'EURC',
    'EURT',
    'EURS',
    'USDS',
    'USD1',
    'RLUSD',
    'CRVUSD',
    'GHO',
    'USDG',
    'USD0',
    'USDX',
    'SUSD',
    'USDB',
    'SUSDE',
    'SUSDS',
    'BUIDL',
    'USDF',
    'USDY',
    'USYC',
    'USDTB',
  ]),
)

/** The largest assets of long standing. */
const majors = new Set([
  'BTC',
  'ETH',
  'BNB',
  'SOL',
  'XRP',
  'DOGE',
  'ADA',
  'AVAX',
  'DOT',
  'LINK',
  'BCH',
  'LTC',
])

const lowestMajorRank = 50

/** The group of an asset by its ticker; a namesake of a major one is none of the largest and so no major. */
export function categoryOf(assetId: string, rank: number | undefined): AssetCategory {
  if (stablecoins.has(assetId)) return 'STABLECOIN'
  const isLarge = rank !== undefined && rank <= lowestMajorRank
  return isLarge && majors.has(assetId) ? 'MAJOR' : 'ALTCOIN'
}
