import {
  addQuantity,
  addUsd,
  formatQuantity as plainQuantity,
  formatUsd,
  parseQuantity,
  parseUsd,
  subtractQuantity,
} from '@cnop/kit/money'
import type { ReactNode } from 'react'
import { config } from '../config.ts'
import {
  formatExactPrice,
  formatMoney,
  formatPrice,
  formatQuantity,
  signOf,
} from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import type { OrderType } from '../generated/graphql.ts'
import { timeInForceNames } from '../lists/order-words.ts'
import type { Fact } from '../ui/Facts.tsx'
import { Money, Quantity } from '../ui/Money.tsx'
import { type DraftedOrder, isThroughMarket } from './amounts.ts'
import { feeRateOf } from './fee-words.ts'
import { trailWords } from './terms.ts'
import { isWaiting, totalLabel, totalWords } from './total-words.ts'
import type { Preview } from './use-preview.ts'
import type { Balances } from './use-ticket.ts'

export type Shown = {
  readonly order: DraftedOrder
  readonly preview: Preview
  /** The market price of the preview. */
  readonly marketPrice: string | undefined
  /** The balances before the order. */
  readonly balances: Balances | undefined
}

/** How far beyond the market the limit of an order is that would fill now. */
export function limitRisk({
  order,
  preview,
}: Pick<Shown, 'order' | 'preview'>): 'none' | 'warning' | 'danger' {
  if (isWaiting({ preview }) && preview.outcome !== 'PART') return 'none'
  const isBeyond = (percent: number) => isThroughMarket(order, preview.price, percent)
  if (isBeyond(config.limitDangerPercent)) return 'danger'
  return isBeyond(config.limitWarningPercent) ? 'warning' : 'none'
}

/** What the order waits for. */
function typeWords({ type, limitPrice = '0', stopPrice = '0', ...terms }: DraftedOrder): string {
  const [limit, stop] = [formatExactPrice(limitPrice), formatExactPrice(stopPrice)]
  const words: Readonly<Record<OrderType, () => string>> = {
    MARKET: () => 'Market',
    LIMIT: () => `Limit ${limit}`,
    STOP: () => `Stop ${stop}`,
    STOP_LIMIT: () => `Stop ${stop}, then limit ${limit}`,
    OCO: () => `Limit ${limit} or stop ${stop}`,
    TRAILING_STOP: () =>
      `Trailing stop, ${trailWords(terms, formatExactPrice)} from the best price`,
  }
  return words[type]()
}

/** The order as it is sent, and when it fills. */
function terms(shown: Shown): string {
  const { order, preview, marketPrice } = shown
  const type = typeWords(order)
  if (preview.refusal !== null) return type
  if (preview.outcome === 'CANCEL') return `${type} · ends without a trade at this market price`
  if (preview.outcome === 'PART') {
    const part = `${formatQuantity(preview.filledQuantity)} ${order.assetId}`
    const rest = order.timeInForce === 'IOC' ? 'is cancelled' : 'waits'
    return `${type} · fills in part now, ${part}; the rest ${rest}`
  }
  if (!isWaiting(shown))
    return `${type} · fills now at about ${formatPrice(marketPrice ?? preview.price)}`
  if (order.type === 'OCO') return `${type} · waits for whichever is first`
  return order.type === 'TRAILING_STOP'
    ? `${type} · waits, at first for ${formatPrice(preview.price)}`
    : `${type} · waits for this price`
}

/** The quantity that open orders hold. */
export function heldOf(holding: Balances['holding']): string {
  if (!holding) return '0'
  return plainQuantity(
    subtractQuantity(parseQuantity(holding.quantity), parseQuantity(holding.available)),
  )
}

/** Whether a part fills now and the rest waits. */
const isPartWaiting = ({ order, preview }: Shown): boolean =>
  preview.outcome === 'PART' && order.timeInForce !== 'IOC'

/** Whether the order, or a part of it, waits with a hold. */
const holdsAfterwards = (shown: Shown): boolean =>
  shown.preview.outcome === 'WAIT' || isPartWaiting(shown)

/** The cash that open orders hold after this one is placed, its own included while it waits; 0 where it is not known. */
function heldCashAfterwards(shown: Shown): string {
  const { order, preview, balances } = shown
  const held = balances?.cash.held ?? '0'
  if (order.side !== 'BUY' || !holdsAfterwards(shown)) return held
  // A preview does not say how much of its total a part pays and how much its rest sets aside.
  if (isPartWaiting(shown)) return '0'
  return formatUsd(addUsd(parseUsd(held), parseUsd(preview.total)))
}

/** Whether what the order buys comes later, or some of it. What a part of a buy with exits leads to is not known before. */
const buysLater = (shown: Shown): boolean =>
  shown.order.side === 'BUY' &&
  holdsAfterwards(shown) &&
  !(isPartWaiting(shown) && hasExits(shown.order))

