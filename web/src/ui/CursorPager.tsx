import { Button, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { i18n } from '../i18n.ts'
import { steady } from './focus.tsx'

type CursorPagerProps = {
  readonly page: number
  /** Otherwise the first page is what can be returned to. */
  readonly isPreviousKnown: boolean
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly onPrevious: () => void
  readonly onNext: (cursor: string | null) => void
  readonly summary?: string
}

/** Pagination of a list of which only the next cursor is known. */
export function CursorPager(props: CursorPagerProps) {
  const { page, isPreviousKnown, pageInfo, onPrevious, onNext, summary } = props
  const hasNext = pageInfo.hasNextPage
  if (page === 1 && !hasNext && !summary) return null
  return (
    <Group
      justify="space-between"
      px={18}
      pt={10}
      pb={6}
      role="navigation"
      aria-label={i18n.t('Pages')}
    >
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
          {page === 1 || isPreviousKnown ? i18n.t('Previous') : i18n.t('First page')}
        </Button>
        <Text size="sm" className="numeric">
          {i18n.t('Page {page}', { page })}
        </Text>
        <Button
          size="xs"
          variant="default"
          renderRoot={steady}
          disabled={!hasNext}
          onClick={() => onNext(pageInfo.endCursor)}
          rightSection={<IconChevronRight size={14} />}
        >
          {i18n.t('Next')}
        </Button>
      </Group>
    </Group>
  )
}
