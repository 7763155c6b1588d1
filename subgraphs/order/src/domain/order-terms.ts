import { BadInput } from '@cnop/kit/errors'
import { formatPrice, type Price } from '@cnop/kit/money'
import type { PlaceOrderInput } from '../generated/resolvers.ts'
import type { TimeInForce } from './order.ts'
import type { OrderRules } from './order-rules.ts'

/** What an order says beside its asset, side and size. */
export interface Terms {
  readonly limitPrice: Price | undefined
  readonly worstPrice: Price | undefined
  /** Absent for a market order. */
  readonly timeInForce: TimeInForce | undefined
  readonly expiresAt: string | undefined
}

/** What placing and previewing an order share; a preview has no `worstPrice`. */
export type OrderInput = Omit<PlaceOrderInput, 'key'>

/** The terms that the type of an order needs; those of other types are refused. */
export const checkTerms = (input: OrderInput, rules: OrderRules): Terms =>
  input.type === 'LIMIT' ? checkLimitTerms(input, rules) : checkMarketTerms(input)

function checkLimitTerms(input: OrderInput, rules: OrderRules): Terms {
  const { worstPrice } = input
  if (input.limitPrice == null) throw new BadInput('limitPrice', 'is required for a limit order')
  const limitPrice = checkLimitPrice(input.limitPrice, rules)
  if (worstPrice != null) throw new BadInput('worstPrice', 'belongs to a market order')
  return { limitPrice, worstPrice: undefined, ...checkTimeInForce(input) }
}

export function checkLimitPrice(limitPrice: Price, { maxLimitPrice }: OrderRules): Price {
  if (limitPrice <= 0n) throw new BadInput('limitPrice', 'must be more than zero')
  if (limitPrice <= maxLimitPrice) return limitPrice
  throw new BadInput('limitPrice', `must be at most ${formatPrice(maxLimitPrice)}`)
}

/** An expiry belongs to GTD, and only to it; without either, an order waits until it is cancelled. */
export function checkTimeInForce({
  timeInForce,
  expiresAt,
}: Pick<OrderInput, 'timeInForce' | 'expiresAt'>): Pick<Terms, 'timeInForce' | 'expiresAt'> {
  if (expiresAt == null) {
    if (timeInForce === 'GTD') throw new BadInput('expiresAt', 'is required for GTD')
    return { timeInForce: timeInForce ?? 'GTC', expiresAt: undefined }
  }
  if ((timeInForce ?? 'GTD') !== 'GTD') throw new BadInput('expiresAt', 'belongs to GTD')
  return { timeInForce: 'GTD', expiresAt }
}

function checkMarketTerms({ limitPrice, worstPrice, expiresAt, timeInForce }: OrderInput): Terms {
  if (limitPrice != null) throw new BadInput('limitPrice', 'belongs to a limit order')
  if (expiresAt != null) throw new BadInput('expiresAt', 'belongs to a limit order')
  if (timeInForce != null) {
    const reason = 'belongs to a limit order: a market order fills at once or is refused'
    throw new BadInput('timeInForce', reason)
  }
  if (worstPrice != null && worstPrice <= 0n)
    throw new BadInput('worstPrice', 'must be more than zero')
  return {
    limitPrice: undefined,
    worstPrice: worstPrice ?? undefined,
    expiresAt: undefined,
    timeInForce: undefined,
  }
}

/** Whether an order may wait for the market to reach its price. */
export const mayWait = (timeInForce: TimeInForce | undefined): boolean =>
  timeInForce !== undefined && timeInForce !== 'IOC' && timeInForce !== 'FOK'
