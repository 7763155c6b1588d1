import { notifications } from '@mantine/notifications'
import { i18n } from '../i18n.ts'

const closeButtonProps = { 'aria-label': i18n.t('Dismiss') } as const

/** The toast of a filled order: its reply and its event announce the same. */
export const fillToast = (orderId: string): string => `fill:${orderId}`

/** A toast for a success. It replaces the toast with the same id. */
export function notifyDone(title: string, message?: string, id?: string): void {
  if (id !== undefined) notifications.hide(id)
  notifications.show({
    ...(id !== undefined && { id }),
    title,
    message: message ?? '',
    color: 'gain',
    autoClose: 5_000,
    withBorder: true,
    closeButtonProps,
  })
}

/** A toast for an event without an action of the user; it stays long enough to be read. A toast with the same id is left. */
export function notifyNews(title: string, message: string, id?: string): void {
  notifications.show({
    ...(id !== undefined && { id }),
    title,
    message,
    color: 'iris',
    autoClose: 12_000,
    withBorder: true,
    closeButtonProps,
  })
}

/** A toast like `notifyNews` in place of the one with the same id. */
export function renewNews(title: string, message: string, id: string): void {
  notifications.hide(id)
  notifyNews(title, message, id)
}

/** Removes all toasts, shown and queued. */
export function dropToasts(): void {
  notifications.cleanQueue()
  notifications.clean()
}

type ToastedFailure = {
  readonly sentence: string
  readonly requestId?: string | undefined
}

/** A toast for a failure that has no place on the page. With `stays` it is shown until it is dismissed. */
export function notifyFailure(failure: ToastedFailure, { stays = false } = {}): void {
  notifications.show({
    title: failure.sentence,
    message: failure.requestId
      ? i18n.t('Reference {requestId}', { requestId: failure.requestId })
      : '',
    color: 'loss',
    autoClose: stays ? false : 9_000,
    withBorder: true,
    closeButtonProps,
  })
}
