import { formatUsd, notional, parsePrice, parseQuantity, priceFromUnits } from '@cnop/kit/money'
import { Trans } from '@lingui/react'
import { config } from '../config.ts'
import { joinWords } from '../format/lists.ts'
import { formatExactPrice, formatMoney, formatPrice, formatQuantity } from '../format/money.ts'
import { formatDateTime } from '../format/time.ts'
import type { OrderSide, OrderType } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { orderTypeNames, timeInForceNames } from '../lists/order-words.ts'
import type { Fact } from '../ui/Facts.tsx'
import { Money, MoneyChange } from '../ui/Money.tsx'
import { type DraftedOrder, isThroughMarket } from './amounts.ts'
import { exitWords, hasExits } from './exit-words.ts'
import { lotDay } from './lots.ts'
import { trailWords } from './terms.ts'
import { isWaiting } from './total-words.ts'
import type { Preview } from './use-preview.ts'
import type { Balances } from './use-ticket.ts'

export type Shown = {
  readonly order: DraftedOrder
  readonly preview: Preview
  /** The balances before the order. */
  readonly balances: Balances | undefined
}

type Limited = {
  readonly side: OrderSide
  readonly limitPrice: string | undefined
  /** The price at which the limit begins to count: that of the market, or a stop. */
  readonly from: string | undefined
  readonly isStop: boolean
}

/** The limits that an order has once its stop is reached. */
function limitsOfStops({ side, type, ...order }: DraftedOrder): readonly Limited[] {
  const { limitPrice, stopPrice, stopLimitPrice, stopLossPrice, stopLossLimitPrice } = order
  return [
    {
      ...{ side, isStop: true, from: stopPrice },
      limitPrice: type === 'STOP_LIMIT' ? limitPrice : stopLimitPrice,
    },
    // What a bracket buys is sold.
    { side: 'SELL', isStop: true, from: stopLossPrice, limitPrice: stopLossLimitPrice },
  ]
}

/** The limits of an order, each with the price from which it may fill. */
function limitsOf({ order, preview }: Pick<Shown, 'order' | 'preview'>): readonly Limited[] {
  const { side, limitPrice } = order
  const isNow = !isWaiting({ preview }) || preview.outcome === 'PART'
  return [
    { side, limitPrice, from: isNow ? preview.price : undefined, isStop: false },
    ...limitsOfStops(order),
  ]
}

const isPriced = (
  limit: Limited,
): limit is Limited & { readonly limitPrice: string; readonly from: string } =>
  limit.limitPrice !== undefined && limit.from !== undefined

export type FarLimit = Limited & {
  readonly level: 'warning' | 'danger'
  readonly limitPrice: string
  readonly from: string
}

/** The limit of an order that is furthest beyond the price from which it may fill; undefined when none is far. */
export function farLimit(shown: Pick<Shown, 'order' | 'preview'>): FarLimit | undefined {
  const far = limitsOf(shown)
    .filter(isPriced)
    .flatMap((limit): readonly FarLimit[] => {
      const isBeyond = (percent: number) => isThroughMarket(limit, limit.from, percent)
      const warned = limit.isStop ? config.stopLimitWarningPercent : config.limitWarningPercent
      if (!isBeyond(warned)) return []
      return [{ ...limit, level: isBeyond(config.limitDangerPercent) ? 'danger' : 'warning' }]
    })
  return far.find(({ level }) => level === 'danger') ?? far[0]
}

/** The limit of a stop on its better side, where the order waits once more; undefined when there is none. */
export const restingLimit = (order: DraftedOrder) =>
  limitsOfStops(order)
    .filter(isPriced)
    .find(({ side, limitPrice, from }) => {
      const better = parsePrice(limitPrice) - parsePrice(from)
      return side === 'SELL' ? better > 0n : better < 0n
    })

/** What the order waits for. */
function typeWords({ type, limitPrice = '0', stopPrice = '0', ...terms }: DraftedOrder): string {
  const [limit, stop] = [formatExactPrice(limitPrice), formatExactPrice(stopPrice)]
  const worst = terms.stopLimitPrice && formatExactPrice(terms.stopLimitPrice)
  const words: Readonly<Record<OrderType, () => string>> = {
    MARKET: () => orderTypeNames.MARKET,
    LIMIT: () => i18n.t('Limit {limit}', { limit }),
    STOP: () => i18n.t('Stop {stop}', { stop }),
    STOP_LIMIT: () => i18n.t('Stop {stop}, then limit {limit}', { stop, limit }),
    OCO: () =>
      worst
        ? i18n.t('Limit {limit} or stop {stop}, then limit {worst}', { limit, stop, worst })
        : i18n.t('Limit {limit} or stop {stop}', { limit, stop }),
    TRAILING_STOP: () =>
      i18n.t('Trailing stop, {distance} from the best price, in steps of a twentieth of that', {
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
  const price = formatPrice(preview.price)
  if (!isWaiting(shown)) return i18n.t('{type} · fills now at about {price}', { type, price })
  if (order.type === 'OCO') return i18n.t('{type} · waits for whichever is first', { type })
  return order.type === 'TRAILING_STOP'
    ? i18n.t('{type} · waits, at first for {price}', { type, price: formatPrice(preview.price) })
    : i18n.t('{type} · waits for this price', { type })
}

function waitFacts({ type, timeInForce, expiresAt }: DraftedOrder): readonly Fact[] {
  if (type === 'MARKET') return []
  if (timeInForce) return [[i18n.t('Time in force'), timeInForceNames[timeInForce]]]
  return [[i18n.t('Good till'), expiresAt ? formatDateTime(expiresAt) : i18n.t('you cancel it')]]
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

/** The market price, what an order that fills gets on average over the levels that it goes through, and what that costs. */
function priceFacts({ preview }: Shown): readonly Fact[] {
  const fills = preview.outcome === 'FILL' || preview.outcome === 'PART'
  const [now, average] = [formatPrice(preview.midPrice), formatPrice(preview.price)]
  return [
    [i18n.t('Price now'), now],
    ...(fills && average !== now ? [[i18n.t('Average price'), average] as const] : []),
    ...spreadFacts(preview),
  ]
}

/** The order, line by line, and with `withPrice` the prices that its effects come from. */
export const termFacts = (shown: Shown, withPrice: boolean): readonly Fact[] => [
  [
    i18n.t('Order'),
    <span key="order" className="prose">
      {terms(shown)}
    </span>,
  ],
  [i18n.t('Quantity'), `${formatQuantity(shown.preview.quantity)} ${shown.order.assetId}`],
  ...(withPrice ? priceFacts(shown) : []),
  ...waitFacts(shown.order),
  ...exitFacts(shown.order),
  ...lotFacts(shown),
]
