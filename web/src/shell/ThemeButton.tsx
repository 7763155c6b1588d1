import { ActionIcon, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'

const looks = {
  auto: { icon: IconDeviceDesktop, next: 'light', label: 'Theme: as the system' },
  light: { icon: IconSun, next: 'dark', label: 'Theme: light' },
  dark: { icon: IconMoon, next: 'auto', label: 'Theme: dark' },
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
