import { Button, Center, Stack, Text, Title } from '@mantine/core'

/** Shown instead of a page that broke; a reload also fetches a newer version of the app. */
export function PageCrash() {
  return (
    <Center mih="60vh" p="lg">
      <Stack align="center" gap="sm" ta="center" role="alert">
        <Title order={1} fz={24}>
          This page broke
        </Title>
        <Text c="dimmed" maw={420}>
          Nothing that you did was lost. Reloading usually helps; it also fetches a newer version of
          the app.
        </Text>
        <Button onClick={() => window.location.reload()}>Reload</Button>
      </Stack>
    </Center>
  )
}
