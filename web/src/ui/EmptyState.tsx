import { Group, Stack, Text, ThemeIcon } from '@mantine/core'
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
    <Group gap={16} py={16} px={18}>
      <ThemeIcon size={40} radius="xl" variant="light" aria-hidden="true">
        <Picture size={22} stroke={1.6} />
      </ThemeIcon>
      <Stack gap={2} flex="1 1 220px">
        <Text fw={600}>{title}</Text>
        {children && (
          <Text size="sm" c="dimmed" maw={480}>
            {children}
          </Text>
        )}
      </Stack>
      {action}
    </Group>
  )
}
