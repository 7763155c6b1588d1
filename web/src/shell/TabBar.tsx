import { IconDots } from '@tabler/icons-react'
import type { Ref } from 'react'
import { NavLink } from 'react-router'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import { destinations } from './navigation.ts'

/** The pages of a phone's bar; "More" opens all of them. */
const own: readonly string[] = [paths.dashboard, paths.market, paths.trade, paths.orders]

type TabBarProps = {
  /** Known to be signed out. */
  readonly isVisitor: boolean
  readonly isMenuOpen: boolean
  readonly onMenu: () => void
  readonly onGo: () => void
  readonly more: Ref<HTMLButtonElement>
}

/** The navigation of a phone, within the reach of a thumb. */
export function TabBar({ isVisitor, isMenuOpen, onMenu, onGo, more }: TabBarProps) {
  const shown = destinations.filter(({ path, isPublic }) =>
    isVisitor ? isPublic : own.includes(path),
  )
  return (
    <nav className="tab-bar" aria-label={i18n.t('Tabs')}>
      {shown.map(({ label, path, icon: Icon }) => (
        <NavLink key={path} to={path} className="tab" onClick={onGo}>
          <Icon size={22} stroke={1.7} aria-hidden="true" />
          {label}
        </NavLink>
      ))}
      {!isVisitor && (
        <button
          ref={more}
          type="button"
          className="tab"
          aria-expanded={isMenuOpen}
          onClick={onMenu}
        >
          <IconDots size={22} stroke={1.7} aria-hidden="true" />
          {i18n.t('More')}
        </button>
      )}
    </nav>
  )
}
