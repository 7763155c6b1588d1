import { Anchor, Group, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconBellOff, IconBellRinging, IconChecks } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { Link } from 'react-router'
import { serverWords } from '../api/server-words.ts'
import { formatDateTime, formatRelative } from '../format/time.ts'
import { i18n } from '../i18n.ts'
import { useNow } from '../lists/use-now.ts'
import type { NotificationKind } from '../generated/graphql.ts'
import { paths } from '../paths.ts'
import { useHideAmounts } from '../preferences/preferences.ts'
import { maskAmounts } from '../ui/amounts.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { useFocusReturn } from '../ui/focus.tsx'
import { ReadingPanel } from '../ui/Panel.tsx'
import { isUnread, type NewsItem, pathOf } from './news.ts'
import type { News } from './use-news.ts'

const traded: ReadonlySet<NotificationKind> = new Set(['ORDER_FILLED', 'RECURRING_ORDER_BOUGHT'])

/** The text; while amounts are hidden, without the quantity of an order and the amount of a recurring one. */
function textOf({ kind, text, assetId }: NewsItem, areHidden: boolean): string {
  if (areHidden && kind.startsWith('PORTFOLIO_ALERT')) return maskAmounts(text)
  if (!areHidden || assetId === null || kind.startsWith('PRICE_ALERT')) return text
  const sized = text.replace(new RegExp(`[\\d.,]+ (?=${assetId}\\b)`, 'g'), '•••••• ')
  return kind.startsWith('RECURRING_ORDER') ? maskAmounts(sized) : sized
}

type NewsLineProps = {
  readonly item: NewsItem
  readonly isNew: boolean
  readonly nowMs: number
  readonly onGo: () => void
}

function NewsLine({ item, isNew, nowMs, onGo }: NewsLineProps) {
  const Icon = traded.has(item.kind) ? IconChecks : IconBellRinging
  const [areHidden] = useHideAmounts()
  const path = pathOf(item)
  const text = (
    <Text size="sm" fw={isNew ? 600 : 450} component="span">
      {isNew && <span className="visually-hidden">{i18n.t('New: ')}</span>}
      {serverWords(textOf(item, areHidden))}
    </Text>
  )
  return (
    <Group component="li" gap={12} wrap="nowrap" align="flex-start">
      <ThemeIcon variant="light" color={isNew ? 'iris' : 'gray'} radius="xl" size={32} aria-hidden>
        <Icon size={16} stroke={1.8} />
      </ThemeIcon>
      <div style={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
        {path !== undefined ? (
          <Link to={path} className="news-link" onClick={onGo}>
            {text}
          </Link>
        ) : (
          text
        )}
        <Text size="xs" c="dimmed" title={formatDateTime(item.createdAt)}>
          {item.parts > 1
            ? i18n.t('{ago} · {count} updates', {
                ago: formatRelative(item.createdAt, nowMs),
                count: item.parts,
              })
            : formatRelative(item.createdAt, nowMs)}
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

/** The latest notifications, newest first. */
export function NotificationPanel({ news, seenBefore, onGo }: NotificationPanelProps) {
  const nowMs = useNow()
  const box = useRef<HTMLDivElement>(null)
  useFocusReturn(true)
  useEffect(() => box.current?.focus(), [])
  const { items, isLoading, failure, retry } = news
  return (
    <div
      className="bell-panel"
      role="dialog"
      aria-label={i18n.t('Notifications')}
      tabIndex={-1}
      ref={box}
    >
      <ReadingPanel
        title={i18n.t('Notifications')}
        skeletonRows={4}
        reading={{ data: items, isLoading, failure, retry }}
        select={(all) => all}
      >
        {(all) =>
          all.length > 0 ? (
            <Stack component="ul" gap={14} m={0} p={0} style={{ listStyle: 'none' }}>
              {all.map((item) => (
                <NewsLine
                  key={item.id}
                  item={item}
                  isNew={isUnread(item.createdAt, seenBefore)}
                  nowMs={nowMs}
                  onGo={onGo}
                />
              ))}
            </Stack>
          ) : (
            <EmptyState icon={IconBellOff} title={i18n.t('No notifications yet')}>
              {i18n.t(
                'Price alerts that fire, what becomes of orders that wait and the dates of recurring orders show up here.',
              )}
            </EmptyState>
          )
        }
      </ReadingPanel>
      <div className="bell-foot">
        <Anchor
          component={Link}
          to={`${paths.account}#notifications`}
          onClick={onGo}
          size="xs"
          c="dimmed"
          underline="always"
        >
          {i18n.t('Choose what you hear of')}
        </Anchor>
      </div>
    </div>
  )
}
