import { useEffect, useEffectEvent, useRef } from 'react'
import { type TypedDocumentNode, useClient } from 'urql'
import { serverWords } from '../api/server-words.ts'
import { joinSentences } from '../format/lists.ts'
import { formatAwaitedPrice, formatPrice, formatQuantity } from '../format/money.ts'
import {
  ShellBalanceDocument,
  ShellNotificationEventsDocument,
  ShellOrderEventsDocument,
  type ShellOrderEventsSubscription,
} from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { isPartFilled, orderTypeNames } from '../lists/order-words.ts'
import { useHideAmounts } from '../preferences/preferences.ts'
import { maskAmounts } from '../ui/amounts.tsx'
import { fillToast, notifyNews, renewNews } from '../ui/notify.ts'

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

/** Of an order that waits for either of two prices, its stop has filled once that was triggered, else its limit. */
function filledTitle({ type: kind, triggeredAt }: StreamedOrder, type: string): string {
  if (kind !== 'OCO') return i18n.t('{type} order filled', { type })
  return triggeredAt === null
    ? i18n.t('{type} order filled at its limit', { type })
    : i18n.t('{type} order filled at its stop', { type })
}

/** The text of a fill, and the exits that it has opened. */
function withExits(text: string, order: StreamedOrder): string {
  const { type, exitOrderId, takeProfitPrice, stopLossPrice } = order
  if (exitOrderId === null) return text
  const show = (price: string | null) =>
    price === null ? '' : formatAwaitedPrice(price, type === 'TRAILING_STOP')
  const [profit, loss] = [show(takeProfitPrice), show(stopLossPrice)]
  const exits =
    profit && loss
      ? i18n.t('Its take-profit at {profit} and its stop-loss at {loss} are now open.', {
          profit,
          loss,
        })
      : profit
        ? i18n.t('Its take-profit at {profit} is now open.', { profit })
        : i18n.t('Its stop-loss at {loss} is now open.', { loss })
  return joinSentences([text, exits])
}

/** "Bought 0.1 of 0.5 BTC at $64,000.00; the rest waits." */
function describePart(
  { side, price, filledQuantity }: StreamedOrder,
  what: string,
  areHidden: boolean,
): string {
  const hasPrice = price ? 'yes' : 'no'
  const shown = formatPrice(price ?? '0')
  return areHidden
    ? i18n.t(
        '{side, select, BUY {Bought} other {Sold}} a part of {what}{hasPrice, select, yes { at {price}} other {}}; the rest waits.',
        { side, what, hasPrice, price: shown },
      )
    : i18n.t(
        '{side, select, BUY {Bought} other {Sold}} {filled} of {what}{hasPrice, select, yes { at {price}} other {}}; the rest waits.',
        { side, what, hasPrice, price: shown, filled: formatQuantity(filledQuantity ?? '0') },
      )
}

/** The outcome of an order that waited as a sentence; undefined for market orders, whose result the page shows. */
function describeOutcome(order: StreamedOrder, areHidden: boolean) {
  const { status, side, assetId, price, reason } = order
  if (order.type === 'MARKET') return undefined
  const type = orderTypeNames[order.type]
  const what = areHidden ? assetId : `${formatQuantity(order.quantity)} ${assetId}`
  const why = { side, what, hasReason: reason ? 'yes' : 'no', reason: serverWords(reason ?? '') }
  const outcomes: Partial<Record<StreamedOrder['status'], readonly [string, string]>> = {
    COMPLETED: [
      filledTitle(order, type),
      withExits(
        i18n.t(
          '{side, select, BUY {Bought} other {Sold}} {what}{hasPrice, select, yes { at {price}} other {}}.',
          { side, what, hasPrice: price ? 'yes' : 'no', price: formatPrice(price ?? '0') },
        ),
        order,
      ),
    ],
    PARTIALLY_FILLED: [
      i18n.t('{type} order filled in part', { type }),
      withExits(describePart(order, what, areHidden), order),
    ],
    EXPIRED: [
      i18n.t('{type} order expired', { type }),
      i18n.t(
        'The order to {side, select, BUY {buy} other {sell}} {what} waited too long; {traded, select, part {only a part} other {nothing}} was traded.',
        { side, what, traded: isPartFilled(order) ? 'part' : 'nothing' },
      ),
    ],
    FAILED: [
      i18n.t('{type} order failed', { type }),
      i18n.t(
        'The order to {side, select, BUY {buy} other {sell}} {what} could not be filled{hasReason, select, yes {: {reason}} other {}}.',
        why,
      ),
    ],
  }
  // A cancellation with a reason was made by the platform; the user made the others.
  if (status === 'CANCELLED' && reason) {
    return [
      i18n.t('{type} order cancelled', { type }),
      i18n.t(
        'The order to {side, select, BUY {buy} other {sell}} {what} was cancelled: {reason}',
        why,
      ),
    ] as const
  }
  return outcomes[status]
}

/** Applies account events of other sessions and of the market to the open page. */
export function AccountEvents() {
  const [areHidden] = useHideAmounts()
  // Orders of which a part was announced: what fills next renews their toast.
  const inParts = useRef(new Set<string>())
  useStream(ShellOrderEventsDocument, ({ orderEvents: { isSnapshot, orders } }) => {
    if (isSnapshot) return
    for (const order of orders) {
      const outcome = describeOutcome(order, areHidden)
      const isFill = order.status === 'COMPLETED' || order.status === 'PARTIALLY_FILLED'
      const id = isFill ? fillToast(order.orderId) : undefined
      const isNext = inParts.current.has(order.orderId)
      if (order.status === 'PARTIALLY_FILLED') inParts.current.add(order.orderId)
      else inParts.current.delete(order.orderId)
      if (!outcome) continue
      if (id !== undefined && isNext) renewNews(...outcome, id)
      else notifyNews(...outcome, id)
    }
  })
  useStream(ShellBalanceDocument, () => undefined)
  useStream(ShellNotificationEventsDocument, ({ notifications: { isSnapshot, notifications } }) => {
    if (isSnapshot) return
    for (const { kind, text } of notifications) {
      // What becomes of an order is announced by its own event.
      if (kind.startsWith('PRICE_ALERT')) notifyNews(i18n.t('Price alert'), serverWords(text))
      else if (kind.startsWith('PORTFOLIO_ALERT')) {
        const words = serverWords(text)
        notifyNews(i18n.t('Portfolio alert'), areHidden ? maskAmounts(words) : words)
      } else if (kind.startsWith('RECURRING_ORDER'))
        notifyNews(i18n.t('Recurring order'), serverWords(text))
    }
  })
  return null
}
