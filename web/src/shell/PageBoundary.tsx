import { Component, type ReactNode } from 'react'
import { useLocation } from 'react-router'
import { Button, Center, Stack, Text, Title } from '@mantine/core'
import { i18n } from '../i18n.ts'

/** Replaces a page that crashed; a reload also loads a newer version of the app. */
function PageCrash() {
  return (
    <Center mih="60vh" p="lg">
      <Stack align="center" gap="sm" ta="center" role="alert">
        <Title order={1} fz={24}>
          {i18n.t('This page broke')}
        </Title>
        <Text c="dimmed" maw={420}>
          {i18n.t(
            'Nothing that you did was lost. Reloading usually helps; it also fetches a newer version of the app.',
          )}
        </Text>
        <Button onClick={() => window.location.reload()}>{i18n.t('Reload')}</Button>
      </Stack>
    </Center>
  )
}

type BoundaryProps = { readonly children: ReactNode }

/** React supports error boundaries only as classes. */
class Boundary extends Component<BoundaryProps, { hasCrashed: boolean }> {
  override state = { hasCrashed: false }

  static getDerivedStateFromError() {
    return { hasCrashed: true }
  }

  override render() {
    return this.state.hasCrashed ? <PageCrash /> : this.props.children
  }
}

/** Limits a crash to one page; the next page renders normally. */
export function PageBoundary({ children }: BoundaryProps) {
  const { pathname } = useLocation()
  return <Boundary key={pathname}>{children}</Boundary>
}
