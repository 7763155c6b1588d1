import { useEffect, useEffectEvent } from 'react'
import { type TypedDocumentNode, useClient } from 'urql'
import { formatExactPrice, formatQuantity } from '../format/money.ts'
import {
  ShellBalanceDocument,
  ShellNotificationEventsDocument,
  ShellOrderEventsDocument,
  type ShellOrderEventsSubscription,
} from '../generated/graphql.ts'
import { isPartFilled, orderTypeNames } from '../lists/order-words.ts'
import { useHideAmounts } from '../preferences/preferences.ts'
import { fillToast, notifyNews } from '../ui/notify.ts'

type NoVariables = Readonly<Record<string, never>>

/** Follows a stream of the user's own data. The cache handles an event before `onEvent` receives it. */
function useStream<Data>(
  document: TypedDocumentNode<Data, NoVariables>,
  onEvent: (data: Data) => void,
): void {
  const client = useClient()
  const receive = useEffectEvent(onEvent)
  useEffect(() => {
    const subscription = client.subscription(document, {}).subscribe(({ data }) => {
      if (data) receive(data)
    })
    return () => subscription.unsubscribe()
  }, [client, document])
}

type StreamedOrder = ShellOrderEventsSubscription['orderEvents']['orders'][number]

/** Which part of an order that waits for either of two prices has filled: its stop, once that was triggered, else its limit. */
const filledPart = ({ type, triggeredAt }: StreamedOrder): string =>
  type === 'OCO' ? ` at its ${triggeredAt === null ? 'limit' : 'stop'}` : ''

const atPrice = (price: string | null): string => (price ? ` at ${formatExactPrice(price)}` : '')

/** "Bought 0.1 of 0.5 BTC at $64,000.00; the rest waits." */
function describePart(
  { side, price, filledQuantity }: StreamedOrder,
  what: string,
  areHidden: boolean,
): string {
  const share = areHidden ? 'a part of' : `${formatQuantity(filledQuantity ?? '0')} of`
  return `${side === 'BUY' ? 'Bought' : 'Sold'} ${share} ${what}${atPrice(price)}; the rest waits.`
}

const howMuch = (order: StreamedOrder): string =>
  isPartFilled(order) ? 'only a part was traded' : 'nothing was traded'

/** The outcome of an order that waited as a sentence; undefined for market orders, whose result the page shows. */
function describeOutcome(order: StreamedOrder, areHidden: boolean) {
  const { status, side, assetId, price, reason } = order
  if (order.type === 'MARKET') return undefined
  const type = `${orderTypeNames[order.type]} order`
  const what = areHidden ? assetId : `${formatQuantity(order.quantity)} ${assetId}`
  const name = `${side === 'BUY' ? 'buy' : 'sell'} ${what}`
  const outcomes: Partial<Record<StreamedOrder['status'], readonly [string, string]>> = {
    COMPLETED: [
      `${type} filled${filledPart(order)}`,
      `${side === 'BUY' ? 'Bought' : 'Sold'} ${what}${atPrice(price)}.`,
    ],
    PARTIALLY_FILLED: [`${type} filled in part`, describePart(order, what, areHidden)],
    EXPIRED: [`${type} expired`, `The order to ${name} waited too long; ${howMuch(order)}.`],
    FAILED: [
      `${type} failed`,
      `The order to ${name} could not be filled${reason ? `: ${reason}` : ''}.`,
    ],
  }
  // A cancellation with a reason was made by the platform; the user made the others.
  if (status === 'CANCELLED' && reason) {
    return [`${type} cancelled`, `The order to ${name} was cancelled: ${reason}`] as const
  }
  return outcomes[status]
}

/** Applies account events of other sessions and of the market to the open page. */
export function AccountEvents() {
  const [areHidden] = useHideAmounts()
  useStream(ShellOrderEventsDocument, ({ orderEvents: { isSnapshot, orders } }) => {
    if (isSnapshot) return
    for (const order of orders) {
      const outcome = describeOutcome(order, areHidden)
      const isFill = order.status === 'COMPLETED' || order.status === 'PARTIALLY_FILLED'
      const id = isFill ? fillToast(order.orderId) : undefined
      if (outcome) notifyNews(...outcome, id)
    }
  })
  useStream(ShellBalanceDocument, () => undefined)
  useStream(ShellNotificationEventsDocument, ({ notifications: { isSnapshot, notifications } }) => {
    if (isSnapshot) return
    for (const { kind, text } of notifications) {
      // What becomes of an order is announced by its own event.
      if (kind.startsWith('PRICE_ALERT')) notifyNews('Price alert', text)
      else if (kind.startsWith('RECURRING_ORDER')) notifyNews('Recurring order', text)
    }
  })
  return null
}
