import { Notifications } from '@mantine/notifications'

/** Where toasts appear. They wait in a store, so that this may come later than the page. */
export function Toasts() {
  return <Notifications position="top-right" />
}
