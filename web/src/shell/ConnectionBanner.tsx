import { Button, Group, Loader, Text } from '@mantine/core'
import { useSyncExternalStore } from 'react'
import { useIsWaitingForCode } from '../api/lazily.ts'
import { useSession, useSessionState } from '../api/SessionProvider.tsx'

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

const useIsOffline = (): boolean => useSyncExternalStore(subscribe, () => !navigator.onLine)

/** What the user started is not repeated: only reads are. */
const offline =
  'You are offline. Prices and lists update again when the connection is back. Repeat what you had started.'

/** The reason why the page is incomplete while requests are retried. */
function useTrouble(): string | undefined {
  const state = useSessionState()
  const isOffline = useIsOffline()
  const isWaitingForCode = useIsWaitingForCode()
  if (isOffline) return offline
  if (state.status === 'reconnecting' || (state.status === 'signed-in' && state.outage)) {
    return 'Reconnecting. You stay signed in; your account is back as soon as its service answers.'
  }
  return isWaitingForCode
    ? 'A part of the app could not be loaded. Retrying automatically.'
    : undefined
}

/** Sets the height of the banner as a CSS variable, so that the page starts below it. */
function makeRoom(banner: HTMLDivElement): () => void {
  const { style } = document.documentElement
  const observer = new ResizeObserver(() =>
    style.setProperty('--banner', `${banner.offsetHeight}px`),
  )
  observer.observe(banner)
  return () => {
    observer.disconnect()
    style.removeProperty('--banner')
  }
}

/** One line below the header while something is reconnecting. */
export function ConnectionBanner() {
  const session = useSession()
  const trouble = useTrouble()
  return (
    <div
      ref={makeRoom}
      role="status"
      aria-label="Connection"
      className="connection"
      data-shown={trouble !== undefined || undefined}
    >
      {trouble !== undefined && (
        <Group gap={10} wrap="nowrap" justify="center">
          <Loader size={14} color="currentColor" aria-hidden="true" />
          <Text size="sm" component="span">
            {trouble}
          </Text>
          {session.outage() && (
            <Button size="compact-xs" variant="default" onClick={() => void session.refresh('now')}>
              Try now
            </Button>
          )}
        </Group>
      )}
    </div>
  )
}
