import { Button, Group, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconCheck, IconCircleDashed } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
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
        <Picture size={18} stroke={1.8} role="img" aria-label={isDone ? 'Done' : 'To do'} />
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
    <Panel title="First steps">
      <Stack component="ol" gap={18} m={0} p={0} className="plain-list">
        <Step isDone={hasCash} title="Deposit cash" to={paths.deposit} action="Make a deposit">
          The money is simulated. Your portfolio and its history begin with it.
        </Step>
        <Step isDone={watches} title="Watch an asset" to={paths.market} action="Browse the market">
          Press its star, and it stays in sight here.
        </Step>
        <Step isDone={false} title="Buy your first asset" to={paths.trade} action="Open the ticket">
          At the market, or at a price of yours with a limit order.
        </Step>
      </Stack>
    </Panel>
  )
}
