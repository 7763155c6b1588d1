import { Button, Group, Loader, Text } from '@mantine/core'
import { useIsWaitingForCode } from '../api/lazily.ts'
import { useSession, useSessionState } from '../api/SessionProvider.tsx'
import { useIsOffline } from '../api/use-is-offline.ts'
import { i18n } from '../i18n.ts'

const offline = i18n.t(
  'You are offline. Prices and lists update again when the connection is back. Nothing can be sent until then.',
)

/** The reason why the page is incomplete while requests are retried. */
function useTrouble(): string | undefined {
  const state = useSessionState()
  const isOffline = useIsOffline()
  const isWaitingForCode = useIsWaitingForCode()
  if (isOffline) return offline
  if (state.status === 'reconnecting' || (state.status === 'signed-in' && state.outage)) {
    return i18n.t(
      'Reconnecting. You stay signed in; your account is back as soon as its service answers.',
    )
  }
  return isWaitingForCode
    ? i18n.t('A part of the app could not be loaded. Retrying automatically.')
    : undefined
}

/** One line in the gap between the header and the page, which it does not move, while something is reconnecting. */
export function ConnectionBanner() {
  const session = useSession()
  const trouble = useTrouble()
  const [what, ...rest] = trouble?.split(/(?<=\.) |(?<=。)/) ?? []
  return (
    <div
      role="status"
      aria-label={i18n.t('Connection')}
      className="connection"
      data-shown={trouble !== undefined || undefined}
    >
      {trouble !== undefined && (
        <Group gap={10} wrap="nowrap" justify="center">
          <Loader size={14} color="currentColor" aria-hidden="true" />
          <Text size="sm" component="span">
            {what} <span className="wide">{rest.join(' ')}</span>
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
