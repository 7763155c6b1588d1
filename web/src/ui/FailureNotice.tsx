import { Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import { useIsOffline, useIsUnreachable } from '../api/use-is-offline.ts'
import { i18n } from '../i18n.ts'
import { steady } from './focus.tsx'
import { formatWait, useSecondsLeft } from './wait.ts'

export type ShownFailure = {
  readonly code: string
  readonly sentence: string
  readonly requestId?: string | undefined
  readonly service?: string | undefined
  readonly retryAtMs?: number | undefined
}

/** When to try again, as it is now. It counts without being read out each second. */
function Wait({ left }: { left: number }) {
  return (
    <span role="timer" aria-live="off" className="numeric">
      {left > 0
        ? i18n.t('You can try again in {wait}.', { wait: formatWait(left) })
        : i18n.t('You can try again now.')}
    </span>
  )
}

/** The reference to quote to support: with it the code and the service are found in the logs. */
export function FailureReference({ failure: { requestId } }: { failure: ShownFailure }) {
  if (requestId === undefined) return null
  return (
    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      {i18n.t('Reference {requestId}', { requestId })}
    </Text>
  )
}

/** Codes of reads that fail in the same way however often they are repeated. */
const finalCodes: readonly string[] = [
  'ASSET_NOT_FOUND',
  'ORDER_NOT_FOUND',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'FORBIDDEN',
]

/** A failure where it occurred, with the reference for support and a retry button where a repeat may help. */
export function FailureNotice({
  failure,
  onRetry,
}: {
  failure: ShownFailure
  onRetry?: (() => void) | undefined
}) {
  const left = useSecondsLeft(failure)
  return (
    <div className="failure" role="alert">
      <Group gap={10} align="flex-start" wrap="nowrap">
        <IconAlertTriangle
          size={18}
          className="down"
          aria-hidden="true"
          style={{ flex: 'none', marginTop: 2 }}
        />
        <div style={{ flex: 1, minWidth: 0 }}>
          <Text size="sm" fw={550}>
            {failure.sentence} {failure.retryAtMs !== undefined && <Wait left={left} />}
          </Text>
          <FailureReference failure={failure} />
        </div>
        {onRetry && !finalCodes.includes(failure.code) && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            renderRoot={steady}
            disabled={left > 0}
            onClick={onRetry}
          >
            {i18n.t('Retry')}
          </Button>
        )}
      </Group>
    </div>
  )
}

/** For a panel with data that could not be refreshed. Without a connection the whole page says so. */
export function QuietFailure({ failure, onRetry }: { failure: ShownFailure; onRetry: () => void }) {
  const left = useSecondsLeft(failure)
  const isUnreachable = useIsUnreachable()
  if (useIsOffline() || (isUnreachable && failure.code === 'NETWORK')) return null
  return (
    <Group className="quiet-failure" gap={8} px={18} pb={8} role="status">
      <span>
        {i18n.t('Not everything is up to date: {sentence}', { sentence: failure.sentence })}{' '}
        {failure.requestId !== undefined &&
          `${i18n.t('Reference {requestId}.', { requestId: failure.requestId })} `}
        {failure.retryAtMs !== undefined && <Wait left={left} />}
      </span>
      <Button
        size="compact-xs"
        variant="subtle"
        renderRoot={steady}
        disabled={left > 0}
        onClick={onRetry}
      >
        {i18n.t('Retry')}
      </Button>
    </Group>
  )
}
