import { Button, Group } from '@mantine/core'
import { Link } from 'react-router'
import { formatCompactMoney, formatMoney } from '../../format/money.ts'
import type { AssetSortColumn, MarketAssetsQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { AlignedPrice, LiveChange, mostDecimalsOf } from '../../lists/LivePrice.tsx'
import { TradingBadge } from '../../lists/TradingBadge.tsx'
import { paths } from '../../paths.ts'
import { PercentChange } from '../../ui/Change.tsx'
import { AssetName } from '../../ui/AssetLogo.tsx'
import type { Column } from '../../ui/GridTable.tsx'
import { Sparkline } from '../../ui/Sparkline.tsx'
import { WatchButton } from '../../watchlist/WatchButton.tsx'

export type MarketAsset = MarketAssetsQuery['assets']['nodes'][number]

const Compact = ({ value }: { value: string | null }) => (
  <span className="numeric" title={value ? formatMoney(value) : undefined}>
    {value ? formatCompactMoney(value) : '–'}
  </span>
)

const trade: Column<MarketAsset, AssetSortColumn> = {
  header: i18n.t('Trade'),
  isRight: true,
  cell: ({ id, name }) => (
    <Button
      component={Link}
      to={paths.tradeAsset(id)}
      size="xs"
      variant="light"
      aria-label={i18n.t('Trade {name}', { name })}
    >
      {i18n.t('Trade')}
    </Button>
  ),
}

const figuresOf = (decimals: number): readonly Column<MarketAsset, AssetSortColumn>[] => [
  {
    header: '#',
    from: 860,
    label: i18n.t('Rank'),
    sortKey: 'RANK',
    cell: ({ rank }) => <span className="numeric flat">{rank ?? '–'}</span>,
  },
  {
    header: i18n.t('Name'),
    isTitle: true,
    place: 'title',
    sortKey: 'NAME',
    cell: (asset) => (
      <Group gap={10} wrap="nowrap">
        <Link to={paths.asset(asset.id)} className="plain-link">
          <AssetName id={asset.id} name={asset.name} />
        </Link>
        <TradingBadge assetId={asset.id} state={asset} />
      </Group>
    ),
  },
  {
    header: i18n.t('Price'),
    digits: 13,
    sortKey: 'PRICE',
    isRight: true,
    place: 'value',
    cell: ({ id, quote }) => <AlignedPrice assetId={id} quote={quote} decimals={decimals} />,
  },
  {
    header: i18n.t('24 h'),
    digits: 10,
    sortKey: 'CHANGE_24H',
    isRight: true,
    place: 'note',
    cell: ({ id, quote, marketData }) => (
      <LiveChange assetId={id} quote={quote} percent={marketData.changePercent24h} />
    ),
  },
  {
    header: i18n.t('7 d'),
    sortKey: 'CHANGE_7D',
    isRight: true,
    from: 860,
    cell: ({ marketData }) => <PercentChange percent={marketData.changePercent7d} />,
  },
  {
    header: i18n.t('30 d'),
    isRight: true,
    from: 1060,
    cell: ({ marketData }) => <PercentChange percent={marketData.changePercent30d} />,
  },
  {
    header: i18n.t('Market cap'),
    digits: 9,
    sortKey: 'MARKET_CAP',
    isRight: true,
    from: 860,
    cell: ({ marketData }) => <Compact value={marketData.marketCap} />,
  },
  {
    header: i18n.t('Volume 24 h'),
    digits: 9,
    sortKey: 'VOLUME_24H',
    isRight: true,
    from: 1200,
    cell: ({ marketData }) => <Compact value={marketData.volume24h} />,
  },
  {
    header: i18n.t('Last 7 days'),
    isRight: true,
    cell: ({ sparkline }) => <Sparkline prices={sparkline} />,
  },
]

/** The columns that the list can be sorted by. */
export const sortColumns = figuresOf(0).flatMap(({ sortKey }) => sortKey ?? [])

const star = (watched: readonly string[] | undefined): Column<MarketAsset, AssetSortColumn> => ({
  header: i18n.t('Watch'),
  isRight: true,
  place: 'action',
  cell: ({ id, name }) => <WatchButton assetId={id} name={name} watched={watched} />,
})

/** Only signed-in users can watch and trade. */
export function marketColumns(
  assets: readonly MarketAsset[],
  isSignedIn: boolean,
  watched: readonly string[] | undefined,
) {
  const figures = figuresOf(mostDecimalsOf(assets.map(({ quote }) => quote)))
  return isSignedIn ? [...figures, star(watched), trade] : figures
}
