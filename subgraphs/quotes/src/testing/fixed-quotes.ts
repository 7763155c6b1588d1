import { type Clock, systemClock, toIso } from '@cnop/kit/clock'
import { price as priceOf } from '@cnop/kit/money'
import { createListeners } from '../listeners.ts'
import { pickQuotes } from '../memory.ts'
import type { Quote, QuoteReader } from '../quote.ts'

/** What a test may say of an asset beside its price. */
export type QuoteFacts = Partial<Omit<Quote, 'assetId' | 'price'>>

/** Prices that change only when a test sets them. */
export interface FixedQuotes extends QuoteReader {
  /** Sets a price, as a decimal string, and ticks. Facts that are not given stay. */
  set(assetId: string, price: string, facts?: QuoteFacts): void
  /** Changes facts without a tick, as the snapshot does. */
  alter(assetId: string, facts: QuoteFacts): void
  /** Forgets an asset, as if it had never had a price. */
  remove(assetId: string): void
}

/** A price source for tests. A quote is as old as the moment it is read, unless `quotedAt` is set. */
export function fixedQuotes(
  prices: Readonly<Record<string, string>> = {},
  { now = systemClock }: { readonly now?: Clock } = {},
): FixedQuotes {
  const entries = new Map<string, { readonly price: string; readonly facts: QuoteFacts }>()
  const listeners = createListeners(undefined)
  for (const [assetId, price] of Object.entries(prices)) entries.set(assetId, { price, facts: {} })

  function quotes(): ReadonlyMap<string, Quote> {
    const fresh = toIso(now())
    return new Map(
      [...entries].map(([assetId, { price, facts }]) => [
        assetId,
        {
          quotedAt: fresh,
          isActive: true,
          name: assetId,
          category: 'ALTCOIN',
          dayAgoPrice: undefined,
          ...facts,
          assetId,
          price: priceOf(price),
        },
      ]),
    )
  }

  const alter = (assetId: string, facts: QuoteFacts): void => {
    const known = entries.get(assetId)
    if (known) entries.set(assetId, { ...known, facts: { ...known.facts, ...facts } })
  }

  return {
    alter,
    current: (assetId) => Promise.resolve(quotes().get(assetId)),
    currentMany: (assetIds) => Promise.resolve(pickQuotes(quotes(), assetIds)),
    asOf: () => Promise.resolve({ tickedAt: toIso(now()), quotes: quotes() }),
    all: () => Promise.resolve([...quotes().values()]),
    tickedAt: () => toIso(now()),
    onTick: listeners.add,
    close: () => Promise.resolve(),
    set: (assetId, price, facts = {}) => {
      entries.set(assetId, { price, facts: { ...entries.get(assetId)?.facts, ...facts } })
      const quote = quotes().get(assetId)
      if (quote) listeners.notify([quote])
    },
    remove: (assetId) => void entries.delete(assetId),
  }
}
