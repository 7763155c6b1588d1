import { Anchor, Grid, Group, Stack } from '@mantine/core'
import { Link, useParams } from 'react-router'
import { type Reading, useReading } from '../../api/reading.ts'
import { serverWords } from '../../api/server-words.ts'
import { config } from '../../config.ts'
import { joinWords } from '../../format/lists.ts'
import { formatQuantity } from '../../format/money.ts'
import { formatDateTime, formatMoment } from '../../format/time.ts'
import { OrdersOrderDocument, type OrdersOrderQuery } from '../../generated/graphql.ts'
import { i18n } from '../../i18n.ts'
import { feeRateOf } from '../../ticket/fee-words.ts'
import { lotDay } from '../../ticket/lots.ts'
import {
  isOpenOrder,
  isPartFilled,
  orderTypeNames,
  timeInForceNames,
  trailOf,
} from '../../lists/order-words.ts'
import { CancelButton } from '../../lists/CancelButton.tsx'
import { isOrderId, paths } from '../../paths.ts'
import { useHideAmounts } from '../../preferences/preferences.ts'
import { AssetName } from '../../ui/AssetLogo.tsx'
import { BackLink } from '../../ui/BackLink.tsx'
import { type Fact, Facts } from '../../ui/Facts.tsx'
import { AwaitedPrice, ComputedPrice, ExactPrice, Money, Quantity } from '../../ui/Money.tsx'
import { PageHeading } from '../../ui/PageHeading.tsx'
import { ReadingPanel } from '../../ui/Panel.tsx'
import { SideBadge, StatusBadge } from '../../ui/StatusBadge.tsx'
import { EditOrder } from './EditOrder.tsx'
import { FillsPanel } from './FillsPanel.tsx'
import { ReceiptPanel } from './ReceiptPanel.tsx'

type Order = NonNullable<OrdersOrderQuery['order']>

/** A row that is omitted without a value. */
const optional = (
  label: string,
  value: string | null,
  show: (text: string) => Fact[1],
): readonly Fact[] => (value === null ? [] : [[label, show(value)]])

const orderLink = (words: string) => (id: string) => (
  <Anchor component={Link} to={paths.order(id)} inherit underline="always" c="inherit">
    {words}
  </Anchor>
)

const exactPrice = (value: string) => <ExactPrice value={value} />
const computedPrice = (value: string) => <ComputedPrice value={value} />
const money = (value: string) => <Money value={value} />

/** The date of an order that waits until one. */
const timeInForceOf = ({ timeInForce, expiresAt }: Order): string | null => {
  if (timeInForce === 'GTD' && expiresAt) {
    return i18n.t('Good till {time}', { time: formatDateTime(expiresAt) })
  }
  return timeInForce && timeInForceNames[timeInForce]
}

/** The days of the lots that a sale names, and whether they were gone when it filled. */
function lotsOf({ lots, lotsGone }: Order): string | null {
  if (!lots) return null
  const days = joinWords(lots.map(({ acquiredOn }) => lotDay(acquiredOn)))
  return lotsGone ? i18n.t('{days}; not all of them were left', { days }) : days
}

