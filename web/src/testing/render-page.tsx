import './browser.ts'
import { MantineProvider } from '@mantine/core'
import { notifications, Notifications } from '@mantine/notifications'
import { render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { MemoryRouter } from 'react-router'
import { createSession } from '../api/session.ts'
import { SessionProvider } from '../api/SessionProvider.tsx'
import { theme } from '../ui/theme.ts'
import type { FakeApi } from './fake-api.ts'

type RenderOptions = { readonly at?: string; readonly isSignedIn?: boolean }

/** Renders a page as the app does, with the real session, client and cache; only the wire is fake. */
export async function renderPage(
  page: ReactNode,
  api: FakeApi,
  { at = '/', isSignedIn = true }: RenderOptions = {},
) {
  notifications.clean()
  const session = createSession({ fetch: api.fetch, now: () => Date.now(), storage: localStorage })
  if (isSignedIn) await session.signIn('ada_lovelace', 'secret')
  const view = render(
    <MantineProvider theme={theme} env="test">
      <Notifications />
      <SessionProvider session={session} fetchWith={api.fetch}>
        <MemoryRouter initialEntries={[at]}>{page}</MemoryRouter>
      </SessionProvider>
    </MantineProvider>,
  )
  return { ...view, session }
}
