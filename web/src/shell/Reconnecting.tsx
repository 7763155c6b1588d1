import { Button, Center, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { Link } from 'react-router'
import type { Failure } from '../api/errors.ts'
import { useSession } from '../api/SessionProvider.tsx'
import { paths } from '../paths.ts'
import { FailureReference } from '../ui/FailureNotice.tsx'

/** Replaces a private page while the session cannot be checked; the page returns by itself. */
export function Reconnecting({ outage }: { outage: Failure }) {
  const session = useSession()
  return (
    <Center mih="60vh" p="lg">
      <Stack align="center" gap="sm" ta="center">
        <Loader type="dots" aria-hidden="true" />
        <Title order={1} fz={24}>
          Reconnecting to your account
        </Title>
        <Text c="dimmed" maw={460}>
          You are still signed in here. The service behind your account does not answer at the
          moment; this page comes back by itself when it does.
        </Text>
        <FailureReference failure={outage} />
        <Group>
          <Button onClick={() => void session.refresh('now')}>Try now</Button>
          <Button component={Link} to={paths.market} variant="default">
            See the market meanwhile
          </Button>
        </Group>
      </Stack>
    </Center>
  )
}
