import { Button, Group, SegmentedControl, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch, IconStar, IconZoomQuestion } from '@tabler/icons-react'
import { useState } from 'react'
import { useLivePrices } from '../../api/live-prices.ts'
import { useReading } from '../../api/reading.ts'
import { useUsername } from '../../api/SessionProvider.tsx'
import {
  type AssetCategory,
  type AssetFilter,
  type AssetSortColumn,
  MarketAssetsDocument,
} from '../../generated/graphql.ts'
import { useCursors } from '../../lists/use-cursors.ts'
import { CursorPager } from '../../ui/CursorPager.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { FeedBadge } from '../../ui/FeedBadge.tsx'
import { GridTable } from '../../ui/GridTable.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { Panel, ReadingPanel } from '../../ui/Panel.tsx'
import { useWatchedIds } from '../../watchlist/use-watchlist.ts'
import { marketColumns } from './columns.tsx'

const pageSize = 50

const categories = [
  { value: 'ALL', label: 'All' },
  { value: 'MAJOR', label: 'Major' },
  { value: 'ALTCOIN', label: 'Altcoins' },
  { value: 'STABLECOIN', label: 'Stablecoins' },
] as const

type Category = AssetCategory | 'ALL' | 'WATCHED'

const watchlist = { value: 'WATCHED', label: 'Watchlist' } as const

/** The filter of the query for a category. */
function categoryFilter(category: Category, watched: readonly string[]): AssetFilter {
  if (category === 'ALL') return {}
  return category === 'WATCHED' ? { ids: watched, activeOnly: false } : { category }
}

/** Names and ranks sort ascending by default, figures descending. */
const startsAscending = (by: AssetSortColumn): boolean => by === 'RANK' || by === 'NAME'

function useMarket() {
  const [search, setSearch] = useState('')
  const [settledSearch] = useDebouncedValue(search.trim(), 250)
  const [category, setCategory] = useState<Category>('ALL')
  const isSignedIn = useUsername() !== ''
  const watched = useWatchedIds()
  const [sort, setSort] = useState<{ by: AssetSortColumn; descending: boolean }>({
    by: 'RANK',
    descending: false,
  })
  const cursors = useCursors()
  const reading = useReading(
    MarketAssetsDocument,
    {
      first: pageSize,
      after: cursors.after,
      filter: {
        ...(settledSearch && { search: settledSearch }),
        ...categoryFilter(category, watched ?? []),
      },
      sort,
    },
    { pause: category === 'WATCHED' && !watched?.length },
  )
  return {
    reading,
    isSignedIn,
    watched,
    cursors,
    search,
    category,
    sort,
    setSearch: (text: string) => {
      cursors.restart()
      setSearch(text)
    },
    setCategory: (next: Category) => {
      cursors.restart()
      setCategory(next)
    },
    sortBy: (by: AssetSortColumn) => {
      cursors.restart()
      setSort(
        by === sort.by
          ? { by, descending: !sort.descending }
          : { by, descending: !startsAscending(by) },
      )
    },
  }
}

function Filters({ market }: { market: ReturnType<typeof useMarket> }) {
  return (
    <Group mb="md" gap="sm">
      <TextInput
        data-page-search
        aria-label="Search assets"
        placeholder="Search by name or ticker"
        leftSection={<IconSearch size={16} />}
        w={{ base: '100%', xs: 300 }}
        maxLength={50}
        value={market.search}
        onChange={(event) => market.setSearch(event.currentTarget.value)}
      />
      <SegmentedControl
        maw="100%"
        style={{ flexWrap: 'wrap' }}
        aria-label="Category"
        value={market.category}
        onChange={market.setCategory}
        data={market.isSignedIn ? [...categories, watchlist] : [...categories]}
      />
    </Group>
  )
}

function NothingWatched({ onShowAll }: { onShowAll: () => void }) {
  return (
    <Panel title="Assets">
      <EmptyState
        icon={IconStar}
        title="You watch nothing yet"
        action={
          <Button variant="light" onClick={onShowAll}>
            Show all assets
          </Button>
        }
      >
        Press the star of an asset to find it here and on your dashboard.
      </EmptyState>
    </Panel>
  )
}

export function MarketPage() {
  const market = useMarket()
  const { reading, cursors, sort, isSignedIn, watched } = market
  const ids = reading.data?.assets.nodes.map(({ id }) => id) ?? []
  const feed = useLivePrices(ids)
  const clear = () => {
    market.setSearch('')
    market.setCategory('ALL')
  }
  return (
    <>
      <PageHeading
        title="Market"
        hint="Live prices of everything you can trade."
        action={<FeedBadge state={feed} />}
      />
      <Filters market={market} />
      {market.category === 'WATCHED' && watched?.length === 0 ? (
        <NothingWatched onShowAll={clear} />
      ) : (
        <ReadingPanel
          title="Assets"
          isFlush
          skeletonRows={10}
          reading={reading}
          select={({ assets }) => assets}
        >
          {({ nodes, totalCount, pageInfo }) =>
            nodes.length > 0 ? (
              <>
                <GridTable
                  label="Assets"
                  columns={marketColumns(isSignedIn, watched)}
                  rows={nodes}
                  rowKey={({ id }) => id}
                  sorting={{ by: sort.by, isDescending: sort.descending, onSort: market.sortBy }}
                />
                <CursorPager
                  page={cursors.page}
                  hasNext={pageInfo.hasNextPage}
                  onPrevious={cursors.previous}
                  onNext={() => cursors.next(pageInfo.endCursor)}
                  summary={`${totalCount} assets`}
                />
              </>
            ) : (
              <EmptyState
                icon={IconZoomQuestion}
                title="No asset matches"
                action={
                  <Button variant="light" onClick={clear}>
                    Clear the filters
                  </Button>
                }
              >
                Try another part of the name, or look in all categories.
              </EmptyState>
            )
          }
        </ReadingPanel>
      )}
    </>
  )
}
