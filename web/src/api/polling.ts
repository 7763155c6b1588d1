import { useEffect, useEffectEvent } from 'react'
import { whenBack } from './reconnect.ts'

/** Calls `poll` at an interval while the page is visible, and immediately when it or the connection is back. */
export function usePolling(poll: () => void, everyMs: number): void {
  const onTick = useEffectEvent(() => {
    if (document.visibilityState === 'visible') poll()
  })
  useEffect(() => {
    const timer = setInterval(() => onTick(), everyMs)
    const stopListening = whenBack(() => onTick())
    return () => {
      clearInterval(timer)
      stopListening()
    }
  }, [everyMs])
}
