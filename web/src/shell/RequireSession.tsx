import { Navigate, Outlet, useLocation, Link } from 'react-router'
import { useSessionState, useSession } from '../api/SessionProvider.tsx'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import { Pending } from '../ui/Pending.tsx'
import { Button, Center, Group, Loader, Stack, Text, Title } from '@mantine/core'
import type { Failure } from '../api/errors.ts'
import { FailureReference } from '../ui/FailureNotice.tsx'

/** Replaces a private page while the session cannot be checked; the page returns automatically. */
function Reconnecting({ outage }: { outage: Failure }) {
  const session = useSession()
  return (
    <Center mih="60vh" p="lg">
      <Stack align="center" gap="sm" ta="center">
        <Loader type="dots" aria-hidden="true" />
        <Title order={1} fz={24}>
          {i18n.t('Reconnecting to your account')}
        </Title>
        <Text c="dimmed" maw={460}>
          {i18n.t(
            'You are still signed in here. The service behind your account does not answer at the moment; this page comes back by itself when it does.',
          )}
        </Text>
        <FailureReference failure={outage} />
        <Group>
          <Button onClick={() => void session.refresh('now')}>{i18n.t('Try now')}</Button>
          <Button component={Link} to={paths.market} variant="default">
            {i18n.t('See the market meanwhile')}
          </Button>
        </Group>
      </Stack>
    </Center>
  )
}

/**
 * Admits signed-in users; others sign in first and return to their destination. An outage is not a sign-out: a user who
 * was signed in here waits on the page itself.
 */
export function RequireSession() {
  const state = useSessionState()
  const { pathname, search } = useLocation()
  if (state.status === 'unknown') return <Pending />
  if (state.status === 'reconnecting') return <Reconnecting outage={state.outage} />
  if (state.status === 'anonymous')
    return <Navigate to={paths.signInThen(pathname + search)} replace />
  return <Outlet />
}
