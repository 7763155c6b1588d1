import { Button } from '@mantine/core'
import { IconCoins } from '@tabler/icons-react'
import { memo } from 'react'
import { Link } from 'react-router'
import { i18n } from '../../i18n.ts'
import { paths } from '../../paths.ts'
import { AssetName } from '../../ui/AssetLogo.tsx'
import { ValueChange } from '../../ui/Change.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { Money, Quantity } from '../../ui/Money.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { decimalsIn, HeldPrice, HoldingsFeed } from '../../values/FrozenPrice.tsx'
import type { ValuedHolding } from '../../values/values.ts'
import { useValues } from '../../values/ValuesProvider.tsx'

type HeldAssetProps = Pick<ValuedHolding, 'assetId' | 'quantity'> & {
  readonly name: string | undefined
}

/** No tick changes it. */
const HeldAsset = memo(function HeldAsset({ assetId, name, quantity }: HeldAssetProps) {
  return (
    <Link to={paths.asset(assetId)} className="plain-link">
      <AssetName id={assetId} name={name} detail={<Quantity value={quantity} unit={assetId} />} />
    </Link>
  )
})

const columnsOf = (decimals: ReturnType<typeof decimalsIn>): readonly Column<ValuedHolding>[] => [
  {
    header: i18n.t('Asset'),
    isTitle: true,
    place: 'title',
    cell: ({ assetId, asset, quantity }) => (
      <HeldAsset assetId={assetId} name={asset?.name} quantity={quantity} />
    ),
  },
  {
    header: i18n.t('Quantity'),
    isRight: true,
    cell: ({ quantity }) => <Quantity value={quantity} decimals={decimals.quantity} />,
  },
  {
    header: i18n.t('Price'),
    isRight: true,
    cell: (holding) => <HeldPrice {...holding} decimals={decimals.price} />,
  },
  {
    header: i18n.t('Value'),
    place: 'value',
    isRight: true,
    cell: ({ value }) => (value ? <Money value={value} /> : '–'),
  },
  {
    header: i18n.t('Profit if sold'),
    place: 'note',
    isRight: true,
    cell: ({ profit }) => (profit ? <ValueChange {...profit} /> : '–'),
  },
]

export function HoldingsPanel() {
  const { reading, feed } = useValues()
  const owned = reading.data?.holdings ?? []
  return (
    <ReadingPanel
      title={i18n.t('Holdings')}
      isFlush
      skeletonRows={5}
      reading={reading}
      select={({ holdings }) => holdings}
      action={owned.length > 0 && <HoldingsFeed holdings={owned} feed={feed} />}
    >
      {(holdings) =>
        holdings.length > 0 ? (
          <GridTable
            label={i18n.t('Holdings')}
            columns={columnsOf(decimalsIn(holdings))}
            rows={holdings}
            rowKey={({ assetId }) => assetId}
          />
        ) : (
          <EmptyState
            icon={IconCoins}
            title={i18n.t('You own no assets yet')}
            action={
              <Button component={Link} to={paths.market} variant="light">
                {i18n.t('Browse the market')}
              </Button>
            }
          >
            {i18n.t('Everything that you buy shows up here with its price, value and profit.')}
          </EmptyState>
        )
      }
    </ReadingPanel>
  )
}
