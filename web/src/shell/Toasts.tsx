import { Notifications } from '@mantine/notifications'

/**
 * The position of toasts: away from the bell's list. A store queues them, so that this component may load after the
 * page.
 */
export function Toasts() {
  return <Notifications position="bottom-right" />
}
