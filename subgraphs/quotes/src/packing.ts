import { priceFromUnits } from '@cnop/kit/money'
import { packedQuote } from '@cnop/schema/events'
import { z } from 'zod'
import type { Quote, QuoteTick } from './quote.ts'

const packedQuotes = z.array(packedQuote)
type PackedQuote = z.infer<typeof packedQuote>

const pack = (quote: Quote): PackedQuote => {
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

function unpack(packed: PackedQuote): Quote {
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
interface PackedTick {
  readonly tickedAt: string
  readonly quotes: PackedQuote[]
}

export const packTick = ({ tickedAt, quotes }: QuoteTick): PackedTick => ({
  tickedAt,
  quotes: quotes.map(pack),
})

export const unpackTick = ({ tickedAt, quotes }: PackedTick): QuoteTick => ({
  tickedAt,
  quotes: quotes.map(unpack),
})
