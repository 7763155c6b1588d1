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
  /** Of the latest trade of the platform that this router has heard of. */
  readonly tradesMark: string | null
}

/** A price as it was published or read: trades are told apart from ticks. */
export type ReadPrice = Omit<StreamPrice, 'tradesMark'>

/** The newest price of every asset that was published or read. */
export interface PriceMemory {
  get(assetId: string): StreamPrice | undefined
  /** Returns the assets whose price changed. */
  learn(prices: readonly ReadPrice[]): readonly string[]
  /** Returns whether the price of the asset is known, which then has the mark. */
  mark(assetId: string, tradesMark: string): boolean
}

export function createPriceMemory(): PriceMemory {
  const latest = new Map<string, StreamPrice>()
  return {
    get: (assetId) => latest.get(assetId),
    learn: (prices) => {
      const news = prices.filter((price) => isNews(latest.get(price.assetId), price))
      for (const price of news) {
        const tradesMark = latest.get(price.assetId)?.tradesMark ?? null
        latest.set(price.assetId, { ...price, tradesMark })
      }
      return news.map(({ assetId }) => assetId)
    },
    mark: (assetId, tradesMark) => {
      const known = latest.get(assetId)
      if (known) latest.set(assetId, { ...known, tradesMark })
      return known !== undefined
    },
  }
}

/**
 * Bus and readings may overtake each other: an older price never replaces a newer one. At the same price time the later
 * message counts, because only the state of the asset differs.
 */
function isNews(known: ReadPrice | undefined, update: ReadPrice): boolean {
  if (!known) return true
  if (update.quotedAt !== known.quotedAt) return update.quotedAt > known.quotedAt
  return (
    update.price !== known.price ||
    update.isActive !== known.isActive ||
    update.haltedSince !== known.haltedSince
  )
}

/** The prices of a tick of the bus. */
export const readTick = (message: MessageOf<typeof quotesTicked>): readonly ReadPrice[] =>
  unpackTick(message).quotes.map((quote) => ({
    assetId: quote.assetId,
    price: formatPrice(quote.price),
    quotedAt: quote.quotedAt,
    changePercent24h: percentChange(quote.price, quote.dayAgoPrice) ?? null,
    isActive: quote.isActive,
    haltedSince: quote.haltedSince ?? null,
  }))
