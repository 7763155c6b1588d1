import { Button, Group, Loader, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useReducer, useState } from 'react'
import { useIsWaitingForCode } from '../api/lazily.ts'
import { usePolling } from '../api/polling.ts'
import { useReading } from '../api/reading.ts'
import { useSession, useSessionState } from '../api/SessionProvider.tsx'
import { useIsOffline, useIsUnreachable } from '../api/use-is-offline.ts'
import { config } from '../config.ts'
import { joinSentences } from '../format/lists.ts'
import { ShellPlatformDocument } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'

type Trouble = {
  /** What it is and what still works; where there is no room for it all, the first sentence is shown. */
  readonly words: string
  /** Requests are retried until it is over. */
  readonly isRetried: boolean
}

const offline = i18n.t(
  'You are offline. Prices and lists update again when the connection is back. Nothing can be sent until then.',
)
const reconnecting = i18n.t(
  'Reconnecting. You stay signed in; your account is back as soon as its service answers.',
)
const unreachable = i18n.t(
  'The platform does not answer. What you see may be old; it updates again when the platform is back.',
)
const codeIsMissing = i18n.t('A part of the app could not be loaded. Retrying automatically.')
const readOnly = i18n.t(
  'Ledger read-only: prices and lists still work. Your money is safe. Orders, deposits and withdrawals are refused until the ledger has been checked.',
)
const halted = i18n.t(
  'Market halted: limit orders and cash still work. Its prices are too old to trade on: market and stop orders are refused, and waiting orders fill once prices are back.',
)

/**
 * Whether money and the market move, as it was known last. It is asked for a while after the page, which comes first: a page that has just
 * loaded has told of what it could not read.
 */
function usePlatform() {
  const [isDue, makeDue] = useReducer(() => true, false)
  usePolling(makeDue, config.healthEveryMs)
  const options = { pause: !isDue, everyMs: config.healthEveryMs }
  const { data } = useReading(ShellPlatformDocument, {}, options)
  const [known, setKnown] = useState(data)
  if (data && data !== known) setKnown(data)
  return data ?? known
}

/** Why requests get no answer, the most important first. */
function useConnectionWords(): string | undefined {
  const state = useSessionState()
  const isOffline = useIsOffline()
  const isUnreachable = useIsUnreachable()
  const isWaitingForCode = useIsWaitingForCode()
  if (isOffline) return offline
  if (state.status === 'reconnecting' || (state.status === 'signed-in' && state.outage)) {
    return reconnecting
  }
  if (isUnreachable) return unreachable
  return isWaitingForCode ? codeIsMissing : undefined
}

/** What affects every page, the most important first. */
function useTrouble(): Trouble | undefined {
  const connection = useConnectionWords()
  const platform = usePlatform()
  if (connection !== undefined) return { words: connection, isRetried: true }
  if (platform?.ledgerHealth.isReadOnly) return { words: readOnly, isRetried: false }
  return platform && !platform.market.isOpen ? { words: halted, isRetried: false } : undefined
}

/** One line in the gap between the header and the page, which it does not move, for what affects the whole product. It goes when that ends. */
export function PlatformBanner() {
  const session = useSession()
  const trouble = useTrouble()
  const [what, ...rest] = trouble?.words.split(/(?<=\.) |(?<=。)/) ?? []
  return (
    <div
      role="status"
      aria-label={i18n.t('State of the platform')}
      className="connection"
      data-shown={trouble !== undefined || undefined}
    >
      {trouble !== undefined && (
        <Group gap={10} wrap="nowrap" justify="center">
          {trouble.isRetried ? (
            <Loader size={14} color="currentColor" aria-hidden="true" />
          ) : (
            <IconAlertTriangle size={16} aria-hidden="true" style={{ flex: 'none' }} />
          )}
          <Text size="sm" component="span">
            {what} <span className="wide">{joinSentences(rest)}</span>
          </Text>
          {session.outage() && (
            <Button size="compact-xs" variant="default" onClick={() => void session.refresh('now')}>
              {i18n.t('Try now')}
            </Button>
          )}
        </Group>
      )}
    </div>
  )
}
