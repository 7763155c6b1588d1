import { ActionIcon, Burger, Button, Group, Kbd } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconEye, IconEyeOff, IconSearch } from '@tabler/icons-react'
import { type Ref, Suspense, useRef, useState } from 'react'
import { lazily } from '../api/lazily.ts'
import { Link, Outlet, useNavigate } from 'react-router'
import { useSessionState, useUsername } from '../api/SessionProvider.tsx'
import { paths } from '../paths.ts'
import { useHideAmounts, useLetterShortcuts } from '../preferences/preferences.ts'
import { AmountPrivacy } from '../ui/amounts.tsx'
import { Wordmark } from '../ui/Logo.tsx'
import { Pending } from '../ui/Pending.tsx'
import { AccountEvents } from './AccountEvents.tsx'
import { ConnectionBanner } from './ConnectionBanner.tsx'
import { NotificationBell } from './NotificationBell.tsx'
import { PageBoundary } from './PageBoundary.tsx'
import { focusPageSearch, type Shortcut, useShortcuts } from './shortcuts.ts'
import { SideNavigation } from './SideNavigation.tsx'
import { ThemeButton, useNextTheme } from './ThemeButton.tsx'

const Palette = lazily(async () => (await import('./Palette.tsx')).Palette)
const ShortcutList = lazily(async () => (await import('./ShortcutList.tsx')).ShortcutList)

function HideAmountsButton() {
  const [areHidden, setHidden] = useHideAmounts()
  const label = areHidden ? 'Show amounts' : 'Hide amounts'
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

/** Every shortcut of the app: `?` lists exactly the shortcuts that work. */
function useAppShortcuts(openPalette: () => void, openList: () => void): readonly Shortcut[] {
  const navigate = useNavigate()
  const { advance } = useNextTheme()
  const [areHidden, setHidden] = useHideAmounts()
  const go = (path: string) => () => void navigate(path)
  const trade = (side: string) => () =>
    void navigate(`${paths.trade}?side=${side}`, { state: { isToAmount: true } })
  return [
    { key: '?', label: 'Show this list', run: openList },
    { key: '/', label: 'Search', run: () => focusPageSearch() || openPalette() },
    { key: 'b', label: 'Buy', run: trade('buy') },
    { key: 's', label: 'Sell', run: trade('sell') },
    { key: 'd', label: 'Go to the dashboard', run: go(paths.dashboard) },
    { key: 'm', label: 'Go to the market', run: go(paths.market) },
    { key: 'o', label: 'Go to the orders', run: go(paths.orders) },
    { key: 'h', label: 'Hide or show amounts', run: () => setHidden(!areHidden) },
    { key: 't', label: 'Change the theme', run: advance },
  ]
}

type HeaderProps = {
  readonly username: string
  /** Known to be signed out. */
  readonly isVisitor: boolean
  readonly isMenuOpen: boolean
  readonly onMenu: () => void
  readonly burger: Ref<HTMLButtonElement>
  readonly onSearch: () => void
}

function Header({ username, isVisitor, isMenuOpen, onMenu, burger, onSearch }: HeaderProps) {
  return (
    <header className="frame-header">
      <Group gap="sm" wrap="nowrap">
        <Burger
          ref={burger}
          opened={isMenuOpen}
          onClick={onMenu}
          hiddenFrom="sm"
          size="sm"
          aria-label="Menu"
          aria-expanded={isMenuOpen}
        />
        <Link to={username ? paths.dashboard : paths.landing} className="wordmark">
          <Wordmark />
        </Link>
      </Group>
      <button type="button" className="search-button" onClick={onSearch}>
        <IconSearch size={16} aria-hidden="true" />
        <span className="wide">Search pages and assets</span>
        <Kbd size="xs">Ctrl K</Kbd>
      </button>
      <Group gap={6} wrap="nowrap">
        {username && <NotificationBell />}
        {username && <HideAmountsButton />}
        {!username && !isVisitor && <span className="header-room" />}
        <ThemeButton />
        {isVisitor && (
          <Button component={Link} to={paths.signIn} size="sm">
            Sign in
          </Button>
        )}
      </Group>
    </header>
  )
}

/** The frame of every page except landing, sign-in and sign-up. */
export function AppFrame() {
  const username = useUsername()
  const isVisitor = useSessionState().status === 'anonymous'
  const [isMenuOpen, menu] = useDisclosure()
  const burger = useRef<HTMLButtonElement>(null)
  const [isListOpen, list] = useDisclosure()
  const [opening, setOpening] = useState(0)
  const [areHidden] = useHideAmounts()
  const [areLettersOn] = useLetterShortcuts()
  // On a phone the chosen link is hidden with the menu.
  const closeMenu = () => {
    if (isMenuOpen) burger.current?.focus()
    menu.close()
  }
  const openPalette = () => setOpening((count) => count + 1)
  const shortcuts = useAppShortcuts(openPalette, list.open)
  useShortcuts(shortcuts, openPalette, areLettersOn)
  return (
    <>
      <a href="#main" className="skip-link">
        Skip to the content
      </a>
      <Header
        username={username}
        isVisitor={isVisitor}
        isMenuOpen={isMenuOpen}
        onMenu={menu.toggle}
        burger={burger}
        onSearch={openPalette}
      />
      <ConnectionBanner />
      <aside className="frame-side" aria-label="Sidebar" data-open={isMenuOpen || undefined}>
        <SideNavigation username={username} isVisitor={isVisitor} onGo={closeMenu} />
      </aside>
      <main className="frame-main" id="main" tabIndex={-1}>
        <AmountPrivacy areHidden={areHidden}>
          <PageBoundary>
            <Suspense fallback={<Pending />}>
              <Outlet />
            </Suspense>
          </PageBoundary>
        </AmountPrivacy>
      </main>
      {username && <AccountEvents />}
      <Suspense>
        {isListOpen && <ShortcutList isOpen onClose={list.close} shortcuts={shortcuts} />}
        {opening > 0 && <Palette isSignedIn={username !== ''} opening={opening} />}
      </Suspense>
    </>
  )
}
