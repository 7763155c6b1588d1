import type { ShellFillsQuery, ShellNotificationsQuery } from '../generated/graphql.ts'
import { paths } from '../paths.ts'

type Me = NonNullable<ShellNotificationsQuery['me']>
type Notification = NonNullable<Me['notifications']>['nodes'][number]
type Fill = NonNullable<NonNullable<ShellFillsQuery['me']>['orders']>['nodes'][number]

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
  at: fill.updatedAt,
  path: paths.order(fill.id),
  kind: 'fill',
  fill,
})

/** Notifications and filled limit orders as one list, newest first. */
export function mergeNews(
  notifications: readonly Notification[],
  fills: readonly Fill[],
): readonly NewsItem[] {
  return [...notifications.map(fromNotification), ...fills.map(fromFill)]
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, mostItems)
}

/** Whether an item of this time is unread. */
export const isUnread = (at: string, seenAt: string | null): boolean =>
  seenAt === null || at > seenAt
