import { useEffect } from 'react'

/**
 * While it is active the browser asks before it leaves the page. Only for input that cannot be kept: it asks at a reload too,
 * and in its own words.
 */
export function useLeaveWarning(isActive: boolean): void {
  useEffect(() => {
    if (!isActive) return undefined
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isActive])
}
