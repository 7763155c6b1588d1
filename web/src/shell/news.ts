import type { ShellNotificationsQuery } from '../generated/graphql.ts'
import { paths } from '../paths.ts'

type Me = NonNullable<ShellNotificationsQuery['me']>
type Row = NonNullable<Me['notifications']>['nodes'][number]
export type NewsItem = Row & {
  /** How many fills of one order it stands for. */
  readonly parts: number
}

/** The parts of an order share a line: that of the latest, which says how much has filled. */
export function mergeParts(rows: readonly Row[]): readonly NewsItem[] {
  const lines = new Map<string, NewsItem>()
  for (const row of rows) {
    const key = row.kind === 'ORDER_FILLED' && row.orderId ? row.orderId : row.id
    const line = lines.get(key)
    lines.set(key, line ? { ...line, parts: line.parts + 1 } : { ...row, parts: 1 })
  }
  return [...lines.values()]
}

/** The page of what a notification is about. */
export function pathOf({ kind, assetId, orderId }: NewsItem): string | undefined {
  if (orderId) return paths.order(orderId)
  if (kind.startsWith('PORTFOLIO_ALERT')) return paths.portfolio
  if (kind === 'RECURRING_ORDER_SKIPPED') return `${paths.orders}#recurring`
  return assetId ? paths.asset(assetId) : undefined
}

/** Whether an item of this time is unread. */
export const isUnread = (at: string, seenAt: string | null): boolean =>
  seenAt === null || at > seenAt
