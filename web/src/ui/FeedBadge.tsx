import { Group, Text } from '@mantine/core'

const looks = {
  connecting: { className: 'flat', label: 'Connecting', hint: 'Prices are on their way.' },
  live: { className: 'up', label: 'Live prices', hint: 'Prices move as the market ticks.' },
  polling: {
    className: 'warn still',
    label: 'Prices every 3 s',
    hint: 'There is no stream at the moment; prices are asked for every three seconds.',
  },
  offline: {
    className: 'down still',
    label: 'Prices offline',
    hint: 'The platform does not answer; prices are the last known ones.',
  },
} as const

/** Whether the displayed prices are live. */
export function FeedBadge({ state }: { state: keyof typeof looks }) {
  const { className, label, hint } = looks[state]
  return (
    <Group gap={9} wrap="nowrap" role="status" title={hint}>
      <span className={`pulse ${className}`} aria-hidden="true" />
      <Text size="xs" c="dimmed" fw={550} style={{ whiteSpace: 'nowrap' }}>
        {label}
      </Text>
    </Group>
  )
}