function factsOf(order: Order): readonly Fact[] {
  const isTrailing = order.type === 'TRAILING_STOP'
  // A stop that follows the market moves the exits of its order with it.
  const stopPrice = (value: string) => <AwaitedPrice value={value} isComputed={isTrailing} />
  const exitPrice = stopPrice
  return [
    [
      i18n.t('Status'),
      <StatusBadge key="status" status={order.status} isReplaced={!!order.replacedBy} />,
    ],
    [i18n.t('Side'), <SideBadge key="side" side={order.side} />],
    [i18n.t('Type'), orderTypeNames[order.type]],
    [i18n.t('Quantity'), <Quantity key="quantity" value={order.quantity} unit={order.assetId} />],
    ...(isPartFilled(order)
      ? [
          [
            i18n.t('Filled'),
            <Quantity key="filled" value={order.filledQuantity} unit={order.assetId} />,
          ] as const,
          [
            i18n.t('Not filled'),
            <Quantity key="rest" value={order.remainingQuantity} unit={order.assetId} />,
          ] as const,
        ]
      : []),
    ...optional(i18n.t('Limit price'), order.limitPrice, exactPrice),
    ...optional(i18n.t('Stop price'), order.stopPrice, stopPrice),
    ...optional(i18n.t('Limit of the stop'), order.stopLimitPrice, exactPrice),
    ...optional(i18n.t('Trails by'), trailOf(order), (trail) =>
      i18n.t('{trail}, in steps of a twentieth of that', { trail }),
    ),
    ...optional(i18n.t('Best price so far'), order.bestPrice, stopPrice),
    ...optional(i18n.t('Takes profit at'), order.takeProfitPrice, exitPrice),
    ...optional(i18n.t('Stops loss at'), order.stopLossPrice, exitPrice),
    ...optional(i18n.t('Limit of the stop loss'), order.stopLossLimitPrice, exitPrice),
    ...optional(
      i18n.t('Exit'),
      order.exitOrderId,
      orderLink(i18n.t('The order that sells it again')),
    ),
    ...optional(
      i18n.t('Opened by'),
      order.entryOrderId,
      orderLink(i18n.t('The fill of its entry order')),
    ),
    ...optional(i18n.t('Lots'), lotsOf(order), (days) => days),
    ...optional(i18n.t('Triggered'), order.triggeredAt, formatMoment),
    ...optional(i18n.t('Triggered by'), order.triggerPrice, exactPrice),
    ...optional(i18n.t('Filled at'), order.price, computedPrice),
    ...optional(i18n.t('Time of the price'), order.quotedAt, formatMoment),
    ...optional(i18n.t('Total'), order.total, money),
    ...optional(i18n.t('Fee'), order.fee, money),
    ...(order.feeBasisPoints > 0 ? [[i18n.t('Fee rate'), feeRateOf(order)] as const] : []),
    ...optional(i18n.t('Cash held'), order.heldCash, money),
    // An open order says below until when it waits.
    ...optional(
      i18n.t('Time in force'),
      isOpenOrder(order) ? null : timeInForceOf(order),
      (words) => words,
    ),
    ...optional(i18n.t('Reason'), order.reason, serverWords),
    ...optional(i18n.t('Replaces'), order.replaces, orderLink(i18n.t('An earlier order'))),
    ...optional(i18n.t('Replaced by'), order.replacedBy, orderLink(i18n.t('A later order'))),
    ...optional(i18n.t('Your own id'), order.clientOrderId, (name) => <code>{name}</code>),
    [i18n.t('Placed'), formatMoment(order.createdAt)],
    [i18n.t('Last change'), formatMoment(order.updatedAt)],
    ...(isOpenOrder(order)
      ? [
          [
            i18n.t('Good till'),
            order.expiresAt ? formatDateTime(order.expiresAt) : i18n.t('you cancel it'),
          ] as const,
        ]
      : []),
    [i18n.t('Order id'), <code key="id">{order.id}</code>],
  ]
}

/** An id of no order of this user. One that has no form of an id is answered with nothing, or as a bad input. */
const isNoSuchOrder = ({ data, failure }: Reading<OrdersOrderQuery>): boolean =>
  failure ? ['ORDER_NOT_FOUND', 'BAD_USER_INPUT'].includes(failure.code) : data?.order === null

function OrdersLink() {
  return <BackLink to={paths.orders}>{i18n.t('← Orders')}</BackLink>
}

function UnknownOrder() {
  return (
    <>
      <OrdersLink />
      <PageHeading
        title={i18n.t('No such order')}
        hint={i18n.t(
          'You have no order at this address. The link may be old, or a letter may be missing.',
        )}
      />
    </>
  )
}

/** "Sell 0.01 BTC" */
function titleOf({ side, quantity, assetId }: Order, areHidden: boolean): string {
  const what = areHidden ? assetId : `${formatQuantity(quantity)} ${assetId}`
  return i18n.t('{side, select, BUY {Buy} other {Sell}} {what}', { side, what })
}

function OrderView({ id }: { id: string }) {
  const reading = useReading(OrdersOrderDocument, { id }, { everyMs: config.valuesEveryMs })
  const [areHidden] = useHideAmounts()
  const order = reading.data?.order
  if (isNoSuchOrder(reading)) return <UnknownOrder />
  return (
    <>
      <OrdersLink />
      <PageHeading
        title={order ? titleOf(order, areHidden) : i18n.t('Order')}
        action={
          order && (
            <Group gap="xs" wrap="nowrap" align="start" className="order-actions">
              {isOpenOrder(order) && (
                <CancelButton orderId={order.id} label={i18n.t('this order')} />
              )}
              <EditOrder order={order} />
            </Group>
          )
        }
      />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <ReadingPanel
            title={i18n.t('Details')}
            reading={reading}
            select={(data) => data.order}
            skeletonRows={9}
          >
            {(shown) => (
              <>
                <Group mb="xs">
                  <Link to={paths.asset(shown.assetId)} className="plain-link">
                    <AssetName id={shown.assetId} name={shown.asset?.name} />
                  </Link>
                </Group>
                <Facts facts={factsOf(shown)} />
              </>
            )}
          </ReadingPanel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          {order && (
            <Stack gap="md">
              <FillsPanel order={order} />
              <ReceiptPanel orderId={order.id} assetId={order.assetId} />
            </Stack>
          )}
        </Grid.Col>
      </Grid>
    </>
  )
}

export function OrderPage() {
  const { id = '' } = useParams()
  return isOrderId(id) ? <OrderView key={id} id={id} /> : <UnknownOrder />
}
