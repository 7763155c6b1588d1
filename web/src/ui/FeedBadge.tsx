import { Group, Text } from '@mantine/core'

const looks = {
  connecting: { className: 'flat', label: 'Connecting' },
  live: { className: 'up', label: 'Live prices' },
  interrupted: { className: 'down', label: 'Prices interrupted' },
} as const

/** Whether the prices on screen are moving with the market. */
export function FeedBadge({ state }: { state: keyof typeof looks }) {
  const { className, label } = looks[state]
  return (
    <Group gap={9} wrap="nowrap" role="status">
      <span className={`pulse ${className}`} aria-hidden="true" />
      <Text size="xs" c="dimmed" fw={550}>
        {label}
      </Text>
    </Group>
  )
}
