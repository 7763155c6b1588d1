import {
  addQuantity,
  addUsd,
  formatQuantity as plainQuantity,
  formatUsd,
  notional,
  parsePrice,
  parseQuantity,
  parseUsd,
  priceFromUnits,
  subtractQuantity,
} from '@cnop/kit/money'
import { Trans } from '@lingui/react'
import type { ReactNode } from 'react'
import { config } from '../config.ts'
import {
  formatExactPrice,
  formatMoney,
  formatPrice,
  formatQuantity,
  signOf,
} from '../format/money.ts'
import { joinWords } from '../format/lists.ts'
import { formatDateTime } from '../format/time.ts'
import type { OrderType } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { orderTypeNames, timeInForceNames } from '../lists/order-words.ts'
import type { Fact } from '../ui/Facts.tsx'
import { Money, MoneyChange, Quantity } from '../ui/Money.tsx'
import { type DraftedOrder, isThroughMarket } from './amounts.ts'
import { feeRateOf } from './fee-words.ts'
import { lotDay } from './lots.ts'
import { trailWords } from './terms.ts'
import { isWaiting, totalLabel, totalWords } from './total-words.ts'
import type { Preview } from './use-preview.ts'
import type { Balances } from './use-ticket.ts'

export type Shown = {
  readonly order: DraftedOrder
  readonly preview: Preview
  /** The balances before the order. */
  readonly balances: Balances | undefined
}

/** The price that the market trades at: on average for what fills now, its mid price for an order that waits. */
const marketPriceOf = ({ outcome, price, midPrice }: Preview): string =>
  outcome === 'FILL' || outcome === 'PART' ? price : midPrice

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
    MARKET: () => orderTypeNames.MARKET,
    LIMIT: () => i18n.t('Limit {limit}', { limit }),
    STOP: () => i18n.t('Stop {stop}', { stop }),
    STOP_LIMIT: () => i18n.t('Stop {stop}, then limit {limit}', { stop, limit }),
    OCO: () => i18n.t('Limit {limit} or stop {stop}', { limit, stop }),
    TRAILING_STOP: () =>
      i18n.t('Trailing stop, {distance} from the best price', {
        distance: trailWords(terms, formatExactPrice),
      }),
  }
  return words[type]()
}

/** The order as it is sent, and when it fills. */
function terms(shown: Shown): string {
  const { order, preview } = shown
  const type = typeWords(order)
  if (preview.refusal !== null) return type
  if (preview.outcome === 'CANCEL') {
    return i18n.t('{type} · ends without a trade at this market price', { type })
  }
  if (preview.outcome === 'PART') {
    const part = `${formatQuantity(preview.filledQuantity)} ${order.assetId}`
    return order.timeInForce === 'IOC'
      ? i18n.t('{type} · fills in part now, {part}; the rest is cancelled', { type, part })
      : i18n.t('{type} · fills in part now, {part}; the rest waits', { type, part })
  }
  const price = formatPrice(marketPriceOf(preview))
  if (!isWaiting(shown)) return i18n.t('{type} · fills now at about {price}', { type, price })
  if (order.type === 'OCO') return i18n.t('{type} · waits for whichever is first', { type })
  return order.type === 'TRAILING_STOP'
    ? i18n.t('{type} · waits, at first for {price}', { type, price: formatPrice(preview.price) })
    : i18n.t('{type} · waits for this price', { type })
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

/** Whether what the order buys comes later, or some of it. */
const buysLater = (shown: Shown): boolean => shown.order.side === 'BUY' && holdsAfterwards(shown)

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
  if (hasExits(order)) {
    // What a buy with exits has bought is held by their sale: a part that an IOC order buys, or in the end all of it.
    const isOnlyPart = preview.outcome === 'PART' && !isPartWaiting(shown)
    const bought = isOnlyPart ? preview.filledQuantity : preview.quantity
    return { available: preview.quantityAfter, held: plus(held, bought) }
  }
  const more = buysLater(shown) ? rest : '0'
  return { available: plus(preview.quantityAfter, more), held }
}

