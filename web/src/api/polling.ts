import { useEffect, useEffectEvent } from 'react'

/** Calls `poll` at an interval while the page is visible, and immediately when it becomes visible again. */
export function usePolling(poll: () => void, everyMs: number): void {
  const onTick = useEffectEvent(() => {
    if (document.visibilityState === 'visible') poll()
  })
  useEffect(() => {
    const timer = setInterval(() => onTick(), everyMs)
    const refresh = () => onTick()
    document.addEventListener('visibilitychange', refresh)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [everyMs])
}
