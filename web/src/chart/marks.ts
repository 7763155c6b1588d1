import {
  displayedPrice,
  formatAwaitedPrice,
  formatExactPrice,
  formatQuantity,
  signOf,
} from '../format/money.ts'
import type {
  ActivityKind,
  OrderSide,
  OrderType,
  PriceAlertDirection,
} from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { sideOfFill } from '../lists/fills.tsx'
import { limitOf, orderTypeNames, trailOf } from '../lists/order-words.ts'

/** Marks over the candles: trades at their candles, and lines at prices. */
export type ChartMarks = {
  readonly fills: readonly {
    readonly startsAt: string
    readonly side: OrderSide
    readonly count: number
  }[]
  readonly lines: readonly {
    readonly id: string
    readonly kind: OrderSide | 'ALERT' | 'COST'
    readonly price: string
    readonly title: string
  }[]
}

export type OpenOrder = {
  readonly id: string
  readonly side: OrderSide
  readonly type: OrderType
  readonly quantity: string
  readonly limitPrice: string | null
  readonly stopPrice?: string | null
  readonly stopLimitPrice?: string | null
  /** The cash that it holds; null for a sale. */
  readonly heldCash?: string | null
  readonly trailAmount?: string | null
  readonly trailBasisPoints?: number | null
  readonly takeProfitPrice?: string | null
  readonly stopLossPrice?: string | null
  readonly stopLossLimitPrice?: string | null
  readonly triggeredAt?: string | null
}

/** An entry of the journal. */
type Fill = { readonly kind: ActivityKind; readonly createdAt: string }

export type Alert = {
  readonly id: string
  readonly direction: PriceAlertDirection
  readonly price: string
  readonly changeBasisPoints?: number | null
  readonly repeats?: boolean
  readonly rearmPrice?: string | null
  readonly expiresAt?: string | null
}

/** What stands at the line of an alert: that of a change in per cent says so, because it stands at another price than was typed. */
export function alertTitle({ direction, changeBasisPoints, repeats = false }: Alert): string {
  if (changeBasisPoints == null) return repeats ? i18n.t('Alert, repeats') : i18n.t('Alert')
  const change = `${direction === 'ABOVE' ? '+' : '−'}${changeBasisPoints / 100}%`
  return repeats ? i18n.t('Repeats {change}', { change }) : i18n.t('Alert {change}', { change })
}

type Span = { readonly startsAt: string }

/** The last candle that starts before a time; undefined for a time before the chart. */
function candleOf(atMs: number, candles: readonly Span[]): string | undefined {
  return candles.findLast(({ startsAt }) => Date.parse(startsAt) <= atMs)?.startsAt
}

/** Fills of one side in one candle share a mark with their number. */
function fillMarks(fills: readonly Fill[], candles: readonly Span[]): ChartMarks['fills'] {
  const marks = new Map<string, ChartMarks['fills'][number]>()
  for (const fill of fills) {
    const startsAt = candleOf(Date.parse(fill.createdAt), candles)
    if (startsAt === undefined) continue
    const side = sideOfFill(fill)
    const key = `${startsAt} ${side}`
    marks.set(key, { startsAt, side, count: (marks.get(key)?.count ?? 0) + 1 })
  }
  return [...marks.values()].sort((one, other) => one.startsAt.localeCompare(other.startsAt))
}

/** What belongs to the user in one asset. */
export type Mine = {
  readonly fills: readonly Fill[]
  readonly open: readonly OpenOrder[]
  /** The alerts that wait. */
  readonly alerts: readonly Alert[]
  /** What a unit of the holding cost on average; null without a holding. */
  readonly averageCost: string | null
}

/** Whether an order still waits for its stop price. */
const isStop = ({ stopPrice, triggeredAt }: OpenOrder): boolean => !!stopPrice && !triggeredAt

const lineTitles = {
  BUY: { limit: i18n.t('Buy limit'), stop: i18n.t('Buy stop') },
  SELL: { limit: i18n.t('Sell limit'), stop: i18n.t('Sell stop') },
} as const

type OrderLine = ChartMarks['lines'][number] & { readonly field: 'limitPrice' | 'stopPrice' }

/** Both prices of an order with a stop and a limit, which are two lines. */
export function linesOf(order: OpenOrder): readonly OrderLine[] {
  const { id, side, stopPrice } = order
  const limitPrice = limitOf(order)
  const line = (name: 'limit' | 'stop', price: string): OrderLine => ({
    id: `${id} ${name}`,
    kind: side,
    price,
    title: lineTitles[side][name],
    field: `${name}Price`,
  })
  return [
    ...(limitPrice ? [line('limit', limitPrice)] : []),
    ...(isStop(order) && stopPrice ? [line('stop', stopPrice)] : []),
  ]
}

