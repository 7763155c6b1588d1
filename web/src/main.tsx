import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './styles.css'
import { MantineProvider } from '@mantine/core'
import { StrictMode, Suspense } from 'react'
import { lazily } from './api/lazily.ts'
import { createRoot } from 'react-dom/client'
import { keepReconnecting } from './api/reconnect.ts'
import { createSession, followOtherTabs } from './api/session.ts'
import { SessionProvider } from './api/SessionProvider.tsx'
import { App } from './routes.tsx'
import { theme } from './ui/theme.ts'

const Toasts = lazily(async () => (await import('./shell/Toasts.tsx')).Toasts)

const session = createSession({
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  storage: localStorage,
  tabStorage: sessionStorage,
})
followOtherTabs(session)
keepReconnecting(session)

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <Suspense>
          <Toasts />
        </Suspense>
        <SessionProvider session={session} locks={navigator.locks}>
          <App />
        </SessionProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
