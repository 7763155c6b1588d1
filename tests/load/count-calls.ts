import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

interface Served {
  readonly name: string | undefined
}

/** Counts the store calls caused by client requests, without those of background jobs. */
export interface CallCounter {
  /** For `observeStore`. */
  readonly observe: (call: { readonly command: string }) => void
  /** Calls by command, for the requests with this name in their `x-measured` header. */
  calls(name: string): ReadonlyMap<string, number>
  stop(): void
}

const requestStarts = 'http.server.request.start'

/** Tracks each request through this process by its asynchronous context. */
export function countCalls(): CallCounter {
  const serving = new AsyncLocalStorage<Served>()
  const counts = new Map<string, Map<string, number>>()
  const begin = (message: unknown): void => {
    const { request } = message as { readonly request: IncomingMessage }
    const name = request.headers['x-measured']
    serving.enterWith({ name: typeof name === 'string' ? name : undefined })
  }
  subscribe(requestStarts, begin)
  return {
    observe: ({ command }) => {
      const name = serving.getStore()?.name
      if (name === undefined) return
      const calls = counts.get(name) ?? new Map<string, number>()
      calls.set(command, (calls.get(command) ?? 0) + 1)
      counts.set(name, calls)
    },
    calls: (name) => counts.get(name) ?? new Map<string, number>(),
    stop: () => void unsubscribe(requestStarts, begin),
  }
}
