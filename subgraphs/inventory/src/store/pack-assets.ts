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

/** Assets as one text; amounts are strings of whole units. */
export const packAssets = (given: readonly Asset[]): string =>
  JSON.stringify(given, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

export const unpackAssets = (packed: string): readonly Asset[] =>
  assets.parse(JSON.parse(packed)).map(withEveryField)

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
