import { Notifications } from '@mantine/notifications'

/**
 * The position of toasts: away from the bell's list and below everything fixed. A store queues them, so that this component
 * may load after the page. At most two are shown, so that the page can be scrolled clear of them.
 */
export function Toasts() {
  return <Notifications position="bottom-right" zIndex={80} limit={2} />
}