function Afterwards({ available, held }: { available: ReactNode; held: ReactNode }) {
  if (!held) return available
  return (
    <span className="prose">
      <Trans
        id="<0/> available, <1/> held by open orders"
        components={{ 0: <>{available}</>, 1: <>{held}</> }}
      />
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
      i18n.t('Allowance'),
      <span key="allowance" className="prose">
        {i18n.t(
          'More than the stop price needs, because a stop fills at the market. What is left comes back.',
        )}
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
      : [
          [
            i18n.t('Fee'),
            i18n.t('{fee} ({rate})', {
              fee: formatMoney(preview.fee),
              rate: feeRateOf(preview),
            }),
          ] as const,
        ]),
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
            i18n.t('Cash afterwards'),
            <Afterwards
              key="cash"
              available={<Money value={preview.cashAfter} />}
              held={signOf(cashHeld) > 0 && <Money value={cashHeld} />}
            />,
          ] as const,
        ]),
    [
      buysLater(shown)
        ? i18n.t('{asset} once it fills', { asset: order.assetId })
        : i18n.t('{asset} afterwards', { asset: order.assetId }),
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
  if (timeInForce) return [[i18n.t('Time in force'), timeInForceNames[timeInForce]]]
  return [[i18n.t('Good till'), expiresAt ? formatDateTime(expiresAt) : i18n.t('you cancel it')]]
}

const hasExits = ({ takeProfitPrice, stopLossPrice }: DraftedOrder): boolean =>
  (takeProfitPrice ?? stopLossPrice) !== undefined

function exitWords({ takeProfitPrice, stopLossPrice }: DraftedOrder): string {
  const profit = takeProfitPrice && formatExactPrice(takeProfitPrice)
  const loss = stopLossPrice && formatExactPrice(stopLossPrice)
  if (!loss) return i18n.t('at {profit} or better', { profit })
  return profit
    ? i18n.t('at {profit} or better, or once it is at {loss} or below', { profit, loss })
    : i18n.t('once it is at {loss} or below', { loss })
}

/** The sale that the fill opens. */
function exitFacts(order: DraftedOrder): readonly Fact[] {
  if (!hasExits(order)) return []
  return [
    [
      i18n.t('Exits'),
      <span key="exits" className="prose">
        {exitWords(order)}
      </span>,
    ],
  ]
}

/** The lots that a sale names, and what it would gain with them. */
function lotFacts({ order: { lots }, preview }: Shown): readonly Fact[] {
  if (!lots) return []
  const days = joinWords(lots.map(({ acquiredOn }) => lotDay(acquiredOn)))
  const { realisedGain, basis } = preview
  return [
    [
      i18n.t('Lots'),
      <span key="lots" className="prose">
        {days}
      </span>,
    ],
    ...(realisedGain === null || basis === null
      ? []
      : [
          [
            i18n.t('Realised gain'),
            <span key="gain" className="prose">
              <Trans
                id="<0/> over a cost of <1/>"
                components={{ 0: <MoneyChange value={realisedGain} />, 1: <Money value={basis} /> }}
              />
            </span>,
          ] as const,
        ]),
  ]
}

/** What is lost to the spread and the depth of the market: holdings are valued at its mid price. */
function spreadFacts({ price, midPrice, filledQuantity, refusal }: Preview): readonly Fact[] {
  const [at, mid] = [parsePrice(price), parsePrice(midPrice)]
  const apart = priceFromUnits(at > mid ? at - mid : mid - at)
  const cost = notional(apart, parseQuantity(filledQuantity), { round: 'up' })
  if (cost === 0n || refusal !== null) return []
  const values = { cost: formatMoney(formatUsd(cost)), mid: formatPrice(midPrice) }
  return [
    [
      i18n.t('Spread'),
      <span key="spread" className="prose">
        {i18n.t('{cost} against the mid price of {mid}', values)}
      </span>,
    ],
  ]
}

/** The effects of the order, line by line, and with `withPrice` the price that they come from. */
export function previewFacts(shown: Shown, { withPrice = false } = {}): readonly Fact[] {
  const { order, preview } = shown
  const { assetId } = order
  return [
    [
      i18n.t('Order'),
      <span key="order" className="prose">
        {terms(shown)}
      </span>,
    ],
    [i18n.t('Quantity'), `${formatQuantity(preview.quantity)} ${assetId}`],
    ...(withPrice
      ? [
          [i18n.t('Price now'), formatPrice(marketPriceOf(preview))] as const,
          ...spreadFacts(preview),
        ]
      : []),
    ...waitFacts(order),
    ...exitFacts(order),
    ...lotFacts(shown),
    ...outcome(shown),
  ]
}
