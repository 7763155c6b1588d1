import { LedgerReadOnly } from './errors.ts'

/** Open until an invariant is violated; closed from then on, until an operator opens it again. */
export interface Gate {
  isClosed(): boolean
  close(violation: Error): void
  open(): void
  /** Throws LedgerReadOnly when closed. */
  pass(): void
  /** Called when an open gate is closed. */
  onClose(listener: (violation: Error) => void): () => void
}

export function createGate(): Gate {
  const listeners = new Set<(violation: Error) => void>()
  let isClosed = false
  return {
    isClosed: () => isClosed,
    close: (violation) => {
      if (isClosed) return
      isClosed = true
      for (const listener of listeners) listener(violation)
    },
    open: () => {
      isClosed = false
    },
    pass: () => {
      if (isClosed) throw new LedgerReadOnly()
    },
    onClose: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
