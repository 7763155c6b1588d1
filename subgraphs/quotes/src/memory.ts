import type { Log } from '@cnop/kit/log'
import { createListeners } from './listeners.ts'
import type { Quote, QuoteTick } from './quote.ts'

/** The newest quote of every asset, and those who hear when one changes. */
export function createQuoteMemory(log: Log) {
  const quotes = new Map<string, Quote>()
  const listeners = createListeners(log)
  let tickedAt: string | undefined
  return {
    quotes,
    listeners,
    tickedAt: (): string | undefined => tickedAt,
    take: (tick: QuoteTick): void => {
      if (tickedAt === undefined || tick.tickedAt > tickedAt) tickedAt = tick.tickedAt
      const changed = tick.quotes.filter((quote) => isNews(quotes.get(quote.assetId), quote))
      for (const quote of changed) quotes.set(quote.assetId, quote)
      listeners.tell(changed)
    },
  }
}

/** Bus and snapshot may overtake each other: an older quote never replaces a newer one, an equal one is no news. */
function isNews(known: Quote | undefined, quote: Quote): boolean {
  if (!known) return true
  if (quote.quotedAt !== known.quotedAt) return quote.quotedAt > known.quotedAt
  return quote.isActive !== known.isActive || quote.price !== known.price
}

/** Those of the quotes that are asked for and known. */
export function pickQuotes(
  quotes: ReadonlyMap<string, Quote>,
  assetIds: readonly string[],
): ReadonlyMap<string, Quote> {
  const found = new Map<string, Quote>()
  for (const assetId of assetIds) {
    const quote = quotes.get(assetId)
    if (quote) found.set(assetId, quote)
  }
  return found
}
