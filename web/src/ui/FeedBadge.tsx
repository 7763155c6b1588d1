import { Group, Text } from '@mantine/core'
import { useFeedAge } from '../api/live-prices.ts'
import { i18n } from '../i18n.ts'
import { formatWait } from './wait.ts'

const looks = {
  connecting: {
    className: 'flat',
    label: i18n.t('Connecting'),
    hint: i18n.t('Prices are on their way.'),
  },
  live: {
    className: 'up',
    label: i18n.t('Live prices'),
    hint: i18n.t('Prices move as the market ticks.'),
  },
  delayed: {
    className: 'warn still',
    label: i18n.t('Prices delayed'),
    hint: i18n.t('The market has missed ticks; prices are the last known ones.'),
  },
  polling: {
    className: 'warn still',
    label: i18n.t('Prices every 3 s'),
    hint: i18n.t('There is no stream at the moment; prices are asked for every three seconds.'),
  },
  offline: {
    className: 'down still',
    label: i18n.t('Prices offline'),
    hint: i18n.t('The platform does not answer; prices are the last known ones.'),
  },
} as const

/** The age is outside of the status: a screen reader must not announce every second. */
function Age() {
  return (
    <Text size="xs" c="dimmed" className="numeric" style={{ whiteSpace: 'nowrap' }}>
      {formatWait(useFeedAge())}
    </Text>
  )
}

/** Whether the displayed prices are live. */
export function FeedBadge({ state }: { state: keyof typeof looks }) {
  const { className, label, hint } = looks[state]
  return (
    <Group gap={9} wrap="nowrap" title={hint}>
      <span className={`pulse ${className}`} aria-hidden="true" />
      <Text role="status" size="xs" c="dimmed" fw={550} style={{ whiteSpace: 'nowrap' }}>
        {label}
      </Text>
      {state === 'delayed' && <Age />}
    </Group>
  )
}