/** The user's trades as marks on the chart of an asset: fills at their candles; open orders, alerts and the average cost as lines. */
export function marksOf(
  { fills, open, alerts, averageCost }: Mine,
  candles: readonly Span[],
): ChartMarks {
  const hasCost = averageCost !== null && signOf(averageCost) > 0
  return {
    fills: fillMarks(fills, candles),
    lines: [
      ...open.flatMap(linesOf).map(({ id, kind, price, title }) => ({ id, kind, price, title })),
      ...alerts.map((alert) => ({
        id: alert.id,
        kind: 'ALERT' as const,
        price: alert.price,
        title: alertTitle(alert),
      })),
      ...(hasCost
        ? [
            {
              id: 'cost',
              kind: 'COST' as const,
              price: displayedPrice(averageCost),
              title: i18n.t('Average cost'),
            },
          ]
        : []),
    ],
  }
}

/** "2 buys and 1 sale"; undefined when there is none. */
export function describeFills({ fills }: ChartMarks): string | undefined {
  const total = (side: OrderSide): number =>
    fills.filter((fill) => fill.side === side).reduce((sum, { count }) => sum + count, 0)
  const [buys, sales] = [total('BUY'), total('SELL')]
  if (buys > 0 && sales > 0) {
    return i18n.t(
      '{buys, plural, one {# buy} other {# buys}} and {sales, plural, one {# sale} other {# sales}}',
      { buys, sales },
    )
  }
  if (buys > 0) return i18n.t('{buys, plural, one {# buy} other {# buys}}', { buys })
  return sales > 0 ? i18n.t('{sales, plural, one {# sale} other {# sales}}', { sales }) : undefined
}

/** The type of an order and the distance of a trailing stop: "limit", "trailing stop by 2.5%". */
function typeOf(order: OpenOrder): string {
  const trail = trailOf(order)
  const name = orderTypeNames[order.type].replace(/^./, (letter) => letter.toLowerCase())
  return trail === null ? name : i18n.t('{type} by {distance}', { type: name, distance: trail })
}

type OrderWords = Readonly<Record<'size' | 'asset' | 'type' | 'limit' | 'stop', string>>

const atLimit = (side: OrderSide, words: OrderWords): string =>
  side === 'BUY'
    ? i18n.t('Buy {size} {asset} at {limit} or better ({type})', words)
    : i18n.t('Sell {size} {asset} at {limit} or better ({type})', words)

const atStop = (side: OrderSide, words: OrderWords): string =>
  side === 'BUY'
    ? i18n.t('Buy {size} {asset} once it is at {stop} or above ({type})', words)
    : i18n.t('Sell {size} {asset} once it is at {stop} or below ({type})', words)

const atEither = (side: OrderSide, words: OrderWords): string =>
  side === 'BUY'
    ? i18n.t(
        'Buy {size} {asset} at {limit} or better, or once it is at {stop} or above ({type})',
        words,
      )
    : i18n.t(
        'Sell {size} {asset} at {limit} or better, or once it is at {stop} or below ({type})',
        words,
      )

const atStopThenLimit = (side: OrderSide, words: OrderWords): string =>
  side === 'BUY'
    ? i18n.t(
        'Buy {size} {asset} once it is at {stop} or above, then at {limit} or better ({type})',
        words,
      )
    : i18n.t(
        'Sell {size} {asset} once it is at {stop} or below, then at {limit} or better ({type})',
        words,
      )

/** The prices that an order waits for; undefined for an order without one. */
function describeOrder(order: OpenOrder, assetId: string, size: string): string | undefined {
  const { side, type } = order
  const limitPrice = limitOf(order)
  const stopPrice = isStop(order) ? order.stopPrice : null
  const words: OrderWords = {
    size,
    asset: assetId,
    type: typeOf(order),
    limit: limitPrice ? formatExactPrice(limitPrice) : '',
    stop: stopPrice ? formatAwaitedPrice(stopPrice, type === 'TRAILING_STOP') : '',
  }
  if (!words.stop) return words.limit ? atLimit(side, words) : undefined
  if (!words.limit) return atStop(side, words)
  return type === 'OCO' ? atEither(side, words) : atStopThenLimit(side, words)
}

/**
 * "Buy 0.5 BTC at $60,000.00 or better (limit)", or "Buy 0.5 BTC once it is at $70,000.00 or above (stop)", for each open order
 * with a price.
 */
export function describeOrders(
  open: readonly OpenOrder[],
  assetId: string,
  areHidden: boolean,
): readonly { readonly id: string; readonly text: string }[] {
  return open.flatMap((order) => {
    const size = areHidden ? '••••' : formatQuantity(order.quantity)
    const text = describeOrder(order, assetId, size)
    return text === undefined ? [] : [{ id: order.id, text }]
  })
}

/** "Rises to $80,000.00", "Rises to $80,000.00, again and again". */
export function describeAlert({ direction, price, changeBasisPoints, repeats }: Alert): string {
  const awaited = formatAwaitedPrice(price, changeBasisPoints != null)
  if (repeats) {
    return direction === 'ABOVE'
      ? i18n.t('Rises to {price}, again and again', { price: awaited })
      : i18n.t('Falls to {price}, again and again', { price: awaited })
  }
  return direction === 'ABOVE'
    ? i18n.t('Rises to {price}', { price: awaited })
    : i18n.t('Falls to {price}', { price: awaited })
}
