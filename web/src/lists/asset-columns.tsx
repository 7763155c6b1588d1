import { Group } from '@mantine/core'
import { Link } from 'react-router'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import { AssetName } from '../ui/AssetLogo.tsx'
import type { Column } from '../ui/GridTable.tsx'
import { Sparkline } from '../ui/Sparkline.tsx'
import { AlignedPrice, LiveChange, mostDecimalsOf } from './LivePrice.tsx'
import { TradingBadge } from './TradingBadge.tsx'

type ShownAsset = {
  readonly id: string
  readonly name: string
  readonly sparkline: readonly string[]
  readonly quote: { readonly price: string; readonly quotedAt: string } | null
  readonly marketData: { readonly changePercent24h: number | null }
}

/** A summary of an asset: name, price and change. */
export const assetColumnsOf = (assets: readonly ShownAsset[]): readonly Column<ShownAsset>[] => [
  {
    header: i18n.t('Asset'),
    isTitle: true,
    place: 'title',
    cell: ({ id, name }) => (
      <Group gap={10} wrap="nowrap">
        <Link to={paths.asset(id)} className="plain-link">
          <AssetName id={id} name={name} />
        </Link>
        <TradingBadge assetId={id} />
      </Group>
    ),
  },
  {
    header: i18n.t('Price'),
    digits: 16,
    place: 'value',
    isRight: true,
    cell: ({ id, quote }) => (
      <AlignedPrice
        assetId={id}
        quote={quote}
        decimals={mostDecimalsOf(assets.map((asset) => asset.quote))}
      />
    ),
  },
  {
    header: i18n.t('24 h'),
    digits: 13,
    place: 'note',
    isRight: true,
    cell: ({ id, quote, marketData }) => (
      <LiveChange assetId={id} quote={quote} percent={marketData.changePercent24h} />
    ),
  },
  {
    header: i18n.t('7 days'),
    isRight: true,
    cell: ({ sparkline }) => <Sparkline prices={sparkline} />,
  },
]
