import { Trans } from '@lingui/react'
import { Anchor, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { formatExactPrice } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import type { OrderSide, OrderStatus, OrderType } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { paths } from '../paths.ts'
import type { Column } from '../ui/GridTable.tsx'
import { AwaitedPrice, ComputedPrice, ExactPrice, Money, Quantity } from '../ui/Money.tsx'
import { SideBadge, StatusBadge } from '../ui/StatusBadge.tsx'
import {
  filledShare,
  isOpenOrder,
  isPartFilled,
  limitOf,
  orderTypeNames,
  trailOf,
} from './order-words.ts'
import { exitWords, hasExits } from '../ticket/exit-words.ts'
import { CancelButton } from './CancelButton.tsx'

type ShownOrder = {
  readonly id: string
  readonly assetId: string
  readonly side: OrderSide
  readonly type: OrderType
  readonly status: OrderStatus
  readonly quantity: string
  readonly filledQuantity?: string | null
  readonly remainingQuantity?: string | null
  readonly price?: string | null
  readonly limitPrice: string | null
  readonly stopPrice?: string | null
  readonly stopLimitPrice?: string | null
  readonly trailAmount?: string | null
  readonly trailBasisPoints?: number | null
  readonly triggeredAt?: string | null
  readonly total?: string | null
  readonly heldCash?: string | null
  readonly takeProfitPrice?: string | null
  readonly stopLossPrice?: string | null
  readonly stopLossLimitPrice?: string | null
  readonly expiresAt?: string | null
  readonly replacedBy?: string | null
  readonly createdAt: string
}

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
  <Link to={paths.order(order.id)} className="plain-link">
    <SideBadge side={order.side} />{' '}
    <span className="link-text">
      <Quantity value={order.quantity} unit={order.assetId} />
    </span>
  </Link>
)

/** The prices at which an order sells again what it buys, in one short line; in words where the pointer rests. */
function Exits({ order }: { order: ShownOrder }) {
  const { takeProfitPrice, stopLossPrice } = order
  if (!hasExits(order)) return null
  const prices = [takeProfitPrice, stopLossPrice].flatMap((price) =>
    price ? [formatExactPrice(price)] : [],
  )
  return (
    <small
      className="numeric flat under"
      title={i18n.t('Then sells {exits}', { exits: exitWords(order) })}
    >
      {i18n.t('Exits {prices}', { prices: prices.join(' / ') })}
    </small>
  )
}

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

type EitherProps = {
  readonly stop: ReactNode
  readonly limit: ReactNode
  /** The limit of the stop. */
  readonly worst: string | null | undefined
}

function EitherPrice({ worst, ...values }: EitherProps) {
  if (!worst) return <Trans id="Limit {limit} or stop {stop}" values={values} />
  const all = { ...values, worst: <ExactPrice value={worst} /> }
  return <Trans id="Limit {limit} or stop {stop}, then limit {worst}" values={all} />
}

/**
 * The prices that an order waits for: "Limit $70,000.00 or stop $55,000.00" for whichever is first (its stop may have a limit), "Stop $55,000.00, limit
 * $54,000.00" for one after the other, and the distance of a stop that follows the market.
 */
function WaitsFor({ order }: { order: ShownOrder }) {
  const { type, stopPrice, stopLimitPrice, triggeredAt } = order
  const limitPrice = limitOf(order)
  const limit = limitPrice && <ExactPrice value={limitPrice} />
  if (!stopPrice) return limit ?? '–'
  const stop = <AwaitedPrice value={stopPrice} isComputed={type === 'TRAILING_STOP'} />
  if (triggeredAt) {
    return limit ? (
      <Trans id="Triggered at {stop}, limit {limit}" values={{ stop, limit }} />
    ) : (
      <Trans id="Triggered at {stop}" values={{ stop }} />
    )
  }
  if (type === 'OCO') return <EitherPrice stop={stop} limit={limit} worst={stopLimitPrice} />
  const trail = trailOf(order)
  if (trail) return <Trans id="Stop {stop}, trails by {trail}" values={{ stop, trail }} />
  return limit ? (
    <Trans id="Stop {stop}, limit {limit}" values={{ stop, limit }} />
  ) : (
    <Trans id="Stop {stop}" values={{ stop }} />
  )
}

const type: Column<ShownOrder> = {
  header: i18n.t('Type'),
  cell: (order) => orderTypeNames[order.type],
}

const waitsFor: Column<ShownOrder> = {
  header: i18n.t('Waits for'),
  isRight: true,
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

/** The prices of an open order. Rows of two lines have no headings, so they name a price that stands alone. */
const openWaitsFor: Column<ShownOrder> = {
  ...waitsFor,
  place: 'value',
  cell: (order) => (
    <>
      {!order.stopPrice && <span className="word-in-two-lines">{i18n.t('Limit')} </span>}
      <WaitsFor order={order} />
    </>
  ),
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
            <WaitsFor order={order} />
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
