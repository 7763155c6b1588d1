import { Button } from '@mantine/core'
import { IconStar } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useLivePrices } from '../../api/live-prices.ts'
import type { Reading } from '../../api/reading.ts'
import type { DashboardWatchlistQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { assetColumnsOf } from '../../lists/asset-columns.tsx'
import { paths } from '../../paths.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { FeedBadge } from '../../ui/FeedBadge.tsx'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { WatchButton } from '../../watchlist/WatchButton.tsx'

type Watched = NonNullable<NonNullable<DashboardWatchlistQuery['me']>['watchlist']>[number]

const columnsOf = (
  assets: readonly Watched[],
  watched: readonly string[],
): readonly Column<Watched>[] => [
  ...assetColumnsOf(assets),
  {
    header: i18n.t('Watch'),
    place: 'action',
    isRight: true,
    cell: ({ id, name }) => <WatchButton assetId={id} name={name} watched={watched} />,
  },
]

export function WatchlistPanel({ reading }: { reading: Reading<DashboardWatchlistQuery> }) {
  const ids = reading.data?.me?.watchlist?.map(({ id }) => id) ?? []
  const feed = useLivePrices(ids)
  return (
    <ReadingPanel
      title={i18n.t('Watchlist')}
      isFlush
      skeletonRows={5}
      reading={reading}
      select={({ me }) => me?.watchlist}
      action={ids.length > 0 && <FeedBadge state={feed} />}
    >
      {(assets) =>
        assets.length > 0 ? (
          <GridTable
            label={i18n.t('Watchlist')}
            columns={columnsOf(assets, ids)}
            rows={assets}
            rowKey={({ id }) => id}
          />
        ) : (
          <EmptyState
            icon={IconStar}
            title={i18n.t('You watch nothing yet')}
            action={
              <Button component={Link} to={paths.market} variant="light">
                {i18n.t('Browse the market')}
              </Button>
            }
          >
            {i18n.t('Press the star of an asset in the market, and it stays in sight here.')}
          </EmptyState>
        )
      }
    </ReadingPanel>
  )
}
