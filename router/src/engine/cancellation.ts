/**
 * What the engine and its transports use of an AbortSignal. A real one fits, too, but is slow to make and a burden for the
 * garbage collector, and each request needs several.
 */
export interface CancelSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** As an AbortController and its signal: each listener is called once. */
export class Cancellation implements CancelSignal {
  aborted = false
  reason: unknown
  private listeners: (() => void)[] = []

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.push(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.listeners.indexOf(listener)
    if (at >= 0) this.listeners.splice(at, 1)
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    const { listeners } = this
    this.listeners = []
    for (const listener of listeners) listener()
  }
}

export function reasonOf({ reason }: CancelSignal): Error {
  return reason instanceof Error ? reason : new Error('The request was cancelled.')
}
