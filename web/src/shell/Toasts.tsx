import { Notifications } from '@mantine/notifications'

/** Where toasts appear: away from the bell's list. They wait in a store, so that this may come later than the page. */
export function Toasts() {
  return <Notifications position="bottom-right" />
}
