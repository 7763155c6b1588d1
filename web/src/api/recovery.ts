import { useEffect, useEffectEvent, useRef } from 'react'
import { backOffMs, whenBack } from './reconnect.ts'

const longestMs = 30_000

/** While something has failed in passing, tries it again: ever less often, and at once when the browser is back. */
export function useRecovery(hasFailed: boolean, isTrying: boolean, retry: () => void): void {
  const failures = useRef(0)
  const onRetry = useEffectEvent(() => {
    if (document.visibilityState === 'visible' && !isTrying) retry()
  })
  useEffect(() => {
    if (!hasFailed) failures.current = 0
    if (!hasFailed || isTrying) return undefined
    failures.current += 1
    const timer = setTimeout(() => onRetry(), backOffMs(failures.current, longestMs))
    const stopListening = whenBack(() => onRetry())
    return () => {
      clearTimeout(timer)
      stopListening()
    }
  }, [hasFailed, isTrying])
}
