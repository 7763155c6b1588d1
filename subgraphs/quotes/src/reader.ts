import { activityOf } from '@cnop/kit/activity'
import type { Platform } from '@cnop/kit/platform'
import { repeat } from '@cnop/kit/repeat'
import { quotesTicked } from '@cnop/schema/events'
import { createQuoteMemory, pickQuotes } from './memory.ts'
import { unpackTick } from './packing.ts'
import type { QuoteReader } from './quote.ts'
import { readSnapshot } from './snapshot.ts'
import type { Clock } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'

export type { Quote, QuoteReader } from './quote.ts'

export interface QuoteReaderOptions {
  readonly table: string
  /** When the bus has been silent for this long, the snapshot is read instead. */
  readonly silenceMs?: number
}

/** Every read catches up by itself: without readers, the store is asked this rarely. */
const restMs = 300_000

type Parts = Pick<Platform, 'db' | 'bus' | 'now' | 'log'>

/** Opens a reader of prices: ticks from the bus, and the stored snapshot at the start and whenever the bus is silent. */
export async function openQuoteReader(
  { db, bus, now, log }: Parts,
  { table, silenceMs = 2_000 }: QuoteReaderOptions,
): Promise<QuoteReader> {
  const { quotes, listeners, take, tickedAt, at } = createQuoteMemory(log)
  const readStored = async (): Promise<void> => {
    const stored = await readSnapshot(db, table)
    if (stored) take(stored)
  }
  const catchUp = createCatchUp({ now, log, silenceMs, read: readStored })
  const unsubscribe = await bus.subscribe(quotesTicked, {
    onMessage: (message) => {
      catchUp.noteMessage()
      take(unpackTick(message))
    },
    onGap: () => {
      catchUp.reset()
      void catchUp.run()
    },
  })
  await catchUp.run()
  const rest = { activity: activityOf(db), pauseMs: restMs }
  const catchingUp = repeat(catchUp.run, silenceMs, rest)
  // Every read first catches up, so that its prices are as new as the bus or the store has them.
  const known = async () => {
    await catchUp.run()
    return quotes
  }
  return {
    current: async (assetId) => (await known()).get(assetId),
    currentMany: async (assetIds) => pickQuotes(await known(), assetIds),
    asOf: async (momentMs) => {
      await catchUp.run()
      return at(momentMs)
    },
    all: async () => [...(await known()).values()],
    tickedAt,
    onTick: listeners.add,
    close: async () => {
      listeners.clear()
      unsubscribe()
      await catchingUp.stop()
    },
  }
}

interface CatchUpOptions {
  readonly now: Clock
  readonly log: Log
  /** How long the bus may be silent before the store is asked. */
  readonly silenceMs: number
  /** Reads what the bus did not deliver. */
  readonly read: () => Promise<void>
}

/**
 * Reads from the store whenever the bus has been silent for a while: one read at a time, and none more often than
 * that while. A store that does not answer leaves the last prices, whose age is visible.
 */
function createCatchUp({ now, log, silenceMs, read }: CatchUpOptions) {
  let updatedAtMs = -Infinity
  let reading: Promise<void> | undefined

  async function readOnce(): Promise<void> {
    try {
      await read()
    } catch (error) {
      log.warn({ action: 'quotes.snapshot_unread', error }, 'The stored prices could not be read.')
    }
    updatedAtMs = now()
    reading = undefined
  }

  return {
    noteMessage: (): void => void (updatedAtMs = now()),
    /** Messages may have been missed: the next run reads the store. */
    reset: (): void => void (updatedAtMs = -Infinity),
    run: (): Promise<void> => {
      if (now() - updatedAtMs < silenceMs) return Promise.resolve()
      return (reading ??= readOnce())
    },
  }
}
