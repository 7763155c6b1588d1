import { plainSearch } from '@cnop/kit/search'
import { Button, Group, SegmentedControl } from '@mantine/core'
import { IconStar, IconZoomQuestion } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useLivePrices } from '../../api/live-prices.ts'
import { useReading } from '../../api/reading.ts'
import { useSessionState, useUsername } from '../../api/SessionProvider.tsx'
import { config } from '../../config.ts'
import {
  type AssetCategory,
  type AssetFilter,
  type AssetSortColumn,
  MarketAssetsDocument,
} from '../../generated/graphql.ts'
import { i18n, language } from '../../i18n.ts'
import { useKnownPage, useListAddress } from '../../lists/use-list-address.ts'
import { useCompactRows } from '../../preferences/preferences.ts'
import { CursorPager } from '../../ui/CursorPager.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { FeedBadge } from '../../ui/FeedBadge.tsx'
import { GridTable } from '../../ui/GridTable.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { Panel, ReadingPanel } from '../../ui/Panel.tsx'
import { SearchField } from '../../ui/SearchField.tsx'
import { useWatchedIds } from '../../watchlist/use-watchlist.ts'
import { type MarketAsset, marketColumns, sortColumns } from './columns.tsx'
import { useLiveOrder } from './live-order.ts'

const pageSize = 50

const categories = [
  { value: 'ALL', label: i18n.t('All') },
  { value: 'MAJOR', label: i18n.t('Major') },
  { value: 'ALTCOIN', label: i18n.t('Altcoins') },
  { value: 'STABLECOIN', label: i18n.t('Stablecoins') },
] as const

type Category = AssetCategory | 'ALL' | 'WATCHED'

const watchlist = { value: 'WATCHED', label: i18n.t('Watchlist') } as const

/** The filter of the query for a category. */
function categoryFilter(category: Category, watched: readonly string[]): AssetFilter {
  if (category === 'ALL') return {}
  return category === 'WATCHED' ? { ids: watched, activeOnly: false } : { category }
}

/** A list by name goes by the names that are shown. */
const sortOf = ({ by, descending }: Pick<Choice, 'by' | 'descending'>) =>
  by === 'NAME' && language === 'zh-CN'
    ? ({ by, descending, language: 'ZH_CN' } as const)
    : { by, descending }

/** Names and ranks sort ascending by default, figures descending. */
const startsAscending = (by: AssetSortColumn): boolean => by === 'RANK' || by === 'NAME'

const longestSearch = 50

type Choice = {
  readonly search: string
  readonly category: Category
  readonly by: AssetSortColumn
  readonly descending: boolean
}

/** The choice in the address; unknown values are ignored. Visitors have no watchlist. */
function readChoice(address: URLSearchParams, isVisitor: boolean): Choice {
  const categoriesHere = isVisitor ? categories : [...categories, watchlist]
  const by = sortColumns.find((column) => column === address.get('sort')) ?? 'RANK'
  const order = address.get('order')
  return {
    search: plainSearch(address.get('search') ?? '').slice(0, longestSearch),
    category: categoriesHere.find(({ value }) => value === address.get('category'))?.value ?? 'ALL',
    by,
    descending: startsAscending(by) ? order === 'descending' : order !== 'ascending',
  }
}

/** The address of a choice, without what goes without saying. */
function toAddress({ search, category, by, descending }: Choice) {
  const isUsual = descending !== startsAscending(by)
  return {
    search,
    category: category === 'ALL' ? null : category,
    sort: by === 'RANK' && isUsual ? null : by,
    order: isUsual ? null : descending ? 'descending' : 'ascending',
  }
}

function useMarket() {
  const address = useListAddress()
  const isVisitor = useSessionState().status === 'anonymous'
  const choice = readChoice(address.search, isVisitor)
  const { search, category } = choice
  const watched = useWatchedIds()
  const reading = useReading(
    MarketAssetsDocument,
    {
      first: pageSize,
      after: address.after,
      filter: { ...(search && { search }), ...categoryFilter(category, watched ?? []) },
      sort: sortOf(choice),
    },
    { pause: category === 'WATCHED' && !watched?.length, everyMs: config.valuesEveryMs },
  )
  useKnownPage(address, reading.failure)
  return {
    reading,
    isVisitor,
    watched,
    choice,
    pager: address.pager,
    choose: (change: Partial<Choice>) => address.filter(toAddress({ ...choice, ...change })),
  }
}

type Market = ReturnType<typeof useMarket>

/** A column that the list is sorted by already is turned round. */
const sortedBy = (column: AssetSortColumn, { by, descending }: Choice): Partial<Choice> => ({
  by: column,
  descending: column === by ? !descending : !startsAscending(column),
})

