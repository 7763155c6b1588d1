import type { Log } from '@cnop/kit/log'
import type { Quote } from './quote.ts'

type Listener = (quotes: readonly Quote[]) => void

/** Listeners of ticks. An error of one is logged and does not affect the others. */
export function createListeners(log: Log | undefined) {
  const listeners = new Set<Listener>()
  return {
    add: (listener: Listener): (() => void) => {
      const entry: Listener = (quotes) => listener(quotes)
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    notify: (quotes: readonly Quote[]): void => {
      if (quotes.length === 0) return
      for (const listener of listeners) {
        try {
          listener(quotes)
        } catch (error) {
          log?.error({ action: 'quotes.listener_failed', error }, 'A listener of ticks failed.')
        }
      }
    },
    clear: () => listeners.clear(),
  }
}
