import { type ComponentType, Suspense, useEffect, useEffectEvent, useState } from 'react'
import { BrowserRouter, matchPath, Outlet, Route, Routes } from 'react-router'
import { useSessionState, useUsername } from './api/SessionProvider.tsx'
import { lazily } from './api/lazily.ts'
import { i18n } from './i18n.ts'
import { paths } from './paths.ts'
import { AppFrame } from './shell/AppFrame.tsx'
import { PlatformBanner } from './shell/PlatformBanner.tsx'
import { PageBoundary } from './shell/PageBoundary.tsx'
import { ScrollMemory } from './shell/ScrollMemory.tsx'
import { RequireSession } from './shell/RequireSession.tsx'
import { PagePending } from './shell/PagePending.tsx'
import { dropToasts, notifyNews } from './ui/notify.ts'

/** The code of each page is loaded when the page is first opened. */
const page = (path: string, load: () => Promise<ComponentType>) => ({ path, Page: lazily(load) })
type PageRoute = ReturnType<typeof page>

const barePages: readonly PageRoute[] = [
  page(paths.landing, async () => (await import('./pages/landing/LandingPage.tsx')).LandingPage),
  page(paths.signIn, async () => (await import('./pages/sign-in/SignInPage.tsx')).SignInPage),
  page(paths.signUp, async () => (await import('./pages/sign-up/SignUpPage.tsx')).SignUpPage),
]

const openPages: readonly PageRoute[] = [
  page(paths.market, async () => (await import('./pages/market/MarketPage.tsx')).MarketPage),
  page(`${paths.market}/:id`, async () => (await import('./pages/asset/AssetPage.tsx')).AssetPage),
  page(paths.system, async () => (await import('./pages/system/SystemPage.tsx')).SystemPage),
]

const ownPages: readonly PageRoute[] = [
  page(
    paths.dashboard,
    async () => (await import('./pages/dashboard/DashboardPage.tsx')).DashboardPage,
  ),
  page(`${paths.trade}/:id?`, async () => (await import('./pages/trade/TradePage.tsx')).TradePage),
  page(
    paths.portfolio,
    async () => (await import('./pages/portfolio/PortfolioPage.tsx')).PortfolioPage,
  ),
  page(paths.orders, async () => (await import('./pages/orders/OrdersPage.tsx')).OrdersPage),
  page(`${paths.orders}/:id`, async () => (await import('./pages/orders/OrderPage.tsx')).OrderPage),
  page(
    paths.activity,
    async () => (await import('./pages/activity/ActivityPage.tsx')).ActivityPage,
  ),
  page(paths.account, async () => (await import('./pages/account/AccountPage.tsx')).AccountPage),
  page(paths.profile, async () => (await import('./pages/profile/ProfilePage.tsx')).ProfilePage),
]

const missing = page(
  '*',
  async () => (await import('./pages/not-found/NotFoundPage.tsx')).NotFoundPage,
)

/** Loads the code of the page of an address. */
export async function loadPage(pathname: string): Promise<void> {
  const all = [...barePages, ...openPages, ...ownPages, missing]
  await all.find(({ path }) => matchPath(path, pathname))?.Page.preload()
}

const toRoute = ({ path, Page }: PageRoute) => <Route key={path} path={path} element={<Page />} />

/** Pages without the frame. */
function Bare() {
  return (
    <PageBoundary>
      <PlatformBanner />
      <Suspense fallback={<PagePending />}>
        <Outlet />
      </Suspense>
    </PageBoundary>
  )
}

/** How often one user has followed another in this tab without a sign-out. The new one is told. */
function useSuccessions(): number {
  const username = useUsername()
  const isVisitor = useSessionState().status === 'anonymous'
  const [latest, setLatest] = useState({ username, successions: 0 })
  const { successions } = latest
  if (username !== latest.username && (username !== '' || isVisitor)) {
    const isSuccession = username !== '' && latest.username !== ''
    setLatest({ username, successions: successions + (isSuccession ? 1 : 0) })
  }
  const tell = useEffectEvent(() => {
    dropToasts()
    notifyNews(
      i18n.t('You are now signed in as {username}', { username }),
      i18n.t('This happened in another tab of this browser. What was open here is closed.'),
    )
  })
  useEffect(() => {
    if (successions > 0) tell()
  }, [successions])
  return successions
}

/** Who leaves takes everything along that a page has read or kept open, and who signs in starts afresh. */
function AppRoutes() {
  const isVisitor = useSessionState().status === 'anonymous'
  const successions = useSuccessions()
  return (
    <Routes key={isVisitor ? 'visitor' : successions}>
      <Route element={<Bare />}>{barePages.map(toRoute)}</Route>
      <Route element={<AppFrame />}>
        {openPages.map(toRoute)}
        {toRoute(missing)}
        <Route element={<RequireSession />}>{ownPages.map(toRoute)}</Route>
      </Route>
    </Routes>
  )
}

export function App() {
  return (
    <BrowserRouter>
      <ScrollMemory />
      <AppRoutes />
    </BrowserRouter>
  )
}
