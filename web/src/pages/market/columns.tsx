import { Button, Group } from '@mantine/core'
import { Link } from 'react-router'
import { formatCompactMoney, formatMoney } from '../../format/money.ts'
import type { AssetSortColumn, MarketAssetsQuery } from '../../generated/graphql.ts'
import { LiveChange, LivePrice } from '../../lists/LivePrice.tsx'
import { TradingBadge } from '../../lists/TradingBadge.tsx'
import { paths } from '../../paths.ts'
import { AssetName } from '../../ui/AssetLogo.tsx'
import type { Column } from '../../ui/GridTable.tsx'
import { Sparkline } from '../../ui/Sparkline.tsx'
import { WatchButton } from '../../watchlist/WatchButton.tsx'

type MarketAsset = MarketAssetsQuery['assets']['nodes'][number]

const Compact = ({ value }: { value: string | null }) => (
  <span className="numeric" title={value ? formatMoney(value) : undefined}>
    {value ? formatCompactMoney(value) : '–'}
  </span>
)

const trade: Column<MarketAsset, AssetSortColumn> = {
  header: 'Trade',
  isRight: true,
  cell: ({ id, name }) => (
    <Button
      component={Link}
      to={paths.tradeAsset(id)}
      size="xs"
      variant="light"
      aria-label={`Trade ${name}`}
    >
      Trade
    </Button>
  ),
}

const figures: readonly Column<MarketAsset, AssetSortColumn>[] = [
  {
    header: '#',
    label: 'Rank',
    sortKey: 'RANK',
    cell: ({ rank }) => <span className="numeric flat">{rank ?? '–'}</span>,
  },
  {
    header: 'Name',
    isTitle: true,
    sortKey: 'NAME',
    cell: (asset) => (
      <Group gap={10} wrap="nowrap">
        <Link to={paths.asset(asset.id)} className="plain-link">
          <AssetName id={asset.id} name={asset.name} image={asset.image} />
        </Link>
        <TradingBadge assetId={asset.id} state={asset} />
      </Group>
    ),
  },
  {
    header: 'Price',
    digits: 16,
    sortKey: 'PRICE',
    isRight: true,
    cell: ({ id, quote }) => <LivePrice assetId={id} quote={quote} />,
  },
  {
    header: '24 h',
    digits: 13,
    sortKey: 'CHANGE_24H',
    isRight: true,
    cell: ({ id, quote, marketData }) => (
      <LiveChange assetId={id} quote={quote} percent={marketData.changePercent24h} />
    ),
  },
  {
    header: 'Market cap',
    digits: 12,
    sortKey: 'MARKET_CAP',
    isRight: true,
    cell: ({ marketData }) => <Compact value={marketData.marketCap} />,
  },
  {
    header: 'Volume 24 h',
    digits: 12,
    sortKey: 'VOLUME_24H',
    isRight: true,
    cell: ({ marketData }) => <Compact value={marketData.volume24h} />,
  },
  {
    header: 'Last 7 days',
    isRight: true,
    cell: ({ sparkline }) => <Sparkline prices={sparkline} />,
  },
]

/** The columns that the list can be sorted by. */
export const sortColumns = figures.flatMap(({ sortKey }) => sortKey ?? [])

const star = (watched: readonly string[] | undefined): Column<MarketAsset, AssetSortColumn> => ({
  header: 'Watch',
  isRight: true,
  cell: ({ id, name }) => <WatchButton assetId={id} name={name} watched={watched} />,
})

/** Only signed-in users can watch and trade. */
export const marketColumns = (isSignedIn: boolean, watched: readonly string[] | undefined) =>
  isSignedIn ? [...figures, star(watched), trade] : figures
