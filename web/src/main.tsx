import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './styles.css'
import { MantineProvider } from '@mantine/core'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { createSession, followOtherTabs } from './api/session.ts'
import { SessionProvider } from './api/SessionProvider.tsx'
import { App } from './routes.tsx'
import { theme } from './ui/theme.ts'

const Toasts = lazy(async () => ({ default: (await import('./shell/Toasts.tsx')).Toasts }))

const session = createSession({
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  storage: localStorage,
})
followOtherTabs(session)

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
