import type { Log } from '@cnop/kit/log'
import { createListeners } from './listeners.ts'
import { keepMoments } from './moments.ts'
import { isChanged, type Quote, type QuoteTable, type QuoteTick } from './quote.ts'

/** The newest quote of every asset, and the listeners of changes. */
export function createQuoteMemory(log: Log) {
  const quotes = new Map<string, Quote>()
  /** The tick that each quote came with. */
  const tickedAtById = new Map<string, string>()
  const listeners = createListeners(log)
  const moments = keepMoments<QuoteTable>()
  let tickedAt: string | undefined
  return {
    quotes,
    listeners,
    tickedAt: (): string | undefined => tickedAt,
    at: (momentMs: number | undefined): QuoteTable =>
      moments.at(momentMs) ?? { tickedAt: undefined, quotes: new Map() },
    take: (tick: QuoteTick): void => {
      if (tickedAt === undefined || tick.tickedAt > tickedAt) tickedAt = tick.tickedAt
      const changed = tick.quotes.filter((quote) =>
        isNews(
          quotes.get(quote.assetId),
          quote,
          tick.tickedAt >= (tickedAtById.get(quote.assetId) ?? ''),
        ),
      )
      for (const quote of changed) {
        quotes.set(quote.assetId, quote)
        tickedAtById.set(quote.assetId, tick.tickedAt)
      }
      moments.add(tickedAt, { tickedAt, quotes: new Map(quotes) })
      listeners.notify(changed)
    },
  }
}

/**
 * Bus and snapshot may arrive out of order: an older quote never replaces a newer one, an equal one is ignored. Of two
 * quotes with the same price time, which differ in what the asset's state is, the one of the later tick counts.
 */
function isNews(known: Quote | undefined, quote: Quote, isLaterTick: boolean): boolean {
  if (!known) return true
  if (quote.quotedAt !== known.quotedAt) return quote.quotedAt > known.quotedAt
  return isLaterTick && isChanged(known, quote)
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
