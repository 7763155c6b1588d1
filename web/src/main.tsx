import './mantine.css'
import '@mantine/notifications/styles.css'
import './fonts/fonts.css'
import './styles.css'
import './pages/trade/trade.css'
import { I18nProvider } from '@lingui/react'
import { MantineProvider } from '@mantine/core'
import { StrictMode, Suspense } from 'react'
import { lazily } from './api/lazily.ts'
import { createRoot } from 'react-dom/client'
import { keepReconnecting } from './api/reconnect.ts'
import { createSession, followOtherTabs } from './api/session.ts'
import { SessionProvider } from './api/SessionProvider.tsx'
import { i18n } from './i18n.ts'
import { App } from './routes.tsx'
import { dropHastyInput } from './ui/hasty-input.ts'
import { dropToasts } from './ui/notify.ts'
import { cssVariables, theme } from './ui/theme.ts'

const Toasts = lazily(async () => (await import('./shell/Toasts.tsx')).Toasts)

const session = createSession({
  fetch: (input, init) => fetch(input, init),
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
void session.start()

const openChannel = (name: string) => new BroadcastChannel(name)

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          defaultColorScheme="auto"
        >
          <Suspense>
            <Toasts />
          </Suspense>
          <SessionProvider session={session} locks={navigator.locks} channel={openChannel}>
            <App />
          </SessionProvider>
        </MantineProvider>
      </I18nProvider>
    </StrictMode>,
  )
}
