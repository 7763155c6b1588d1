import { Stack, Text, ThemeIcon } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

type EmptyStateProps = {
  readonly icon: Icon
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** The reason why a list is empty, and what the user can do. */
export function EmptyState({ icon: Picture, title, children, action }: EmptyStateProps) {
  return (
    <Stack align="center" gap={8} py={28} px={18} ta="center">
      <ThemeIcon size={46} radius="xl" variant="light" aria-hidden="true">
        <Picture size={24} stroke={1.6} />
      </ThemeIcon>
      <Text fw={600}>{title}</Text>
      {children && (
        <Text size="sm" c="dimmed" maw={380}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  )
}
