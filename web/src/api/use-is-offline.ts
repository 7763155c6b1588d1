import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

/** Whether the platform answers anything. */
export async function isReachable(): Promise<boolean> {
  try {
    return (await fetch('/', { method: 'HEAD', cache: 'no-store' })).ok
  } catch {
    return false
  }
}

/** Whether nothing can be sent. A browser without a network may still reach a platform on its own machine. */
export const isCutOff = async (): Promise<boolean> =>
  !navigator.onLine && !(await isReachable()) && !navigator.onLine

const listeners = new Set<() => void>()
/** How many requests in a row had no answer after their retries. One alone may be bad luck. */
let misses = 0

export function noteAnswer(isAnswered: boolean): void {
  const next = isAnswered ? 0 : misses + 1
  if (next === misses) return
  misses = next
  for (const listener of listeners) listener()
}

function subscribeToAnswers(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether the platform does not answer, although the browser may have a connection. */
export const useIsUnreachable = (): boolean =>
  useSyncExternalStore(subscribeToAnswers, () => misses > 1)

/** Whether the browser knows that it has no connection. */
export const useIsOffline = (): boolean => useSyncExternalStore(subscribe, () => !navigator.onLine)
