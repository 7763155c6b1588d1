import { Button, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import { useSessionState } from '../../api/SessionProvider.tsx'
import { i18n } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { Ticket } from '../../ticket/Ticket.tsx'
import { Panel } from '../../ui/Panel.tsx'

/** The ticket of the page's asset, or links to sign in. */
export function TicketPanel({ id, isSignedIn }: { id: string; isSignedIn: boolean }) {
  const { status } = useSessionState()
  if (status === 'reconnecting') {
    return (
      <Panel title={i18n.t('Trade {asset}', { asset: id })}>
        <Text size="sm" c="dimmed">
          {i18n.t('Reconnecting to your account. You can trade again when it answers.')}
        </Text>
      </Panel>
    )
  }
  return (
    <Panel title={i18n.t('Trade {asset}', { asset: id })}>
      {isSignedIn ? (
        <Ticket assetId={id} />
      ) : (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {i18n.t('Sign in to buy and sell {asset}.', { asset: id })}
          </Text>
          <Button component={Link} to={paths.signInThen(paths.asset(id))}>
            {i18n.t('Sign in')}
          </Button>
          <Button component={Link} to={paths.signUp} variant="default">
            {i18n.t('Open an account')}
          </Button>
        </Stack>
      )}
    </Panel>
  )
}
