import { Button, Group, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconCheck, IconCircleDashed } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { i18n } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { Panel } from '../../ui/Panel.tsx'

export type Progress = {
  readonly hasCash: boolean
  readonly watches: boolean
}

type StepProps = {
  readonly isDone: boolean
  readonly title: string
  readonly to: string
  readonly action: string
  readonly children: ReactNode
}

function Step({ isDone, title, to, action, children }: StepProps) {
  const Picture = isDone ? IconCheck : IconCircleDashed
  return (
    <Group component="li" gap={14} wrap="nowrap" align="flex-start">
      <ThemeIcon size={32} radius="xl" variant="light" color={isDone ? 'gain' : 'iris'}>
        <Picture
          size={18}
          stroke={1.8}
          role="img"
          aria-label={isDone ? i18n.t('Done') : i18n.t('To do')}
        />
      </ThemeIcon>
      <Stack gap={6} align="flex-start">
        <div>
          <Text fw={600}>{title}</Text>
          <Text size="sm" c="dimmed">
            {children}
          </Text>
        </div>
        {!isDone && (
          <Button component={Link} to={to} variant="light" size="compact-sm">
            {action}
          </Button>
        )}
      </Stack>
    </Group>
  )
}

/** What a new account does first. It replaces the panels that would all say that they are empty. */
export function FirstSteps({ hasCash, watches }: Progress) {
  return (
    <Panel title={i18n.t('First steps')}>
      <Stack component="ol" gap={18} m={0} p={0} className="plain-list">
        <Step
          isDone={hasCash}
          title={i18n.t('Deposit cash')}
          to={paths.deposit}
          action={i18n.t('Make a deposit')}
        >
          {i18n.t('The money is simulated. Your portfolio and its history begin with it.')}
        </Step>
        <Step
          isDone={watches}
          title={i18n.t('Watch an asset')}
          to={paths.market}
          action={i18n.t('Browse the market')}
        >
          {i18n.t('Press its star, and it stays in sight here.')}
        </Step>
        <Step
          isDone={false}
          title={i18n.t('Buy your first asset')}
          to={paths.trade}
          action={i18n.t('Open the ticket')}
        >
          {i18n.t('At the market, or at a price of yours with a limit order.')}
        </Step>
      </Stack>
    </Panel>
  )
}
