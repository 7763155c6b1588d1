import { Trans } from '@lingui/react'
import { Link } from 'react-router'
import { formatDateTime } from '../format/time.ts'
import type { ActivityKind, OrderSide } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { Column } from '../ui/GridTable.tsx'
import { ComputedPrice, Money, Quantity } from '../ui/Money.tsx'
import { SideBadge } from '../ui/StatusBadge.tsx'

/**
 * A fill is an entry of the journal (BUY or SELL), which is in the order of the fills. Lists of orders are in the order in
 * which they were placed, and a limit order may fill long after that.
 */
type Fill = {
  readonly id: string
  readonly kind: ActivityKind
  readonly assetId: string | null
  readonly quantityChange: string | null
  readonly cashChange: string
  readonly price: string | null
  readonly orderId: string | null
  readonly createdAt: string
}

export const sideOfFill = ({ kind }: Pick<Fill, 'kind'>): OrderSide =>
  kind === 'SELL' ? 'SELL' : 'BUY'

/** A change without its sign. */
export const sizeOf = (change: string | null): string => change?.replace('-', '') ?? '0'

function FillName({ fill }: { fill: Fill }) {
  return (
    <>
      <SideBadge side={sideOfFill(fill)} />{' '}
      <span className="link-text">
        <Quantity value={sizeOf(fill.quantityChange)} unit={fill.assetId ?? ''} />
      </span>
    </>
  )
}

export const fillColumns: readonly Column<Fill>[] = [
  {
    header: i18n.t('Order'),
    isTitle: true,
    place: 'title',
    cell: (fill) => (
      <>
        {fill.orderId ? (
          <Link to={paths.order(fill.orderId)} className="plain-link">
            <FillName fill={fill} />
          </Link>
        ) : (
          <FillName fill={fill} />
        )}
        <span className="in-two-lines">{formatDateTime(fill.createdAt)}</span>
      </>
    ),
  },
  {
    header: i18n.t('Price'),
    place: 'note',
    isRight: true,
    cell: ({ price }) =>
      price ? (
        <Trans
          id="<0>At </0>{price}"
          values={{ price: <ComputedPrice value={price} /> }}
          components={{ 0: <span className="word-in-two-lines" /> }}
        />
      ) : (
        '–'
      ),
  },
  {
    header: i18n.t('Total'),
    place: 'value',
    isRight: true,
    cell: ({ cashChange }) => <Money value={sizeOf(cashChange)} />,
  },
  {
    header: i18n.t('Filled (time)', undefined, { message: 'Filled' }),
    cell: ({ createdAt }) => <span className="numeric flat">{formatDateTime(createdAt)}</span>,
  },
]
