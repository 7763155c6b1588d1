import { priceFromUnits, quantityFromUnits, usdFromCents } from '@cnop/kit/money'
import { assetCategories } from '@cnop/quotes/quote'
import { z } from 'zod'
import type { Asset } from '../domain/asset.ts'

const units = z.string().regex(/^\d{1,40}$/)
const wholePrice = units.transform((text) => priceFromUnits(BigInt(text)))
const price = wholePrice.optional()
const money = units.transform((text) => usdFromCents(BigInt(text))).optional()
const quantity = units.transform((text) => quantityFromUnits(BigInt(text))).optional()
const text = z.string().optional()

const figures = z.object({
  dayAgoPrice: price,
  weekAgoPrice: price,
  monthAgoPrice: price,
  marketCap: money,
  dayAgoMarketCap: money,
  volume24h: money,
  circulatingSupply: quantity,
  totalSupply: quantity,
  maxSupply: quantity,
  allTimeHigh: price,
  allTimeHighAt: text,
  allTimeLow: price,
  allTimeLowAt: text,
})

const doubt = z.object({
  level: wholePrice,
  agreed: z.number(),
  price: wholePrice,
  quotedAt: z.string(),
})

const band = z.object({
  accepted: z.object({ price: wholePrice, atMs: z.number() }).optional(),
  doubt: doubt.optional(),
})

const assets = z.array(
  z.object({
    assetId: z.string(),
    sourceId: z.string(),
    name: z.string(),
    description: text,
    category: z.enum(assetCategories),
    rank: z.number().optional(),
    isActive: z.boolean(),
    price,
    quotedAt: text,
    missedReads: z.number(),
    haltedSince: text,
    delistedAt: text,
    // Absent in rows that an earlier version stored.
    band: band.default({}),
    figures,
  }),
)

const factNames: ReadonlySet<string> = new Set([
  'sourceId',
  'name',
  'description',
  'category',
  'circulatingSupply',
  'totalSupply',
  'maxSupply',
  'allTimeHigh',
  'allTimeHighAt',
  'allTimeLow',
  'allTimeLowAt',
])

/** What rarely changes, or what moves with the price. */
export type AssetPart = 'facts' | 'figures'

const isInBoth = (name: string): boolean => name === 'assetId' || name === 'figures'

function pick(value: object, part: AssetPart): object {
  const names = Object.entries(value).filter(
    ([name]) => isInBoth(name) || factNames.has(name) === (part === 'facts'),
  )
  return Object.fromEntries(names)
}

/** One part of each asset, as one text; amounts are strings of whole units. */
export const packAssets = (given: readonly Asset[], part: AssetPart): string =>
  JSON.stringify(
    given.map((asset) => ({ ...pick(asset, part), figures: pick(asset.figures, part) })),
    (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  )

const packed = z.array(z.looseObject({ assetId: z.string(), figures: z.looseObject({}) }))

/** Joins the parts of each asset. A text of an earlier version has all of it. */
export function unpackAssets(texts: readonly string[]): readonly Asset[] {
  const joined = new Map<string, z.infer<typeof packed>[number]>()
  for (const part of texts.flatMap((each) => packed.parse(JSON.parse(each)))) {
    const known = joined.get(part.assetId)
    const figures = { ...known?.figures, ...part.figures }
    joined.set(part.assetId, { ...known, ...part, figures })
  }
  return assets.parse([...joined.values()]).map(withEveryField)
}

type Unpacked = z.infer<typeof assets>[number]

/** A field that is absent in JSON is present and undefined in an asset. */
function withEveryField(asset: Unpacked): Asset {
  const none = Object.fromEntries(Object.keys(figures.shape).map((name) => [name, undefined]))
  return {
    ...asset,
    description: asset.description,
    rank: asset.rank,
    price: asset.price,
    quotedAt: asset.quotedAt,
    haltedSince: asset.haltedSince,
    delistedAt: asset.delistedAt,
    figures: { ...none, ...asset.figures } as Asset['figures'],
  }
}
