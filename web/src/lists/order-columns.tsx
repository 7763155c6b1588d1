import { Trans } from '@lingui/react'
import { Anchor, Text } from '@mantine/core'
import { Link } from 'react-router'
import { formatDateTime } from '../format/time.ts'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { Column } from '../ui/GridTable.tsx'
import { ComputedPrice, Money, Quantity } from '../ui/Money.tsx'
import { SideBadge, StatusBadge } from '../ui/StatusBadge.tsx'
import { filledShare, isOpenOrder, isPartFilled, orderTypeNames } from './order-words.ts'
import { Exits, type ShownOrder, WaitsFor } from './order-prices.tsx'
import { CancelButton } from './CancelButton.tsx'

/** For assistive technology; the quantity is hidden where the others are. */
function OrderWords({ order: { side, quantity, assetId } }: { order: ShownOrder }) {
  const values = { quantity: <Quantity value={quantity} unit={assetId} /> }
  return side === 'BUY' ? (
    <Trans id="buy {quantity}" values={values} />
  ) : (
    <Trans id="sell {quantity}" values={values} />
  )
}

const OrderLink = ({ order }: { order: ShownOrder }) => (
  <Link to={paths.order(order.id)} className="plain-link order-link">
    <SideBadge side={order.side} />{' '}
    <span className="link-text">
      <Quantity value={order.quantity} unit={order.assetId} />
    </span>
  </Link>
)

const what: Column<ShownOrder> = {
  header: i18n.t('Order'),
  isTitle: true,
  place: 'title',
  cell: (order) => (
    <>
      <OrderLink order={order} />
      {isOpenOrder(order) && <Exits order={order} />}
      <span className="in-two-lines">
        {orderTypeNames[order.type]} · {formatDateTime(order.createdAt)}
      </span>
    </>
  ),
}

const placed: Column<ShownOrder> = {
  header: i18n.t('Placed'),
  cell: ({ createdAt }) => <span className="numeric flat">{formatDateTime(createdAt)}</span>,
}

const type: Column<ShownOrder> = {
  header: i18n.t('Type'),
  cell: (order) => orderTypeNames[order.type],
}

const waitsFor: Column<ShownOrder> = {
  header: i18n.t('Waits for'),
  isRight: true,
  // Two prices take two lines.
  digits: 17,
  cell: (order) => <WaitsFor order={order} />,
}

/** The expiry of an open order; undefined for one that waits until it is cancelled. */
const expiryOf = ({ expiresAt }: ShownOrder): string | undefined =>
  expiresAt ? formatDateTime(expiresAt) : undefined

/** "Limit · good till 21 Nov 2026, 09:15" */
function typeAndExpiry(order: ShownOrder): string {
  const type = orderTypeNames[order.type]
  const time = expiryOf(order)
  return time
    ? i18n.t('{type} · good till {time}', { type, time })
    : i18n.t('{type} · good till you cancel it', { type })
}

/** "50 % filled, till 21 Nov 2026, 09:15" */
function progressAndExpiry(order: ShownOrder): string {
  const time = expiryOf(order)
  if (!isPartFilled(order)) {
    return time ? i18n.t('till {time}', { time }) : i18n.t('till you cancel it')
  }
  const share = filledShare(order)
  return time
    ? i18n.t('{share} filled, till {time}', { share, time })
    : i18n.t('{share} filled, till you cancel it', { share })
}

const cancel: Column<ShownOrder> = {
  header: i18n.t('Action'),
  place: 'below',
  isRight: true,
  cell: (order) =>
    isOpenOrder(order) ? (
      <CancelButton orderId={order.id} label={<OrderWords order={order} />} />
    ) : null,
}

/** Below a list that is not all open orders. */
export const MoreOpenOrders = ({ shown }: { shown: number }) => (
  <Text size="xs" c="dimmed" px={18} pt={8} pb={4}>
    <Trans
      id="These are the newest {shown}. <0>See all open orders</0>"
      values={{ shown }}
      components={{
        0: <Anchor component={Link} to={paths.openOrders} underline="always" inherit />,
      }}
    />
  </Text>
)

/** An open order; in rows of two lines with its type and its expiry below. */
const openWhat: Column<ShownOrder> = {
  ...what,
  cell: (order) => (
    <>
      <OrderLink order={order} />
      {isPartFilled(order) && (
        <small className="numeric flat">
          {' '}
          {i18n.t('{share} filled', { share: filledShare(order) })}
        </small>
      )}
      <Exits order={order} />
      <span className="in-two-lines">{typeAndExpiry(order)}</span>
    </>
  ),
}

/** The prices of an order. Rows of two lines have no headings, so they name a price that stands alone. */
function NamedPrices({ order }: { order: ShownOrder }) {
  return (
    <>
      {order.limitPrice && !order.stopPrice && (
        <span className="word-in-two-lines">{i18n.t('Limit')} </span>
      )}
      <WaitsFor order={order} />
    </>
  )
}

const openWaitsFor: Column<ShownOrder> = {
  ...waitsFor,
  place: 'value',
  cell: (order) => <NamedPrices order={order} />,
}

function Held({ order }: { order: ShownOrder }) {
  const { heldCash, side, quantity, remainingQuantity, assetId } = order
  if (side === 'SELL') return <Quantity value={remainingQuantity ?? quantity} unit={assetId} />
  return heldCash ? <Money value={heldCash} /> : '–'
}

const holds: Column<ShownOrder> = {
  header: i18n.t('Holds'),
  place: 'note',
  isRight: true,
  cell: (order) => (
    <>
      <span className="word-in-two-lines">{i18n.t('Holds')} </span>
      <Held order={order} />
    </>
  ),
}

const till: Column<ShownOrder> = {
  header: i18n.t('Good till'),
  cell: (order) => (
    <span className="numeric flat">{expiryOf(order) ?? i18n.t('you cancel it')}</span>
  ),
}

/** For lists of open orders. */
export const openOrderColumns: readonly Column<ShownOrder>[] = [
  openWhat,
  type,
  openWaitsFor,
  holds,
  placed,
  till,
  cancel,
]

/** The same beside a ticket: with so many columns as have their headings there. */
export const tradeOrderColumns: readonly Column<ShownOrder>[] = [
  openWhat,
  type,
  openWaitsFor,
  holds,
  till,
  cancel,
]

export const allOrderColumns: readonly Column<ShownOrder>[] = [
  what,
  type,
  waitsFor,
  {
    header: i18n.t('Filled at'),
    isRight: true,
    cell: ({ price }) => (price ? <ComputedPrice value={price} /> : '–'),
  },
  {
    header: i18n.t('Total'),
    isRight: true,
    place: 'value',
    cell: (order) =>
      order.total ? (
        <Money value={order.total} />
      ) : (
        <>
          <span className="not-in-two-lines">–</span>
          <span className="in-two-lines">
            <NamedPrices order={order} />
          </span>
        </>
      ),
  },
  {
    header: i18n.t('Status'),
    place: 'note',
    cell: (order) => (
      <>
        <StatusBadge status={order.status} isReplaced={!!order.replacedBy} />
        {isOpenOrder(order) && (
          <>
            <br />
            <small className="numeric flat">{progressAndExpiry(order)}</small>
          </>
        )}
      </>
    ),
  },
  placed,
  cancel,
]
