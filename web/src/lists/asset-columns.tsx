import { Group } from '@mantine/core'
import { Link } from 'react-router'
import { paths } from '../paths.ts'
import { AssetName } from '../ui/AssetLogo.tsx'
import type { Column } from '../ui/GridTable.tsx'
import { Sparkline } from '../ui/Sparkline.tsx'
import { LiveChange, LivePrice } from './LivePrice.tsx'
import { TradingBadge } from './TradingBadge.tsx'

type ShownAsset = {
  readonly id: string
  readonly name: string
  readonly image: string | null
  readonly sparkline: readonly string[]
  readonly quote: { readonly price: string; readonly quotedAt: string } | null
  readonly marketData: { readonly changePercent24h: number | null }
}

/** A summary of an asset: name, price and change. */
export const assetColumns: readonly Column<ShownAsset>[] = [
  {
    header: 'Asset',
    isTitle: true,
    cell: ({ id, name, image }) => (
      <Group gap={10} wrap="nowrap">
        <Link to={paths.asset(id)} className="plain-link">
          <AssetName id={id} name={name} image={image} />
        </Link>
        <TradingBadge assetId={id} />
      </Group>
    ),
  },
  {
    header: 'Price',
    digits: 16,
    isRight: true,
    cell: ({ id, quote }) => <LivePrice assetId={id} quote={quote} />,
  },
  {
    header: '24 h',
    digits: 13,
    isRight: true,
    cell: ({ id, quote, marketData }) => (
      <LiveChange assetId={id} quote={quote} percent={marketData.changePercent24h} />
    ),
  },
  { header: '7 days', isRight: true, cell: ({ sparkline }) => <Sparkline prices={sparkline} /> },
]