/** The quantity after the order has been placed; for a buy that waits, after it has filled. */
function holdingAfterwards(shown: Shown): { readonly available: string; readonly held: string } {
  const { order, preview, balances } = shown
  const held = heldOf(balances?.holding ?? null)
  const plus = (before: string, more: string): string =>
    plainQuantity(addQuantity(parseQuantity(before), parseQuantity(more)))
  const rest = plainQuantity(
    subtractQuantity(parseQuantity(preview.quantity), parseQuantity(preview.filledQuantity)),
  )
  if (order.side === 'SELL') {
    const isHeld = holdsAfterwards(shown)
    return { available: preview.quantityAfter, held: isHeld ? plus(held, rest) : held }
  }
  // What a buy with exits has bought is held by their sale.
  const isSoldAgain = hasExits(order) && preview.outcome !== 'PART'
  if (isSoldAgain) return { available: preview.quantityAfter, held: plus(held, preview.quantity) }
  const more = buysLater(shown) ? rest : '0'
  return { available: plus(preview.quantityAfter, more), held }
}

function Afterwards({ available, held }: { available: ReactNode; held: ReactNode }) {
  if (!held) return available
  return (
    <span className="prose">
      {available} available, {held} held by open orders
    </span>
  )
}

/** A stop buy fills at the market of its moment, and so more is set aside than its stop price needs. */
function allowance({ order, preview }: Shown): readonly Fact[] {
  const { side, type } = order
  const fillsAtMarket = type === 'STOP' || type === 'TRAILING_STOP' || type === 'OCO'
  if (side !== 'BUY' || !fillsAtMarket || preview.outcome !== 'WAIT') return []
  return [
    [
      'Allowance',
      <span key="allowance" className="prose">
        More than the stop price needs, because a stop fills at the market. What is left comes back.
      </span>,
    ],
  ]
}

/** The movements of the order and the remaining balance; empty for an order that would be refused. */
function outcome(shown: Shown): readonly Fact[] {
  const { order, preview } = shown
  if (preview.refusal !== null || preview.outcome === 'CANCEL') return []
  const cashHeld = heldCashAfterwards(shown)
  const { available, held } = holdingAfterwards(shown)
  return [
    ...(signOf(preview.fee) === 0
      ? []
      : [['Fee', `${formatMoney(preview.fee)} (${feeRateOf(preview)})`] as const]),
    [
      totalLabel(shown),
      <strong key="total" className="prose">
        {totalWords(shown)}
      </strong>,
    ],
    ...allowance(shown),
    // A sale that waits has brought nothing yet: its cash would look like what remains after it.
    ...(preview.outcome === 'WAIT' && order.side === 'SELL'
      ? []
      : [
          [
            'Cash afterwards',
            <Afterwards
              key="cash"
              available={<Money value={preview.cashAfter} />}
              held={signOf(cashHeld) > 0 && <Money value={cashHeld} />}
            />,
          ] as const,
        ]),
    [
      `${order.assetId} ${buysLater(shown) ? 'once it fills' : 'afterwards'}`,
      <Afterwards
        key="quantity"
        available={<Quantity value={available} />}
        held={signOf(held) > 0 && <Quantity value={held} />}
      />,
    ],
  ]
}

function waitFacts({ type, timeInForce, expiresAt }: DraftedOrder): readonly Fact[] {
  if (type === 'MARKET') return []
  if (timeInForce) return [['Time in force', timeInForceNames[timeInForce]]]
  return [['Good till', expiresAt ? formatDateTime(expiresAt) : 'you cancel it']]
}

const hasExits = ({ takeProfitPrice, stopLossPrice }: DraftedOrder): boolean =>
  (takeProfitPrice ?? stopLossPrice) !== undefined

/** The sale that the fill opens. */
function exitFacts(order: DraftedOrder): readonly Fact[] {
  if (!hasExits(order)) return []
  const { takeProfitPrice, stopLossPrice } = order
  const parts = [
    takeProfitPrice && `at ${formatExactPrice(takeProfitPrice)} or better`,
    stopLossPrice && `once it is at ${formatExactPrice(stopLossPrice)} or below`,
  ]
  const words = parts.filter(Boolean).join(', or ')
  return [
    [
      'Exits',
      <span key="exits" className="prose">
        {words}
      </span>,
    ],
  ]
}

/** The effects of the order, line by line, and with `withPrice` the price that they come from. */
export function previewFacts(shown: Shown, { withPrice = false } = {}): readonly Fact[] {
  const { order, preview, marketPrice } = shown
  const { assetId } = order
  const price = marketPrice ?? (isWaiting(shown) ? undefined : preview.price)
  return [
    [
      'Order',
      <span key="order" className="prose">
        {terms(shown)}
      </span>,
    ],
    ['Quantity', `${formatQuantity(preview.quantity)} ${assetId}`],
    ...(withPrice && price ? [['Price now', formatPrice(price)] as const] : []),
    ...waitFacts(order),
    ...exitFacts(order),
    ...outcome(shown),
  ]
}
