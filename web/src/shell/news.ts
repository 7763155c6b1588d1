import type { ShellNotificationsQuery } from '../generated/graphql.ts'
import { paths } from '../paths.ts'

type Me = NonNullable<ShellNotificationsQuery['me']>
export type NewsItem = NonNullable<Me['notifications']>['nodes'][number]

/** The page of what a notification is about. */
export function pathOf({ kind, assetId, orderId }: NewsItem): string | undefined {
  if (orderId) return paths.order(orderId)
  if (kind === 'RECURRING_ORDER_SKIPPED') return `${paths.orders}#recurring`
  return assetId ? paths.asset(assetId) : undefined
}

/** Whether an item of this time is unread. */
export const isUnread = (at: string, seenAt: string | null): boolean =>
  seenAt === null || at > seenAt
