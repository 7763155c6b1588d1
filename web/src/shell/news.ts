import type { ShellFillsQuery, ShellNotificationsQuery } from '../generated/graphql.ts'
import { paths } from '../paths.ts'

type Me = NonNullable<ShellNotificationsQuery['me']>
type Notification = NonNullable<Me['notifications']>['nodes'][number]
type Fill = NonNullable<NonNullable<ShellFillsQuery['me']>['orders']>['nodes'][number]

/** An announcement, and its link. */
export type NewsItem = {
  readonly id: string
  readonly at: string
  readonly path: string | undefined
} & (
  | { readonly kind: 'notification'; readonly text: string }
  | { readonly kind: 'fill'; readonly fill: Fill }
)

/** The most items of the list. */
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

/** Notifications and limit orders that filled, as one list, newest first. */
export function mergeNews(
  notifications: readonly Notification[],
  fills: readonly Fill[],
): readonly NewsItem[] {
  return [...notifications.map(fromNotification), ...fills.map(fromFill)]
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, mostItems)
}

/** Whether the person has yet to look at something of this moment. */
export const isUnread = (at: string, seenAt: string | null): boolean =>
  seenAt === null || at > seenAt
