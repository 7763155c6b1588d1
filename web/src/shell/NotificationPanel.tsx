import { Group, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconBellOff, IconBellRinging, IconChecks } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { Link } from 'react-router'
import { formatPrice } from '../format/money.ts'
import { formatDateTime, formatRelative } from '../format/time.ts'
import { sideOfFill, sizeOf } from '../lists/fills.tsx'
import { useNow } from '../lists/use-now.ts'
import { useHideAmounts } from '../preferences/preferences.ts'
import { AmountPrivacy } from '../ui/amounts.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { useFocusReturn } from '../ui/focus.tsx'
import { Quantity } from '../ui/Money.tsx'
import { ReadingPanel } from '../ui/Panel.tsx'
import { isUnread, type NewsItem } from './news.ts'
import type { News } from './use-news.ts'

function NewsText({ item }: { item: NewsItem }) {
  if (item.kind === 'notification') return <>{item.text}</>
  const { quantityChange, assetId, price } = item.fill
  return (
    <>
      Your limit order {sideOfFill(item.fill) === 'BUY' ? 'bought' : 'sold'}{' '}
      <Quantity value={sizeOf(quantityChange)} unit={assetId ?? ''} />
      {price && ` at ${formatPrice(price)}`}.
    </>
  )
}

type NewsLineProps = {
  readonly item: NewsItem
  readonly isNew: boolean
  readonly nowMs: number
  readonly onGo: () => void
}

function NewsLine({ item, isNew, nowMs, onGo }: NewsLineProps) {
  const Icon = item.kind === 'fill' ? IconChecks : IconBellRinging
  const text = (
    <Text size="sm" fw={isNew ? 600 : 450} component="span">
      {isNew && <span className="visually-hidden">New: </span>}
      <NewsText item={item} />
    </Text>
  )
  return (
    <Group component="li" gap={12} wrap="nowrap" align="flex-start">
      <ThemeIcon variant="light" color={isNew ? 'iris' : 'gray'} radius="xl" size={32} aria-hidden>
        <Icon size={16} stroke={1.8} />
      </ThemeIcon>
      <div style={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
        {item.path ? (
          <Link to={item.path} className="news-link" onClick={onGo}>
            {text}
          </Link>
        ) : (
          text
        )}
        <Text size="xs" c="dimmed" title={formatDateTime(item.at)}>
          {formatRelative(item.at, nowMs)}
        </Text>
      </div>
    </Group>
  )
}

type NotificationPanelProps = {
  readonly news: News
  /** The time up to which the user had read before this list opened. */
  readonly seenBefore: string | null
  readonly onGo: () => void
}

/** Fired price alerts and filled limit orders, newest first. */
export function NotificationPanel({ news, seenBefore, onGo }: NotificationPanelProps) {
  const nowMs = useNow()
  const [areHidden] = useHideAmounts()
  const box = useRef<HTMLDivElement>(null)
  useFocusReturn(true)
  useEffect(() => box.current?.focus(), [])
  const { items, isLoading, failure, retry } = news
  const hasAny = items.length > 0 || (!isLoading && !failure)
  return (
    <div className="bell-panel" role="dialog" aria-label="Notifications" tabIndex={-1} ref={box}>
      <AmountPrivacy areHidden={areHidden}>
        <ReadingPanel
          title="Notifications"
          skeletonRows={4}
          reading={{ data: hasAny ? items : undefined, isLoading, failure, retry }}
          select={(all) => all}
        >
          {(all) =>
            all.length > 0 ? (
              <Stack component="ul" gap={14} m={0} p={0} style={{ listStyle: 'none' }}>
                {all.map((item) => (
                  <NewsLine
                    key={item.id}
                    item={item}
                    isNew={isUnread(item.at, seenBefore)}
                    nowMs={nowMs}
                    onGo={onGo}
                  />
                ))}
              </Stack>
            ) : (
              <EmptyState icon={IconBellOff} title="No notifications yet">
                Price alerts that fire and limit orders that fill show up here.
              </EmptyState>
            )
          }
        </ReadingPanel>
      </AmountPrivacy>
    </div>
  )
}
