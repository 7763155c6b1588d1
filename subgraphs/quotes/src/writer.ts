import type { Platform } from '@cnop/kit/platform'
import { quotesTicked } from '@cnop/schema/events'
import { packTick } from './packing.ts'
import { openPriceCache } from './price-cache.ts'
import type { Quote, QuoteTick } from './quote.ts'
import { readSnapshot, writeSnapshot } from './snapshot.ts'

export interface QuoteWriterOptions {
  readonly table: string
  /** A snapshot is stored at most this often. */
  readonly snapshotMs?: number
}

export interface QuoteWriter {
  /** Publishes the tick; stores a snapshot of all quotes every few seconds, and whenever an asset's state changes. */
  publish(tick: QuoteTick): Promise<void>
  /** Stores what is not stored yet. */
  close(): Promise<void>
}

type Parts = Pick<Platform, 'db' | 'bus' | 'cache' | 'redis' | 'log'>

/** Opens the one writer of prices. It starts from the stored quotes, so that assets that left the feed stay known. */
export async function openQuoteWriter(
  platform: Parts,
  { table, snapshotMs = 3_000 }: QuoteWriterOptions,
): Promise<QuoteWriter> {
  const { db, bus, log } = platform
  const keepPrices = openPriceCache(platform)
  const stored = await readSnapshot(db, table)
  const quotes = new Map(stored?.quotes.map((quote) => [quote.assetId, quote]))
  let unstored: QuoteTick | undefined
  let storedAtMs = 0

  async function store(): Promise<void> {
    if (!unstored) return
    const tick = { tickedAt: unstored.tickedAt, quotes: [...quotes.values()] }
    unstored = undefined
    storedAtMs = Date.parse(tick.tickedAt)
    const isStored = await writeSnapshot(db, table, tick)
    if (!isStored) log.warn({ action: 'quotes.snapshot_overtaken' }, 'Newer prices are stored.')
  }

  return {
    publish: async (tick) => {
      // A process that starts now must not trade on an asset that was halted or delisted a moment ago.
      const isUrgent = tick.quotes.some((quote) => hasOtherState(quotes.get(quote.assetId), quote))
      for (const quote of tick.quotes) quotes.set(quote.assetId, quote)
      unstored = tick
      await Promise.all([bus.publish(quotesTicked, packTick(tick)), keepPrices(tick.quotes)])
      if (isUrgent || Date.parse(tick.tickedAt) - storedAtMs >= snapshotMs) await store()
    },
    close: store,
  }
}

const hasOtherState = (before: Quote | undefined, after: Quote): boolean =>
  before !== undefined &&
  (before.isActive !== after.isActive ||
    before.haltedSince !== after.haltedSince ||
    before.delistedAt !== after.delistedAt)
