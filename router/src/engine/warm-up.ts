/** Compiles known operations ahead of requests, letting requests in between. */
import { setImmediate } from 'node:timers/promises'
import type { Executor } from './execute.ts'

export interface KnownOperation {
  readonly document: string
  readonly operationName?: string
}

export async function warmUp(executor: Executor, known: readonly KnownOperation[]): Promise<void> {
  for (const { document, operationName } of known) {
    try {
      executor.compile(document, operationName)
    } catch {
      // It does not fit this supergraph: whoever sends it will be told so by validation.
    }
    await setImmediate()
  }
}
