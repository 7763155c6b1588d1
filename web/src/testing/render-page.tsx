import './browser.ts'
import { I18nProvider } from '@lingui/react'
import { MantineProvider } from '@mantine/core'
import { notifications, Notifications } from '@mantine/notifications'
import { configure, render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { type InitialEntry, MemoryRouter, useLocation } from 'react-router'
import { createSession } from '../api/session.ts'
import { SessionProvider } from '../api/SessionProvider.tsx'
import { i18n } from '../i18n.ts'
import { theme } from '../ui/theme.ts'
import type { FakeApi } from './fake-api.ts'
import { type FakeStreams, freeLocks } from './fake-streams.ts'

// An upper limit for waits. No test asserts the speed of rendering.
configure({ asyncUtilTimeout: 60_000 })

type RenderOptions = {
  readonly at?: InitialEntry
  readonly isSignedIn?: boolean
  /** Without streams the page polls. */
  readonly streams?: FakeStreams
}

/** Streams have a separate endpoint. */
function route(api: FakeApi, streams: FakeStreams | undefined): typeof fetch {
  return (input, init) => (input === '/stream' && streams ? streams : api).fetch(input, init)
}

/** Renders a page as the app does, with the real session, client and cache; only the network is fake. */
export async function renderPage(
  page: ReactNode,
  api: FakeApi,
  { at = '/', isSignedIn = true, streams }: RenderOptions = {},
) {
  notifications.clean()
  const session = createSession({
    fetch: api.fetch,
    now: () => Date.now(),
    storage: localStorage,
    tabStorage: sessionStorage,
  })
  if (isSignedIn) await session.signIn('ada_lovelace', 'secret')
  const fetchWith = route(api, streams)
  const view = render(
    <I18nProvider i18n={i18n}>
      <MantineProvider theme={theme} env="test">
        <Notifications />
        <SessionProvider session={session} fetchWith={fetchWith} locks={streams && freeLocks}>
          <MemoryRouter initialEntries={[at]}>{page}</MemoryRouter>
        </SessionProvider>
      </MantineProvider>
    </I18nProvider>,
  )
  return { ...view, session }
}

/** The address of a rendered page, for tests. */
export function Address() {
  const { pathname, search } = useLocation()
  return <output aria-label="Address">{pathname + search}</output>
}
