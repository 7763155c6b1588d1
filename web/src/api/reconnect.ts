import type { Session } from './session.ts'

/**
 * The delay before a retry, in milliseconds: 1 s, doubled each time up to 15 s. Half of it is random, to spread
 * clients.
 */
export function backOffMs(failures: number, longestMs = 15_000): number {
  const whole = Math.min(1_000 * 2 ** failures, longestMs)
  return whole * (0.5 + Math.random() / 2)
}

/** Calls back when the browser is online again or the tab becomes visible. Returns a function that unsubscribes. */
export function whenBack(act: () => void): () => void {
  const onShown = () => {
    if (document.visibilityState === 'visible') act()
  }
  window.addEventListener('online', act)
  document.addEventListener('visibilitychange', onShown)
  return () => {
    window.removeEventListener('online', act)
    document.removeEventListener('visibilitychange', onShown)
  }
}

/** Retries until the session can be renewed. Returns a function that stops it. */
export function keepReconnecting(session: Session): () => void {
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const retry = () => {
    clearTimeout(timer)
    timer = undefined
    failures += 1
    void session.refresh('now').then(plan)
  }
  const plan = () => {
    if (session.outage() === undefined) {
      clearTimeout(timer)
      timer = undefined
      failures = 0
    } else timer ??= setTimeout(retry, backOffMs(failures))
  }
  const unsubscribe = session.subscribe(plan)
  const stopListening = whenBack(() => {
    if (session.outage() !== undefined) retry()
  })
  plan()
  return () => {
    clearTimeout(timer)
    unsubscribe()
    stopListening()
  }
}
