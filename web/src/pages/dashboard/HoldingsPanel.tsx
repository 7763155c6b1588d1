import { Button } from '@mantine/core'
import { IconCoins } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useLivePrices } from '../../api/live-prices.ts'
import { useReading } from '../../api/reading.ts'
import { config } from '../../config.ts'
import { DashboardHoldingsDocument, type DashboardHoldingsQuery } from '../../generated/graphql.ts'
import { LivePrice } from '../../lists/LivePrice.tsx'
import { paths } from '../../paths.ts'
import { AssetName } from '../../ui/AssetLogo.tsx'
import { ValueChange } from '../../ui/Change.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { FeedBadge } from '../../ui/FeedBadge.tsx'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { Money, Quantity } from '../../ui/Money.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'

type Holding = NonNullable<DashboardHoldingsQuery['me']>['portfolio']['holdings'][number]

const columns: readonly Column<Holding>[] = [
  {
    header: 'Asset',
    cell: ({ assetId, asset }) => (
      <Link to={paths.asset(assetId)} className="plain-link">
        <AssetName id={assetId} name={asset?.name} image={asset?.image} />
      </Link>
    ),
  },
  { header: 'Quantity', isRight: true, cell: ({ quantity }) => <Quantity value={quantity} /> },
  {
    header: 'Price',
    isRight: true,
    cell: ({ assetId, asset }) => <LivePrice assetId={assetId} quote={asset?.quote} />,
  },
  {
    header: 'Value',
    isRight: true,
    cell: ({ marketValue }) => (marketValue ? <Money value={marketValue} /> : '–'),
  },
  {
    header: 'Profit if sold',
    isRight: true,
    cell: ({ unrealisedProfit }) =>
      unrealisedProfit ? <ValueChange {...unrealisedProfit} /> : '–',
  },
]

export function HoldingsPanel() {
  const reading = useReading(DashboardHoldingsDocument, {}, { everyMs: config.valuesEveryMs })
  const ids = reading.data?.me?.portfolio.holdings.map(({ assetId }) => assetId) ?? []
  const feed = useLivePrices(ids)
  return (
    <ReadingPanel
      title="Holdings"
      isFlush
      skeletonRows={5}
      reading={reading}
      select={({ me }) => me?.portfolio.holdings}
      action={ids.length > 0 && <FeedBadge state={feed} />}
    >
      {(holdings) =>
        holdings.length > 0 ? (
          <GridTable
            label="Holdings"
            columns={columns}
            rows={holdings}
            rowKey={({ assetId }) => assetId}
          />
        ) : (
          <EmptyState
            icon={IconCoins}
            title="You own no assets yet"
            action={
              <Button component={Link} to={paths.market} variant="light" mt={6}>
                Browse the market
              </Button>
            }
          >
            Everything that you buy shows up here with its price, value and profit.
          </EmptyState>
        )
      }
    </ReadingPanel>
  )
}
