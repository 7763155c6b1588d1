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
let isAnswered = true

/** Notes whether the last request of this page was answered, after its retries. */
export function noteAnswer(answered: boolean): void {
  if (answered === isAnswered) return
  isAnswered = answered
  for (const listener of listeners) listener()
}

function subscribeToAnswers(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether the platform did not answer the last request, although the browser may have a connection. */
export const useIsUnreachable = (): boolean =>
  useSyncExternalStore(subscribeToAnswers, () => !isAnswered)

/** Whether the browser knows that it has no connection. */
export const useIsOffline = (): boolean => useSyncExternalStore(subscribe, () => !navigator.onLine)
