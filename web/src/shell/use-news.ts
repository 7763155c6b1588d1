import { useCommand } from '../api/command.ts'
import type { Failure } from '../api/errors.ts'
import { useReading } from '../api/reading.ts'
import { config } from '../config.ts'
import { ShellMarkSeenDocument, ShellNotificationsDocument } from '../generated/graphql.ts'
import { isUnread, mergeParts, type NewsItem } from './news.ts'

export type News = {
  /** The notifications, newest first; undefined while they are not known. */
  readonly items: readonly NewsItem[] | undefined
  readonly unreadCount: number
  readonly seenAt: string | null
  readonly isLoading: boolean
  readonly failure: Failure | undefined
  readonly retry: () => void
  readonly markSeen: () => void
}

/** The content of the bell. Nothing counts as unread while the time of the last reading is unknown. */
export function useNews(): News {
  const { data, isLoading, failure, retry } = useReading(
    ShellNotificationsDocument,
    {},
    { everyMs: config.newsEveryMs },
  )
  const { run } = useCommand(ShellMarkSeenDocument)
  const rows = data?.me?.notifications?.nodes
  const items = rows && mergeParts(rows)
  const seenAt = data?.me?.notificationsSeenAt ?? null
  const unread = items?.filter(({ createdAt }) => isUnread(createdAt, seenAt)) ?? []
  return {
    ...{ items, seenAt, isLoading, failure, retry },
    unreadCount: unread.length,
    markSeen: () => {
      const [newest] = unread
      if (newest) void run({ until: newest.createdAt })
    },
  }
}
