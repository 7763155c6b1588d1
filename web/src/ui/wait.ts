import { useSyncExternalStore } from 'react'

type Refused = { readonly retryAtMs?: number | undefined }

const checkEveryMs = 250

function tick(listener: () => void): () => void {
  const timer = setInterval(listener, checkEveryMs)
  return () => clearInterval(timer)
}

const standStill = () => () => undefined

/** The whole seconds until a refused request is worth repeating: they count down to 0. */
export function useSecondsLeft(refused: Refused | undefined): number {
  const { retryAtMs = 0 } = refused ?? {}
  return useSyncExternalStore(retryAtMs > 0 ? tick : standStill, () =>
    Math.max(0, Math.ceil((retryAtMs - Date.now()) / 1000)),
  )
}

/** "45 s", "12 min", "3 h"; rounded up, so that nobody comes too early. */
export function formatWait(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`
}
