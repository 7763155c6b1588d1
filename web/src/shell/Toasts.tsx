import { Notifications } from '@mantine/notifications'

/**
 * Where toasts appear: away from the bell's list, and below everything that stands still on the screen. They wait in a
 * store, so that this may come later than the page; few are shown at once, so that the page can be scrolled clear of them.
 */
export function Toasts() {
  return <Notifications position="bottom-right" zIndex={80} limit={2} />
}
