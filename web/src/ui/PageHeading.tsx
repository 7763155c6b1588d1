import { Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { config } from '../config.ts'

type PageHeadingProps = {
  readonly title: string
  readonly hint?: ReactNode
  readonly action?: ReactNode
}

/** The title of the page, in its heading and in the browser's tab. */
export function PageHeading({ title, hint, action }: PageHeadingProps) {
  return (
    <Group justify="space-between" align="flex-end" mb={20} gap={12}>
      <title>{`${title} · ${config.productName}`}</title>
      <div>
        <Title order={1} tabIndex={-1} fz={25} lts="-0.02em">
          {title}
        </Title>
        {hint && (
          <Text c="dimmed" size="sm" mt={2}>
            {hint}
          </Text>
        )}
      </div>
      {action}
    </Group>
  )
}