/** How much room a row takes. Narrow tables have rows of their own. */
function DensityChoice() {
  const [isCompact, setCompact] = useCompactRows()
  return (
    <SegmentedControl
      visibleFrom="lg"
      ml="auto"
      aria-label={i18n.t('Height of the rows')}
      value={isCompact ? 'compact' : 'usual'}
      onChange={(next) => setCompact(next === 'compact')}
      data={[
        { value: 'usual', label: i18n.t('Comfortable') },
        { value: 'compact', label: i18n.t('Compact') },
      ]}
    />
  )
}

function Filters({ market: { choice, choose, isVisitor } }: { market: Market }) {
  const row = useRef<HTMLDivElement>(null)
  // Where the row is scrolled, such as on a phone, the chosen category is in sight.
  useEffect(() => {
    const { current } = row
    const chosen = current?.querySelector<HTMLElement>('label[data-active]')
    if (current && chosen) current.scrollLeft = chosen.offsetLeft - chosen.offsetWidth
  }, [choice.category])
  return (
    <Group mb="md" gap="sm">
      <SearchField
        label={i18n.t('Search assets')}
        placeholder={i18n.t('Search by name or ticker')}
        w={{ base: '100%', xs: 220 }}
        maxLength={longestSearch}
        value={choice.search}
        onSearch={(search) => choose({ search })}
      />
      <SegmentedControl
        ref={row}
        className="scrolled-choice"
        aria-label={i18n.t('Category')}
        value={choice.category}
        onChange={(category) => choose({ category })}
        data={isVisitor ? [...categories] : [...categories, watchlist]}
      />
      <DensityChoice />
    </Group>
  )
}

function NothingWatched({ onShowAll }: { onShowAll: () => void }) {
  return (
    <Panel title={i18n.t('Assets')}>
      <EmptyState
        icon={IconStar}
        title={i18n.t('You watch nothing yet')}
        action={
          <Button variant="light" onClick={onShowAll}>
            {i18n.t('Show all assets')}
          </Button>
        }
      >
        {i18n.t('Press the star of an asset to find it here and on your dashboard.')}
      </EmptyState>
    </Panel>
  )
}

type AssetTableProps = { readonly market: Market; readonly nodes: readonly MarketAsset[] }

function AssetTable({ market: { choice, choose, watched }, nodes }: AssetTableProps) {
  const isSignedIn = useUsername() !== ''
  const [isCompact] = useCompactRows()
  const { rows, onUse } = useLiveOrder(nodes, choice)
  return (
    <GridTable
      label={i18n.t('Assets')}
      isCompact={isCompact}
      columns={marketColumns(nodes, isSignedIn, watched)}
      rows={rows}
      rowKey={({ id }) => id}
      onUse={onUse}
      sorting={{
        by: choice.by,
        isDescending: choice.descending,
        onSort: (column) => choose(sortedBy(column, choice)),
      }}
    />
  )
}

export function MarketPage() {
  const market = useMarket()
  const { reading, choice, choose, watched } = market
  const ids = reading.data?.assets.nodes.map(({ id }) => id) ?? []
  const feed = useLivePrices(ids)
  const clear = () => choose({ search: '', category: 'ALL' })
  return (
    <>
      <div className="market-head">
        <PageHeading title={i18n.t('Market')} action={<FeedBadge state={feed} />} />
        <Filters market={market} />
      </div>
      {choice.category === 'WATCHED' && watched?.length === 0 ? (
        <NothingWatched onShowAll={clear} />
      ) : (
        <ReadingPanel
          title={i18n.t('Assets')}
          className="bare-panel"
          isFlush
          skeletonRows={10}
          reading={reading}
          select={({ assets }) => assets}
        >
          {({ nodes, totalCount, pageInfo }) =>
            nodes.length > 0 ? (
              <>
                <AssetTable market={market} nodes={nodes} />
                <CursorPager
                  {...market.pager}
                  pageInfo={pageInfo}
                  summary={i18n.t('{count, plural, one {# asset} other {# assets}}', {
                    count: totalCount,
                  })}
                />
              </>
            ) : (
              <EmptyState
                icon={IconZoomQuestion}
                title={i18n.t('No asset matches')}
                action={
                  <Button variant="light" onClick={clear}>
                    {i18n.t('Clear the filters')}
                  </Button>
                }
              >
                {i18n.t('Try another part of the name, or look in all categories.')}
              </EmptyState>
            )
          }
        </ReadingPanel>
      )}
    </>
  )
}
