import { useCommand } from '../api/command.ts'
import type { Failure } from '../api/errors.ts'
import { useReading } from '../api/reading.ts'
import { config } from '../config.ts'
import {
  ShellFillsDocument,
  ShellMarkSeenDocument,
  ShellNotificationsDocument,
} from '../generated/graphql.ts'
import { isUnread, mergeNews, type NewsItem } from './news.ts'

export type News = {
  readonly items: readonly NewsItem[]
  readonly unreadCount: number
  readonly seenAt: string | null
  readonly isLoading: boolean
  readonly failure: Failure | undefined
  readonly retry: () => void
  readonly markSeen: () => void
}

function useNotifications() {
  const reading = useReading(ShellNotificationsDocument, {}, { everyMs: config.newsEveryMs })
  const me = reading.data?.me
  return { ...reading, nodes: me?.notifications?.nodes, seenAt: me?.notificationsSeenAt ?? null }
}

function useFills() {
  const reading = useReading(ShellFillsDocument, {}, { everyMs: config.newsEveryMs })
  return { ...reading, nodes: reading.data?.me?.portfolio.activity.nodes }
}

/** The content of the bell. Nothing counts as unread while the time of the last reading is unknown. */
export function useNews(): News {
  const notifications = useNotifications()
  const fills = useFills()
  const { run } = useCommand(ShellMarkSeenDocument)
  const { seenAt } = notifications
  const items = mergeNews(notifications.nodes ?? [], fills.nodes ?? [])
  const unread = notifications.nodes ? items.filter(({ at }) => isUnread(at, seenAt)) : []
  return {
    items,
    seenAt,
    unreadCount: unread.length,
    isLoading: notifications.nodes === undefined && fills.nodes === undefined,
    failure: notifications.failure ?? fills.failure,
    retry: () => {
      notifications.retry()
      fills.retry()
    },
    markSeen: () => {
      const newest = unread[0]
      if (newest) void run({ until: newest.at })
    },
  }
}
