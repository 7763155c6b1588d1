import { notifications } from '@mantine/notifications'

const closeButtonProps = { 'aria-label': 'Dismiss' } as const

/** A toast for a success. */
export function notifyDone(title: string, message?: string): void {
  notifications.show({
    title,
    message: message ?? '',
    color: 'gain',
    autoClose: 5_000,
    withBorder: true,
    closeButtonProps,
  })
}

/** A toast for an event without an action of the user; it stays long enough to be read. */
export function notifyNews(title: string, message: string): void {
  notifications.show({
    title,
    message,
    color: 'iris',
    autoClose: 12_000,
    withBorder: true,
    closeButtonProps,
  })
}

/** Removes all toasts, shown and queued. */
export function dropToasts(): void {
  notifications.cleanQueue()
  notifications.clean()
}

/** A toast for a failure that has no place on the page. */
export function notifyFailure(failure: {
  readonly sentence: string
  readonly code: string
  readonly requestId?: string | undefined
}): void {
  const reference = failure.requestId
    ? `${failure.code} · request ${failure.requestId}`
    : failure.code
  notifications.show({
    title: failure.sentence,
    message: reference,
    color: 'loss',
    autoClose: 9_000,
    withBorder: true,
    closeButtonProps,
  })
}
