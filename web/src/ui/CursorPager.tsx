import { Button, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { steady } from './focus.tsx'

type CursorPagerProps = {
  readonly page: number
  readonly hasNext: boolean
  readonly onPrevious: () => void
  readonly onNext: () => void
  readonly summary?: string
}

/** Pagination of a list of which only the next cursor is known. */
export function CursorPager({ page, hasNext, onPrevious, onNext, summary }: CursorPagerProps) {
  if (page === 1 && !hasNext && !summary) return null
  return (
    <Group justify="space-between" px={18} pt={10} pb={6} role="navigation" aria-label="Pages">
      <Text size="sm" c="dimmed">
        {summary ?? ''}
      </Text>
      <Group gap={8}>
        <Button
          size="xs"
          variant="default"
          renderRoot={steady}
          disabled={page === 1}
          onClick={onPrevious}
          leftSection={<IconChevronLeft size={14} />}
        >
          Previous
        </Button>
        <Text size="sm" className="numeric">
          Page {page}
        </Text>
        <Button
          size="xs"
          variant="default"
          renderRoot={steady}
          disabled={!hasNext}
          onClick={onNext}
          rightSection={<IconChevronRight size={14} />}
        >
          Next
        </Button>
      </Group>
    </Group>
  )
}
