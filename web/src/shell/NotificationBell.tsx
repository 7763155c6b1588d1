import { ActionIcon } from '@mantine/core'
import { useClickOutside } from '@mantine/hooks'
import { IconBell } from '@tabler/icons-react'
import { type KeyboardEvent, Suspense, useState } from 'react'
import { lazily } from '../api/lazily.ts'
import { i18n } from '../i18n.ts'
import { useNews } from './use-news.ts'

const NotificationPanel = lazily(
  async () => (await import('./NotificationPanel.tsx')).NotificationPanel,
)

const mostShown = 9

function Count({ unreadCount }: { unreadCount: number }) {
  if (unreadCount === 0) return null
  return (
    <span className="bell-count" aria-hidden="true">
      {unreadCount > mostShown ? `${mostShown}+` : unreadCount}
    </span>
  )
}

/** The number of unread items, and the list of them. Opening the list marks it as read. */
export function NotificationBell() {
  const news = useNews()
  const [seenBefore, setSeenBefore] = useState<{ readonly at: string | null }>()
  const isOpen = seenBefore !== undefined
  const close = () => setSeenBefore(undefined)
  const box = useClickOutside<HTMLDivElement>(close)
  const toggle = () => {
    setSeenBefore(isOpen ? undefined : { at: news.seenAt })
    if (!isOpen) news.markSeen()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close()
  }
  const label =
    news.unreadCount > 0
      ? i18n.t('Notifications, {count} unread', { count: news.unreadCount })
      : i18n.t('Notifications')
  return (
    <div className="bell" ref={box} onKeyDown={onKeyDown}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        title={label}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={toggle}
      >
        <IconBell size={19} stroke={1.7} />
        <Count unreadCount={news.unreadCount} />
      </ActionIcon>
      {seenBefore && (
        <Suspense>
          <NotificationPanel news={news} seenBefore={seenBefore.at} onGo={close} />
        </Suspense>
      )}
    </div>
  )
}
