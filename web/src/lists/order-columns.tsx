import { Link } from 'react-router'
import { formatPrice } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import type { OrderSide, OrderStatus, OrderType } from '../generated/graphql.ts'
import { paths } from '../paths.ts'
import type { Column } from '../ui/GridTable.tsx'
import { ExactPrice, Money, Quantity } from '../ui/Money.tsx'
import { SideBadge, StatusBadge } from '../ui/StatusBadge.tsx'
import { orderTypeNames } from './order-words.ts'
import { CancelButton } from './CancelButton.tsx'

type ShownOrder = {
  readonly id: string
  readonly assetId: string
  readonly side: OrderSide
  readonly type: OrderType
  readonly status: OrderStatus
  readonly quantity: string
  readonly price?: string | null
  readonly limitPrice: string | null
  readonly stopPrice?: string | null
  readonly triggeredAt?: string | null
  readonly total?: string | null
  readonly heldCash?: string | null
  readonly expiresAt?: string | null
  readonly replacedBy?: string | null
  readonly createdAt: string
}

const describe = ({ side, quantity, assetId }: ShownOrder): string =>
  `${side === 'BUY' ? 'buy' : 'sell'} ${quantity} ${assetId}`

const what: Column<ShownOrder> = {
  header: 'Order',
  isTitle: true,
  cell: (order) => (
    <Link to={paths.order(order.id)} className="plain-link">
      <SideBadge side={order.side} />{' '}
      <span className="link-text">
        <Quantity value={order.quantity} unit={order.assetId} />
      </span>
    </Link>
  ),
}

const placed: Column<ShownOrder> = {
  header: 'Placed',
  cell: ({ createdAt }) => <span className="numeric flat">{formatDateTime(createdAt)}</span>,
}

/** The prices that an order waits for: its stop until it was triggered, then its limit. */
function WaitsFor({ order: { limitPrice, stopPrice, triggeredAt } }: { order: ShownOrder }) {
  const limit = limitPrice && <ExactPrice value={limitPrice} />
  if (!stopPrice) return limit ?? '–'
  return (
    <>
      {triggeredAt ? 'Triggered at' : 'Stop'} <ExactPrice value={stopPrice} />
      {limit && <>, limit {limit}</>}
    </>
  )
}

const limit: Column<ShownOrder> = {
  header: 'Limit or stop',
  isRight: true,
  cell: (order) => <WaitsFor order={order} />,
}

/** The expiry of an open order. */
const goodTill = ({ expiresAt }: ShownOrder): string =>
  expiresAt ? formatDateTime(expiresAt) : 'you cancel it'

const cancel: Column<ShownOrder> = {
  header: 'Action',
  isRight: true,
  cell: (order) =>
    order.status === 'PENDING' ? <CancelButton orderId={order.id} label={describe(order)} /> : null,
}

/** For lists of open orders. */
export const openOrderColumns: readonly Column<ShownOrder>[] = [
  what,
  limit,
  {
    header: 'Holds',
    isRight: true,
    cell: ({ heldCash, side, quantity, assetId }) => {
      if (side === 'SELL') return <Quantity value={quantity} unit={assetId} />
      return heldCash ? <Money value={heldCash} /> : '–'
    },
  },
  placed,
  {
    header: 'Good till',
    cell: (order) => <span className="numeric flat">{goodTill(order)}</span>,
  },
  cancel,
]

export const allOrderColumns: readonly Column<ShownOrder>[] = [
  what,
  { header: 'Type', cell: ({ type }) => orderTypeNames[type] },
  limit,
  {
    header: 'Filled at',
    isRight: true,
    cell: ({ price }) => <span className="numeric">{price ? formatPrice(price) : '–'}</span>,
  },
  { header: 'Total', isRight: true, cell: ({ total }) => (total ? <Money value={total} /> : '–') },
  {
    header: 'Status',
    cell: (order) => (
      <>
        <StatusBadge status={order.status} isReplaced={!!order.replacedBy} />
        {order.status === 'PENDING' && (
          <>
            <br />
            <small className="numeric flat">till {goodTill(order)}</small>
          </>
        )}
      </>
    ),
  },
  placed,
  cancel,
]
