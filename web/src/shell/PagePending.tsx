import { Button, Center, Stack, Text, Title } from '@mantine/core'
import { retryCode, useIsWaitingForCode } from '../api/lazily.ts'
import { useIsOffline } from '../api/use-is-offline.ts'
import { i18n } from '../i18n.ts'
import { Pending } from '../ui/Pending.tsx'

/** Stands in place of a page whose code is loading, and says so when it cannot be loaded. */
export function PagePending() {
  const isMissing = useIsWaitingForCode()
  const isOffline = useIsOffline()
  if (!isMissing) return <Pending />
  return (
    <Center mih="50vh" p="lg">
      <Stack align="center" gap="sm" ta="center" role="status">
        <Title order={1} fz={24}>
          {i18n.t('This page is not loaded yet')}
        </Title>
        <Text c="dimmed" maw={460}>
          {isOffline
            ? i18n.t(
                'You are offline, and this page was not opened before. It appears by itself when the connection is back.',
              )
            : i18n.t(
                'The platform does not answer, and this page was not opened before. It appears by itself when the connection is back.',
              )}
        </Text>
        <Button onClick={retryCode}>{i18n.t('Retry')}</Button>
      </Stack>
    </Center>
  )
}
