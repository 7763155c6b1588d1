import { type ComponentType, Suspense, useEffect, useEffectEvent, useState } from 'react'
import { BrowserRouter, Outlet, Route, Routes } from 'react-router'
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
const page = (load: () => Promise<ComponentType>) => lazily(load)

const LandingPage = page(async () => (await import('./pages/landing/LandingPage.tsx')).LandingPage)
const SignInPage = page(async () => (await import('./pages/sign-in/SignInPage.tsx')).SignInPage)
const SignUpPage = page(async () => (await import('./pages/sign-up/SignUpPage.tsx')).SignUpPage)
const DashboardPage = page(
  async () => (await import('./pages/dashboard/DashboardPage.tsx')).DashboardPage,
)
const MarketPage = page(async () => (await import('./pages/market/MarketPage.tsx')).MarketPage)
const AssetPage = page(async () => (await import('./pages/asset/AssetPage.tsx')).AssetPage)
const TradePage = page(async () => (await import('./pages/trade/TradePage.tsx')).TradePage)
const PortfolioPage = page(
  async () => (await import('./pages/portfolio/PortfolioPage.tsx')).PortfolioPage,
)
const OrdersPage = page(async () => (await import('./pages/orders/OrdersPage.tsx')).OrdersPage)
const OrderPage = page(async () => (await import('./pages/orders/OrderPage.tsx')).OrderPage)
const ActivityPage = page(
  async () => (await import('./pages/activity/ActivityPage.tsx')).ActivityPage,
)
const AccountPage = page(async () => (await import('./pages/account/AccountPage.tsx')).AccountPage)
const ProfilePage = page(async () => (await import('./pages/profile/ProfilePage.tsx')).ProfilePage)
const SystemPage = page(async () => (await import('./pages/system/SystemPage.tsx')).SystemPage)
const NotFoundPage = page(
  async () => (await import('./pages/not-found/NotFoundPage.tsx')).NotFoundPage,
)

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
      <Route element={<Bare />}>
        <Route path={paths.landing} element={<LandingPage />} />
        <Route path={paths.signIn} element={<SignInPage />} />
        <Route path={paths.signUp} element={<SignUpPage />} />
      </Route>
      <Route element={<AppFrame />}>
        <Route path={paths.market} element={<MarketPage />} />
        <Route path={`${paths.market}/:id`} element={<AssetPage />} />
        <Route path={paths.system} element={<SystemPage />} />
        <Route path="*" element={<NotFoundPage />} />
        <Route element={<RequireSession />}>
          <Route path={paths.dashboard} element={<DashboardPage />} />
          <Route path={`${paths.trade}/:id?`} element={<TradePage />} />
          <Route path={paths.portfolio} element={<PortfolioPage />} />
          <Route path={paths.orders} element={<OrdersPage />} />
          <Route path={`${paths.orders}/:id`} element={<OrderPage />} />
          <Route path={paths.activity} element={<ActivityPage />} />
          <Route path={paths.account} element={<AccountPage />} />
          <Route path={paths.profile} element={<ProfilePage />} />
        </Route>
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
