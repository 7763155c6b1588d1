import type { OrdersOrderQuery } from '../../generated/graphql.ts'
import { formatMoment } from '../../format/time.ts'
import { i18n } from '../../i18n.ts'
import { type Column, GridTable } from '../../ui/GridTable.tsx'
import { ComputedPrice, Money, Quantity } from '../../ui/Money.tsx'
import { Panel } from '../../ui/Panel.tsx'

type Order = NonNullable<OrdersOrderQuery['order']>
type Fill = NonNullable<Order['fills']>[number]

const columns = (assetId: string): readonly Column<Fill>[] => [
  {
    header: i18n.t('Filled (time)', undefined, { message: 'Filled' }),
    isTitle: true,
    cell: ({ filledAt }) => <span className="numeric flat">{formatMoment(filledAt)}</span>,
  },
  {
    header: i18n.t('Quantity'),
    isRight: true,
    cell: ({ quantity }) => <Quantity value={quantity} unit={assetId} />,
  },
  { header: i18n.t('Price'), isRight: true, cell: ({ price }) => <ComputedPrice value={price} /> },
  { header: i18n.t('Fee'), isRight: true, cell: ({ fee }) => <Money value={fee} /> },
  { header: i18n.t('Total'), isRight: true, cell: ({ total }) => <Money value={total} /> },
]

/** The trades of an order that fills in parts; the details say all of an order that filled whole. */
export function FillsPanel({
  order: { fills, filledQuantity, quantity, assetId },
}: {
  order: Order
}) {
  const isWhole = fills?.length === 1 && Number(filledQuantity) === Number(quantity)
  if (!fills || fills.length === 0 || isWhole) return null
  return (
    <Panel title={i18n.t('Fills')} isFlush>
      <GridTable
        label={i18n.t('Fills')}
        columns={columns(assetId)}
        rows={fills}
        rowKey={({ number }) => String(number)}
      />
    </Panel>
  )
}
