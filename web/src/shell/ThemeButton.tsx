import { ActionIcon } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'
import { i18n } from '../i18n.ts'
import { advanceColorScheme, useColorScheme } from '../ui/color-scheme.ts'

const looks = {
  auto: { icon: IconDeviceDesktop, label: i18n.t('Theme: as the system') },
  light: { icon: IconSun, label: i18n.t('Theme: light') },
  dark: { icon: IconMoon, label: i18n.t('Theme: dark') },
} as const

export function ThemeButton() {
  const { label, icon: Icon } = looks[useColorScheme()]
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={label}
      title={label}
      onClick={advanceColorScheme}
    >
      <Icon size={19} stroke={1.7} />
    </ActionIcon>
  )
}
