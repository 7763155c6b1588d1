import type { Quote } from './quote.ts'

/** Processes ticks: a few assets concurrently, one worker per asset, only the latest tick of each. */
export interface TickQueue {
  readonly add: (quotes: readonly Quote[]) => void
  /** Resolves when every tick received so far has been processed. */
  readonly settled: () => Promise<void>
  /** Starts no further work, and resolves when running work is done. */
  readonly close: () => Promise<void>
}

const workers = 4

/** `work` returns whether the tick has more to process; it is then queued again. */
export function keepTicks(work: (quote: Quote) => Promise<boolean>): TickQueue {
  const ticks = new Map<string, Quote>()
  const busy = new Set<string>()
  const tasks = new Set<Promise<void>>()
  let isClosed = false

  function startWorkers(): void {
    while (tasks.size < workers && !isClosed) {
      const quote = takeNext()
      if (!quote) return
      const task = run(quote).finally(() => {
        tasks.delete(task)
        startWorkers()
      })
      tasks.add(task)
    }
  }

  function takeNext(): Quote | undefined {
    const quote = [...ticks.values()].find(({ assetId }) => !busy.has(assetId))
    if (quote) ticks.delete(quote.assetId)
    return quote
  }

  async function run(quote: Quote): Promise<void> {
    const { assetId } = quote
    busy.add(assetId)
    const hasMore = await work(quote)
    busy.delete(assetId)
    if (hasMore && !ticks.has(assetId)) ticks.set(assetId, quote)
  }

  return {
    add: (quotes) => {
      for (const quote of quotes) ticks.set(quote.assetId, quote)
      startWorkers()
    },
    settled: async () => {
      while (tasks.size > 0) await Promise.all(tasks)
    },
    close: async () => {
      isClosed = true
      await Promise.all(tasks)
    },
  }
}
