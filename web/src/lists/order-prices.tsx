import { Trans } from '@lingui/react'
import type { ReactNode } from 'react'
import { formatExactPrice } from '../format/money.ts'
import type { OrderSide, OrderStatus, OrderType } from '../generated/graphql.ts'
import { i18n } from '../i18n.ts'
import { exitWords, hasExits } from '../ticket/exit-words.ts'
import { AwaitedPrice, ExactPrice } from '../ui/Money.tsx'
import { limitOf, trailOf } from './order-words.ts'

/** An order as lists read it. */
export type ShownOrder = {
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

/** The prices at which an order sells again what it buys, in one short line; in words where the pointer rests. */
export function Exits({ order }: { order: ShownOrder }) {
  const { takeProfitPrice, stopLossPrice, stopLossLimitPrice: worst } = order
  if (!hasExits(order)) return null
  const prices = [takeProfitPrice, stopLossPrice].flatMap((price) =>
    price ? [formatExactPrice(price)] : [],
  )
  return (
    <small
      className="numeric flat under"
      title={i18n.t('Then sells {exits}', { exits: exitWords(order) })}
    >
      {worst
        ? i18n.t('Exits {prices}, then limit {worst}', {
            prices: prices.join(' / '),
            worst: formatExactPrice(worst),
          })
        : i18n.t('Exits {prices}', { prices: prices.join(' / ') })}
    </small>
  )
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
export function WaitsFor({ order }: { order: ShownOrder }) {
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
