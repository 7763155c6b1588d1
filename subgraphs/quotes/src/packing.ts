import { priceFromUnits } from '@cnop/kit/money'
import { z } from 'zod'
import { assetCategories, type Quote, type QuoteTick } from './quote.ts'

const units = z.string().regex(/^\d{1,24}$/)

const packedQuote = z.tuple([
  z.string(),
  units,
  z.string(),
  z.boolean(),
  z.string(),
  z.enum(assetCategories),
  units.nullable(),
  // Absent in most quotes, which are neither halted nor delisted.
  z.string().nullable().optional(),
  z.string().nullable().optional(),
])

const packedQuotes = z.array(packedQuote)
const packedTick = z.object({ tickedAt: z.string(), quotes: packedQuotes })

const pack = (quote: Quote): z.infer<typeof packedQuote> => {
  const { haltedSince, delistedAt } = quote
  const facts = [
    quote.assetId,
    quote.price.toString(),
    quote.quotedAt,
    quote.isActive,
    quote.name,
    quote.category,
    quote.dayAgoPrice?.toString() ?? null,
  ] as const
  const isPlain = haltedSince === undefined && delistedAt === undefined
  return isPlain ? [...facts] : [...facts, haltedSince ?? null, delistedAt ?? null]
}

function unpack(packed: z.infer<typeof packedQuote>): Quote {
  const [assetId, price, quotedAt, isActive, name, category, dayAgo, haltedSince, delistedAt] =
    packed
  return {
    assetId,
    price: priceFromUnits(BigInt(price)),
    quotedAt,
    isActive,
    name,
    category,
    dayAgoPrice: dayAgo === null ? undefined : priceFromUnits(BigInt(dayAgo)),
    haltedSince: haltedSince ?? undefined,
    delistedAt: delistedAt ?? undefined,
  }
}

/** Quotes as one text without field names: a few hundred fit one row. */
export const packQuotes = (quotes: readonly Quote[]): string => JSON.stringify(quotes.map(pack))

export const unpackQuotes = (text: string): readonly Quote[] =>
  packedQuotes.parse(JSON.parse(text)).map(unpack)

/** A tick as it travels on the bus. */
export const packTick = ({ tickedAt, quotes }: QuoteTick): string =>
  JSON.stringify({ tickedAt, quotes: quotes.map(pack) })

/** Reads a tick; undefined when the text is none, because a bus may carry anything. */
export function unpackTick(text: string): QuoteTick | undefined {
  try {
    const { tickedAt, quotes } = packedTick.parse(JSON.parse(text))
    return { tickedAt, quotes: quotes.map(unpack) }
  } catch {
    return undefined
  }
}
