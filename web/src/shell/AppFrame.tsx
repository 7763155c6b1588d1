import { ActionIcon, Button, Group, Kbd } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconEye, IconEyeOff, IconSearch } from '@tabler/icons-react'
import { Suspense, useRef, useState } from 'react'
import { lazily } from '../api/lazily.ts'
import { Link, Outlet, useLocation, useNavigate } from 'react-router'
import { useSessionState, useUsername } from '../api/SessionProvider.tsx'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import { useHideAmounts, useLetterShortcuts } from '../preferences/preferences.ts'
import { AmountPrivacy } from '../ui/amounts.tsx'
import { advanceColorScheme } from '../ui/color-scheme.ts'
import { Wordmark } from '../ui/Logo.tsx'
import { useIsPhone } from '../ui/phone.ts'
import { PagePending } from './PagePending.tsx'
import { AccountEvents } from './AccountEvents.tsx'
import { PlatformBanner } from './PlatformBanner.tsx'
import { NotificationBell } from './NotificationBell.tsx'
import { PageBoundary } from './PageBoundary.tsx'
import type { Opening } from './Palette.tsx'
import { focusPageSearch, type Shortcut, useShortcuts } from './shortcuts.ts'
import { SideNavigation } from './SideNavigation.tsx'
import { TabBar } from './TabBar.tsx'
import { ThemeButton } from './ThemeButton.tsx'

const Palette = lazily(async () => (await import('./Palette.tsx')).Palette)
const ShortcutList = lazily(async () => (await import('./ShortcutList.tsx')).ShortcutList)

function HideAmountsButton() {
  const [areHidden, setHidden] = useHideAmounts()
  const label = areHidden ? i18n.t('Show amounts') : i18n.t('Hide amounts')
  const Icon = areHidden ? IconEyeOff : IconEye
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      onClick={() => setHidden(!areHidden)}
    >
      <Icon size={19} stroke={1.7} />
    </ActionIcon>
  )
}

/** The asset that the page is about, as its address has it. */
const assetIn = (pathname: string): string | undefined =>
  /^\/(?:market|trade)\/([a-z0-9]+)$/i.exec(pathname)?.[1]

/** Every shortcut of the app: `?` lists exactly the shortcuts that work. */
function useAppShortcuts(openPalette: () => void, openList: () => void): readonly Shortcut[] {
  const navigate = useNavigate()
  const [areHidden, setHidden] = useHideAmounts()
  const go = (path: string) => () => void navigate(path)
  const inView = assetIn(useLocation().pathname)
  const trade = (side: 'buy' | 'sell') => () => {
    const path = inView === undefined ? paths.tradeSide(side) : paths.tradeAsset(inView, side)
    void navigate(path, { state: { isToAmount: true } })
  }
  return [
    { key: '?', label: i18n.t('Show this list'), run: openList },
    { key: '/', label: i18n.t('Search'), run: () => focusPageSearch() || openPalette() },
    { key: 'b', label: i18n.t('Buy'), run: trade('buy') },
    { key: 's', label: i18n.t('Sell'), run: trade('sell') },
    { key: 'd', label: i18n.t('Go to the dashboard'), run: go(paths.dashboard) },
    { key: 'm', label: i18n.t('Go to the market'), run: go(paths.market) },
    { key: 'o', label: i18n.t('Go to the orders'), run: go(paths.orders) },
    { key: 'h', label: i18n.t('Hide or show amounts'), run: () => setHidden(!areHidden) },
    { key: 't', label: i18n.t('Change the theme'), run: advanceColorScheme },
  ]
}

type HeaderProps = {
  readonly username: string
  /** Known to be signed out. */
  readonly isVisitor: boolean
  readonly onSearch: () => void
}

function Header({ username, isVisitor, onSearch }: HeaderProps) {
  return (
    <header className="frame-header">
      <Link to={username ? paths.dashboard : paths.landing} className="wordmark">
        <Wordmark />
      </Link>
      <button type="button" className="search-button" onClick={onSearch}>
        <IconSearch size={16} aria-hidden="true" />
        <span className="wide">{i18n.t('Search pages and assets')}</span>
        <Kbd size="xs">Ctrl K</Kbd>
      </button>
      <Group gap={6} wrap="nowrap">
        {username && <NotificationBell />}
        {username && <HideAmountsButton />}
        {!username && !isVisitor && <span className="header-room" />}
        <ThemeButton />
        {isVisitor && (
          <Button component={Link} to={paths.signIn} size="sm">
            {i18n.t('Sign in')}
          </Button>
        )}
      </Group>
    </header>
  )
}

const isTrading = (pathname: string): boolean => /^\/trade(?:\/|$)/.test(pathname)

/** The frame of every page except landing, sign-in and sign-up. */
export function AppFrame() {
  const username = useUsername()
  const isVisitor = useSessionState().status === 'anonymous'
  const [isMenuOpen, menu] = useDisclosure()
  const more = useRef<HTMLButtonElement>(null)
  const isPhone = useIsPhone()
  // By its address, so that the page that loads stands where the loaded one will.
  const isWide = isTrading(useLocation().pathname)
  const [isListOpen, list] = useDisclosure()
  const [opening, setOpening] = useState<Opening>()
  /** It has the focus from the call of the palette until the palette's own field has it, which takes what was typed. */
  const ahead = useRef<HTMLInputElement>(null)
  const [areHidden] = useHideAmounts()
  const [areLettersOn] = useLetterShortcuts()
  // On a phone the chosen link is hidden with the menu.
  const closeMenu = () => {
    if (isMenuOpen) more.current?.focus()
    menu.close()
  }
  const openPalette = () => {
    const from = document.activeElement
    setOpening((last) => (from === ahead.current ? { ...last } : { from }))
    ahead.current?.focus({ preventScroll: true })
  }
  const shortcuts = useAppShortcuts(openPalette, list.open)
  useShortcuts(shortcuts, openPalette, areLettersOn)
  return (
    <>
      <a href="#main" className="skip-link">
        {i18n.t('Skip to the content')}
      </a>
      <input
        ref={ahead}
        id="typed-ahead"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={i18n.t('Search')}
      />
      <Header username={username} isVisitor={isVisitor} onSearch={openPalette} />
      <PlatformBanner />
      {isPhone && (
        <TabBar
          isVisitor={isVisitor}
          isMenuOpen={isMenuOpen}
          onMenu={menu.toggle}
          onGo={closeMenu}
          more={more}
        />
      )}
      {isMenuOpen && <div className="frame-shade" onClick={closeMenu} />}
      <aside
        className="frame-side"
        aria-label={i18n.t('Sidebar')}
        data-open={isMenuOpen || undefined}
        onKeyDown={({ key }) => key === 'Escape' && closeMenu()}
      >
        <SideNavigation username={username} isVisitor={isVisitor} onGo={closeMenu} />
      </aside>
      <main className="frame-main" id="main" tabIndex={-1} data-wide={isWide || undefined}>
        <AmountPrivacy areHidden={areHidden}>
          <PageBoundary>
            <Suspense fallback={<PagePending />}>
              <Outlet />
            </Suspense>
          </PageBoundary>
        </AmountPrivacy>
      </main>
      {username && <AccountEvents />}
      <Suspense>
        {isListOpen && <ShortcutList isOpen onClose={list.close} shortcuts={shortcuts} />}
        {opening && (
          <Palette isSignedIn={username !== ''} opening={opening} onShortcuts={list.open} />
        )}
      </Suspense>
    </>
  )
}
