import {
  type NotificationData,
  Notifications,
  notifications,
  notificationsStore,
} from '@mantine/notifications'
import { useMediaQuery } from '@mantine/hooks'
import { useEffect } from 'react'
import { ownNameOf } from '../api/own-names.ts'
import { markerName } from '../api/session.ts'

const keptName = (): string => ownNameOf('toasts', localStorage.getItem(markerName) ?? '', 'kept')

/**
 * What is said while a page waits for its reload to arrive is hardly seen: the next page says it again. Else an order whose
 * answer came then would have left no trace.
 */
function keepToasts(): void {
  const { notifications: shown, queue } = notificationsStore.getState()
  // Those without an end are failures of a page that is gone.
  const passing = [...shown, ...queue].filter(({ autoClose }) => typeof autoClose === 'number')
  if (passing.length > 0) sessionStorage.setItem(keptName(), JSON.stringify(passing))
}

function showKept(): void {
  const kept = sessionStorage.getItem(keptName())
  sessionStorage.removeItem(keptName())
  const [navigation] = performance.getEntriesByType('navigation')
  const isReload = (navigation as PerformanceNavigationTiming | undefined)?.type === 'reload'
  if (kept === null || !isReload) return
  for (const toast of JSON.parse(kept) as NotificationData[]) notifications.show(toast)
}

/**
 * The position of toasts: away from the bell's list and below everything fixed. A store queues them, so that this component
 * may load after the page. At most two are shown, on a low screen one, so that the page can be scrolled clear of them.
 */
export function Toasts() {
  useEffect(() => {
    showKept()
    window.addEventListener('pagehide', keepToasts)
    return () => window.removeEventListener('pagehide', keepToasts)
  }, [])
  const isLow = useMediaQuery('(max-height: 859px)', false, { getInitialValueInEffect: false })
  return <Notifications position="bottom-right" zIndex={80} limit={isLow ? 1 : 2} />
}
