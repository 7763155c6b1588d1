import './mantine.css'
import '@mantine/notifications/styles.css'
import './fonts/fonts.css'
import './styles.css'
import './pages/trade/trade.css'
import { I18nProvider } from '@lingui/react'
import { MantineProvider } from '@mantine/core'
import { StrictMode, Suspense } from 'react'
import { earlyFetch } from './api/early.ts'
import { lazily } from './api/lazily.ts'
import { createRoot } from 'react-dom/client'
import { keepReconnecting } from './api/reconnect.ts'
import { createSession, followOtherTabs } from './api/session.ts'
import { SessionProvider } from './api/SessionProvider.tsx'
import { i18n } from './i18n.ts'
import { App, loadPage } from './routes.tsx'
import { colorSchemeManager } from './ui/color-scheme.ts'
import { dropHastyInput } from './ui/hasty-input.ts'
import { dropToasts } from './ui/notify.ts'
import { cssVariables, theme } from './ui/theme.ts'

const Toasts = lazily(async () => (await import('./shell/Toasts.tsx')).Toasts)

const session = createSession({
  fetch: earlyFetch,
  now: () => Date.now(),
  storage: localStorage,
  tabStorage: sessionStorage,
})
followOtherTabs(session)
keepReconnecting(session)
dropHastyInput()
// What was told to one person is not for the next one at this screen.
session.subscribe(() => {
  if (session.getState().status === 'anonymous') dropToasts()
})
// Visitors are known before the first paint: from then on, an unknown session is one that is being resumed.
const ready = Promise.all([session.start(), loadPage(window.location.pathname)])
/** How long a page is empty at most: a frame around nothing would be drawn twice. */
const patienceMs = 300
const late = new Promise((resolve) => setTimeout(resolve, patienceMs))
await Promise.race([ready.catch(() => undefined), late])

const openChannel = (name: string) => new BroadcastChannel(name)

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          colorSchemeManager={colorSchemeManager}
        >
          <Suspense>
            <Toasts />
          </Suspense>
          <SessionProvider
            session={session}
            locks={navigator.locks}
            channel={openChannel}
            fetchWith={earlyFetch}
          >
            <App />
          </SessionProvider>
        </MantineProvider>
      </I18nProvider>
    </StrictMode>,
  )
}
