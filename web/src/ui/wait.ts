import { useSyncExternalStore } from 'react'
import { i18n } from '../i18n.ts'

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
  if (seconds < 120) return i18n.t('{seconds} s', { seconds })
  return seconds < 7200
    ? i18n.t('{minutes} min', { minutes: Math.ceil(seconds / 60) })
    : i18n.t('{hours} h', { hours: Math.ceil(seconds / 3600) })
}
