import type { Session } from './session.ts'

/** A second, then twice as long each time up to a quarter of a minute; half of it by chance, so that not all come at once. */
export function backOffMs(failures: number, longestMs = 15_000): number {
  const whole = Math.min(1_000 * 2 ** failures, longestMs)
  return whole * (0.5 + Math.random() / 2)
}

/** Calls back when this browser is on the network again, or when its tab is looked at again. Returns how to stop. */
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

/** While the session cannot be renewed, tries again until the platform answers. Returns a function that stops it. */
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
