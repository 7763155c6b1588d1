import { formatPrice } from '@cnop/kit/money'
import { unpackTick } from '@cnop/quotes/packing'
import { percentChange } from '@cnop/quotes/percent'
import type { MessageOf, quotesTicked } from '@cnop/schema/events'

/** What an asset costs, as the API writes it. */
export interface StreamPrice {
  readonly assetId: string
  readonly price: string
  readonly quotedAt: string
  readonly changePercent24h: number | null
  readonly isActive: boolean
  readonly haltedSince: string | null
}

/** The newest price of every asset that was published or read. */
export interface PriceMemory {
  get(assetId: string): StreamPrice | undefined
  /** Returns the assets whose price changed. */
  learn(prices: readonly StreamPrice[]): readonly string[]
}

export function createPriceMemory(): PriceMemory {
  const latest = new Map<string, StreamPrice>()
  return {
    get: (assetId) => latest.get(assetId),
    learn: (prices) => {
      const news = prices.filter((price) => isNews(latest.get(price.assetId), price))
      for (const price of news) latest.set(price.assetId, price)
      return news.map(({ assetId }) => assetId)
    },
  }
}

/**
 * Bus and readings may overtake each other: an older price never replaces a newer one. At the same price time the later
 * message counts, because only the state of the asset differs.
 */
function isNews(known: StreamPrice | undefined, update: StreamPrice): boolean {
  if (!known) return true
  if (update.quotedAt !== known.quotedAt) return update.quotedAt > known.quotedAt
  return (
    update.price !== known.price ||
    update.isActive !== known.isActive ||
    update.haltedSince !== known.haltedSince
  )
}

/** The prices of a tick of the bus. */
export const readTick = (message: MessageOf<typeof quotesTicked>): readonly StreamPrice[] =>
  unpackTick(message).quotes.map((quote) => ({
    assetId: quote.assetId,
    price: formatPrice(quote.price),
    quotedAt: quote.quotedAt,
    changePercent24h: percentChange(quote.price, quote.dayAgoPrice) ?? null,
    isActive: quote.isActive,
    haltedSince: quote.haltedSince ?? null,
  }))
