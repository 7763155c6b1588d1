import { Link } from 'react-router'
import { paths } from '../../paths.ts'
import { AssetName } from '../../ui/AssetLogo.tsx'
import { ValueChange } from '../../ui/Change.tsx'
import type { Column } from '../../ui/GridTable.tsx'
import { Money, Quantity } from '../../ui/Money.tsx'
import { formatPrice } from '../../format/money.ts'
import { i18n } from '../../i18n.ts'
import { Decimals } from '../../ui/Decimals.tsx'
import { decimalsIn, HeldPrice } from '../../values/FrozenPrice.tsx'
import type { ValuedHolding } from '../../values/values.ts'

/** A position leads to the trade page of its asset. */
export function positionColumnsOf(
  holdings: readonly ValuedHolding[],
): readonly Column<ValuedHolding>[] {
  const decimals = decimalsIn(holdings)
  return [
    {
      header: i18n.t('Asset'),
      isTitle: true,
      place: 'title',
      cell: ({ assetId, asset, quantity }) => (
        <Link to={paths.tradeAsset(assetId)} className="plain-link">
          <AssetName
            id={assetId}
            name={asset?.name}
            detail={<Quantity value={quantity} unit={assetId} />}
          />
        </Link>
      ),
    },
    {
      header: i18n.t('Quantity'),
      isRight: true,
      cell: ({ quantity }) => <Quantity value={quantity} decimals={decimals.quantity} />,
    },
    {
      header: i18n.t('Average cost'),
      isRight: true,
      cell: ({ averageCost }) => (
        <>
          <span className="numeric">{formatPrice(averageCost)}</span>
          <Decimals text={formatPrice(averageCost)} decimals={decimals.averageCost} />
        </>
      ),
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
}
