import { serverWords } from '../api/server-words.ts'
import {
  formatAwaitedPrice,
  formatExactPrice,
  formatMoney,
  formatQuantity,
} from '../format/money.ts'
import { joinSentences } from '../format/lists.ts'
import { formatDateTime } from '../format/time.ts'
import type { OrderType, TicketPlaceOrderMutation } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { isOpenOrder, isPartFilled } from '../lists/order-words.ts'
import { exitWords, hasExits } from './exit-words.ts'

export type Placed = TicketPlaceOrderMutation['placeOrder']['order']

/** The title and the text of a toast. */
type Announcement = { readonly title: string; readonly text?: string | undefined }

const placedTitles: Readonly<Record<OrderType, string>> = {
  MARKET: i18n.t('Market order placed'),
  LIMIT: i18n.t('Limit order placed'),
  STOP: i18n.t('Stop order placed'),
  STOP_LIMIT: i18n.t('Stop limit order placed'),
  TRAILING_STOP: i18n.t('Trailing stop order placed'),
  OCO: i18n.t('Limit or stop order placed'),
}

const sizeOf = ({ quantity, assetId }: Placed): string => `${formatQuantity(quantity)} ${assetId}`

/** The stop of an order. That of an OCO order may have a limit of its own. */
function stopWords({ type, stopPrice, stopLimitPrice }: Placed): string | null | undefined {
  const stop = stopPrice && formatAwaitedPrice(stopPrice, type === 'TRAILING_STOP')
  if (!stopLimitPrice) return stop
  return i18n.t('{stop}, then at {worst} or better', {
    stop,
    worst: formatExactPrice(stopLimitPrice),
  })
}

/** An order that waits: what it waits for, and until when. */
function waitWords(order: Placed): string {
  const { limitPrice, expiresAt } = order
  const values = {
    size: sizeOf(order),
    limit: limitPrice && formatExactPrice(limitPrice),
    stop: stopWords(order),
    until: expiresAt && formatDateTime(expiresAt),
  }
  const { limit, stop, until } = values
  if (limit && stop) {
    return until
      ? i18n.t('{size} at {limit} or better, stop at {stop}, good till {until}.', values)
      : i18n.t('{size} at {limit} or better, stop at {stop}.', values)
  }
  if (limit) {
    return until
      ? i18n.t('{size} at {limit} or better, good till {until}.', values)
      : i18n.t('{size} at {limit} or better.', values)
  }
  return until
    ? i18n.t('{size}, stop at {stop}, good till {until}.', values)
    : i18n.t('{size}, stop at {stop}.', values)
}

/** An order that was placed by an earlier attempt and has not filled whole. */
function repeatWords(order: Placed): string {
  const values = { size: sizeOf(order), date: formatDateTime(order.createdAt) }
  const words: Readonly<Record<OrderType, () => string>> = {
    MARKET: () => i18n.t('The market order for {size} was placed once, on {date}.', values),
    LIMIT: () => i18n.t('The limit order for {size} was placed once, on {date}.', values),
    STOP: () => i18n.t('The stop order for {size} was placed once, on {date}.', values),
    STOP_LIMIT: () => i18n.t('The stop limit order for {size} was placed once, on {date}.', values),
    TRAILING_STOP: () =>
      i18n.t('The trailing stop order for {size} was placed once, on {date}.', values),
    OCO: () => i18n.t('The limit or stop order for {size} was placed once, on {date}.', values),
  }
  return words[order.type]()
}

/** The first attempt may have placed it, which must not look like another order. */
export function repeatAnnouncement(order: Placed): Announcement {
  const values = { size: sizeOf(order), date: formatDateTime(order.createdAt) }
  const done =
    order.side === 'BUY'
      ? i18n.t('Bought {size} once, on {date}.', values)
      : i18n.t('Sold {size} once, on {date}.', values)
  return {
    title: i18n.t('Your order went through'),
    text: order.status === 'COMPLETED' ? done : repeatWords(order),
  }
}

/** The text of a toast, and where what is bought is sold again. */
function withExits(order: Placed, text: string | undefined): string | undefined {
  if (!hasExits(order)) return text
  const exits = i18n.t('It is sold again {when}.', { when: exitWords(order) })
  return text === undefined ? exits : joinSentences([text, exits])
}

/** An order that filled whole or in part. */
export function fillAnnouncement(order: Placed): Announcement {
  const isBuy = order.side === 'BUY'
  const size = sizeOf(order)
  if (isPartFilled(order)) {
    const values = { size, filled: formatQuantity(order.filledQuantity) }
    return {
      title: isBuy
        ? i18n.t('Bought {filled} of {size}', values)
        : i18n.t('Sold {filled} of {size}', values),
      text: withExits(
        order,
        isOpenOrder(order) ? i18n.t('The rest waits.') : i18n.t('The rest was cancelled.'),
      ),
    }
  }
  return {
    title: isBuy ? i18n.t('Bought {size}', { size }) : i18n.t('Sold {size}', { size }),
    text: withExits(
      order,
      order.total ? i18n.t('For {total}.', { total: formatMoney(order.total) }) : undefined,
    ),
  }
}

/** An order of which nothing has filled: it waits, or has ended. */
export const unfilledAnnouncement = (order: Placed): Announcement =>
  order.status === 'PENDING'
    ? { title: placedTitles[order.type], text: withExits(order, waitWords(order)) }
    : { title: i18n.t('Nothing was traded'), text: serverWords(order.reason ?? '') || undefined }
