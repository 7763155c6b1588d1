import type { ShellFillsQuery, ShellNotificationsQuery } from '../generated/graphql.ts'
import { signOf } from '../format/money.ts'
import { paths } from '../paths.ts'

type Me = NonNullable<ShellNotificationsQuery['me']>
type Notification = NonNullable<Me['notifications']>['nodes'][number]
type Fill = NonNullable<ShellFillsQuery['me']>['portfolio']['activity']['nodes'][number]

/** A notification with its link. */
export type NewsItem = {
  readonly id: string
  readonly at: string
  readonly path: string | undefined
} & (
  | { readonly kind: 'notification'; readonly text: string }
  | { readonly kind: 'fill'; readonly fill: Fill }
)

/** The maximum number of items in the list. */
const mostItems = 20

const fromNotification = ({ id, text, createdAt, alert }: Notification): NewsItem => ({
  id,
  at: createdAt,
  path: alert ? paths.asset(alert.asset.id) : undefined,
  kind: 'notification',
  text,
})

const fromFill = (fill: Fill): NewsItem => ({
  id: fill.id,
  at: fill.createdAt,
  path: fill.orderId ? paths.order(fill.orderId) : undefined,
  kind: 'fill',
  fill,
})

/** Only an order that waited has something set aside, which its fill uses. The page itself reports one that fills at once. */
const hasWaited = ({ cashHeldChange, quantityHeldChange }: Fill): boolean =>
  signOf(cashHeldChange) !== 0 || signOf(quantityHeldChange ?? '0') !== 0

/** Notifications and the fills of orders that waited as one list, newest first. */
export function mergeNews(
  notifications: readonly Notification[],
  fills: readonly Fill[],
): readonly NewsItem[] {
  return [...notifications.map(fromNotification), ...fills.filter(hasWaited).map(fromFill)]
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, mostItems)
}

/** Whether an item of this time is unread. */
export const isUnread = (at: string, seenAt: string | null): boolean =>
  seenAt === null || at > seenAt
