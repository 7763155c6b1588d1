import { decodeCursor, encodeCursor, pageSize } from '@cnop/kit/cursor'
import { BadInput } from '@cnop/kit/errors'
import { requireOwner } from '@cnop/kit/identity'
import { listChoices } from '@cnop/outbox/choices'
import { isNotificationId } from '@cnop/outbox/notification'
import { listNotifications } from '@cnop/outbox/rows'
import type { Context } from '../deps.ts'
import type { UserNotificationsArgs } from '../generated/resolvers.ts'
import { listAlerts } from '../store/alerts.ts'
import { readSeenAt } from '../store/notifications.ts'
import { readWatchlist } from '../store/watchlists.ts'

interface Owner {
  readonly username: string
}

const largestPage = 100
const usualPage = 20

export const User = {
  watchlist: async ({ username }: Owner, _args: unknown, context: Context) => {
    requireOwner(context, username)
    const assetIds = await readWatchlist(context.store, username)
    return assetIds.flatMap((assetId) => context.catalogue.get(assetId) ?? [])
  },
  priceAlerts: ({ username }: Owner, _args: unknown, context: Context) => {
    requireOwner(context, username)
    return listAlerts(context.store, username, context.now())
  },
  notifications: async ({ username }: Owner, page: UserNotificationsArgs, context: Context) => {
    requireOwner(context, username)
    const { notifications, hasMore } = await listNotifications(context.outbox, {
      username,
      first: pageSize(page.first, largestPage, usualPage),
      after: readCursor(page.after),
      nowMs: context.now(),
    })
    const end = notifications.at(-1)
    const pageInfo = { hasNextPage: hasMore, endCursor: end ? encodeCursor([end.id]) : null }
    return { nodes: notifications, pageInfo }
  },
  notificationChoices: ({ username }: Owner, _args: unknown, context: Context) => {
    requireOwner(context, username)
    return listChoices(context.outbox, username)
  },
  notificationsSeenAt: ({ username }: Owner, _args: unknown, context: Context) => {
    requireOwner(context, username)
    return readSeenAt(context.store, username)
  },
}

function readCursor(after: string | null | undefined): string | undefined {
  if (after == null) return undefined
  const [id = ''] = decodeCursor(after, 1)
  if (!isNotificationId(id)) {
    throw new BadInput('after', 'is not a cursor of this list')
  }
  return id
}
