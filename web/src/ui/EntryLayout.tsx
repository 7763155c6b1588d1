import { Group, Stack, Text, Title } from '@mantine/core'
import { IconBolt, IconLock, IconScale } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { config } from '../config.ts'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import { BackLink } from './BackLink.tsx'
import { LanguageChoice } from './LanguageChoice.tsx'
import { LogoMark } from './Logo.tsx'

const promises = [
  {
    icon: IconScale,
    text: i18n.t('Every cent and every unit is accounted for in a ledger that anyone can check.'),
  },
  {
    icon: IconBolt,
    text: i18n.t('Orders happen exactly once, even when the connection breaks in the middle.'),
  },
  { icon: IconLock, text: i18n.t('You see where you are signed in, and can end each session.') },
] as const

/** The page around sign-in and sign-up. */
export function EntryLayout({
  title,
  hint,
  children,
}: {
  title: string
  hint: ReactNode
  children: ReactNode
}) {
  return (
    <div className="entry">
      <title>{`${title} · ${config.productName}`}</title>
      <aside className="entry-side">
        <Group gap={12}>
          <LogoMark size={34} />
          <Text fw={750} fz={20}>
            {config.productName}
          </Text>
        </Group>
        <Stack gap={26} maw={440}>
          <Text fz={34} fw={740} lh={1.12} lts="-0.03em">
            {i18n.t('Trade with money that always adds up.')}
          </Text>
          {promises.map(({ icon: Icon, text }) => (
            <Group key={text} wrap="nowrap" gap={14} align="flex-start">
              <Icon
                size={22}
                stroke={1.7}
                aria-hidden="true"
                style={{ flex: 'none', marginTop: 2 }}
              />
              <Text fz={15}>{text}</Text>
            </Group>
          ))}
        </Stack>
        <Text fz={13}>
          {i18n.t('A demonstration platform: prices are simulated, and so is the money.')}
        </Text>
      </aside>
      <main className="entry-form" id="main">
        <Stack w="100%" maw={440} gap="lg">
          <Group justify="space-between">
            <BackLink to={paths.landing}>{i18n.t('← Back to the start')}</BackLink>
            <LanguageChoice />
          </Group>
          <div>
            <Title order={1} fz={28} lts="-0.02em">
              {title}
            </Title>
            <Text c="dimmed" mt={4}>
              {hint}
            </Text>
          </div>
          {children}
        </Stack>
      </main>
    </div>
  )
}
