import { ActionIcon, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import { i18n } from '../i18n.ts'

const looks = {
  auto: { icon: IconDeviceDesktop, next: 'light', label: i18n.t('Theme: as the system') },
  light: { icon: IconSun, next: 'dark', label: i18n.t('Theme: light') },
  dark: { icon: IconMoon, next: 'auto', label: i18n.t('Theme: dark') },
} as const

/** Cycles through automatic, light and dark. */
export function useNextTheme(): {
  readonly label: string
  readonly icon: typeof IconSun
  readonly advance: () => void
} {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const { next, label, icon } = looks[colorScheme]
  return { label, icon, advance: () => setColorScheme(next) }
}

export function ThemeButton() {
  const { label, icon: Icon, advance } = useNextTheme()
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      onClick={advance}
    >
      <Icon size={19} stroke={1.7} />
    </ActionIcon>
  )
}
