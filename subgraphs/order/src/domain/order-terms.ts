import { BadInput } from '@cnop/kit/errors'
import { formatPrice, type Price } from '@cnop/kit/money'
import type { PlaceOrderInput } from '../generated/resolvers.ts'
import type { OrderSide, OrderType, TimeInForce } from './order.ts'
import type { OrderRules } from './order-rules.ts'
import { greatestTrail, leastTrail, type Trail } from './trail.ts'

/** What an order says beside its asset, side and size. */
export interface Terms {
  readonly limitPrice: Price | undefined
  readonly stopPrice: Price | undefined
  /** The worst price of the stop side of an OCO order, where it has one. */
  readonly stopLimitPrice: Price | undefined
  readonly worstPrice: Price | undefined
  /** The distance of a trailing stop; one of the two is given. */
  readonly trailAmount: Price | undefined
  readonly trailBasisPoints: number | undefined
  /** Absent for a market order. */
  readonly timeInForce: TimeInForce | undefined
  readonly expiresAt: string | undefined
}

/** What placing and previewing an order share; a preview has no `worstPrice`. */
export type OrderInput = Omit<PlaceOrderInput, 'key'>

type TermsInput = Pick<
  OrderInput,
  | 'side'
  | 'type'
  | 'limitPrice'
  | 'stopPrice'
  | 'stopLimitPrice'
  | 'worstPrice'
  | 'trailAmount'
  | 'trailBasisPoints'
  | 'timeInForce'
  | 'expiresAt'
>

/** The prices that belong to each type of order. */
const prices = {
  MARKET: ['worstPrice'],
  LIMIT: ['limitPrice'],
  STOP: ['stopPrice'],
  STOP_LIMIT: ['limitPrice', 'stopPrice'],
  OCO: ['limitPrice', 'stopPrice', 'stopLimitPrice'],
  TRAILING_STOP: [],
} as const satisfies Record<OrderType, readonly PriceField[]>

type PriceField = 'limitPrice' | 'stopPrice' | 'stopLimitPrice' | 'worstPrice'

const owners: Readonly<Record<PriceField, string>> = {
  limitPrice: 'a limit order',
  stopPrice: 'a stop order',
  stopLimitPrice: 'an OCO order',
  worstPrice: 'a market order',
}

/** The terms that the type of an order needs; those of other types are refused. */
export function checkTerms(input: TermsInput, rules: OrderRules): Terms {
  const limitPrice = checkPrice(input, 'limitPrice', rules)
  const stopPrice = checkPrice(input, 'stopPrice', rules)
  const stopLimitPrice = checkPrice(input, 'stopLimitPrice', rules)
  if (input.type === 'OCO') checkSides(input.side, { limitPrice, stopPrice, stopLimitPrice })
  return {
    limitPrice,
    stopPrice,
    stopLimitPrice,
    worstPrice: checkPrice(input, 'worstPrice', rules),
    ...checkTrail(input),
    ...checkWait(input),
  }
}

type Sides = Pick<Terms, 'limitPrice' | 'stopPrice' | 'stopLimitPrice'>

/** The two prices of an OCO order are on the two sides of the market, and not the other way round; the limit of its stop is beyond the stop. */
function checkSides(side: OrderSide, { limitPrice, stopPrice, stopLimitPrice }: Sides): void {
  if (limitPrice === undefined || stopPrice === undefined) return
  if (side === 'BUY' ? stopPrice <= limitPrice : stopPrice >= limitPrice) {
    const where =
      side === 'BUY' ? 'above the limit price of a buy' : 'below the limit price of a sale'
    throw new BadInput('stopPrice', `must be ${where}`)
  }
  const limit = stopLimitPrice ?? stopPrice
  if (side === 'BUY' ? limit >= stopPrice : limit <= stopPrice) return
  const where =
    side === 'BUY' ? 'at least the stop price of a buy' : 'at most the stop price of a sale'
  throw new BadInput('stopLimitPrice', `must be ${where}`)
}

type TrailInput = Pick<OrderInput, 'trailAmount' | 'trailBasisPoints'>

/** A trailing stop has one distance; how an amount compares with the market is not checked yet. */
function checkTrail(input: TermsInput): Required<Trail> {
  const field = input.trailAmount == null ? 'trailBasisPoints' : 'trailAmount'
  if (input.type !== 'TRAILING_STOP' && input[field] != null) {
    throw new BadInput(field, 'belongs to a trailing stop order')
  }
  const trail = readTrail(input)
  if (input.type === 'TRAILING_STOP' && !trail) {
    throw new BadInput('trailAmount', 'is required, unless trailBasisPoints is given')
  }
  return trail ?? { trailAmount: undefined, trailBasisPoints: undefined }
}

/** The distance that an input gives, if it gives one. */
export function readTrail({
  trailAmount,
  trailBasisPoints,
}: TrailInput): Required<Trail> | undefined {
  if (trailBasisPoints == null) {
    if (trailAmount == null) return undefined
    if (trailAmount <= 0n) throw new BadInput('trailAmount', 'must be more than zero')
    return { trailAmount, trailBasisPoints: undefined }
  }
  if (trailAmount != null) {
    throw new BadInput('trailBasisPoints', 'cannot be combined with trailAmount')
  }
  if (trailBasisPoints < leastTrail || trailBasisPoints > greatestTrail) {
    throw new BadInput('trailBasisPoints', `must be ${leastTrail} to ${greatestTrail}`)
  }
  return { trailAmount: undefined, trailBasisPoints }
}

/** A market order may have a worst price, and the stop of an OCO order a limit; limit and stop prices are required where they belong. */
function checkPrice(input: TermsInput, field: PriceField, rules: OrderRules): Price | undefined {
  const given = input[field]
  const belongs = prices[input.type].some((each) => each === field)
  if (given == null) {
    if (!belongs || field === 'worstPrice' || field === 'stopLimitPrice') return undefined
    throw new BadInput(field, `is required for ${owners[field]}`)
  }
  if (!belongs) throw new BadInput(field, `belongs to ${owners[field]}`)
  return checkRange(field, given, rules)
}

/** A price is more than zero; one that is waited for has a highest value. */
export function checkRange(
  field: PriceField | 'takeProfitPrice' | 'stopLossPrice' | 'stopLossLimitPrice',
  price: Price,
  { maxLimitPrice }: OrderRules,
): Price {
  if (price <= 0n) throw new BadInput(field, 'must be more than zero')
  if (field === 'worstPrice' || price <= maxLimitPrice) return price
  throw new BadInput(field, `must be at most ${formatPrice(maxLimitPrice)}`)
}

type Wait = Pick<Terms, 'timeInForce' | 'expiresAt'>

function checkWait(input: TermsInput): Wait {
  const { type, timeInForce, expiresAt } = input
  if (type !== 'MARKET') {
    if (type !== 'LIMIT' && timeInForce != null && !mayWait(timeInForce)) {
      throw new BadInput('timeInForce', 'of a stop order is GTC, GTD or DAY: it always waits')
    }
    return checkTimeInForce(input)
  }
  if (expiresAt != null) throw new BadInput('expiresAt', 'belongs to an order that waits')
  if (timeInForce == null) return { timeInForce: undefined, expiresAt: undefined }
  const reason = 'belongs to an order that waits: a market order fills at once or is refused'
  throw new BadInput('timeInForce', reason)
}

/** An expiry belongs to GTD, and only to it; without either, an order waits until it is cancelled. */
export function checkTimeInForce({
  timeInForce,
  expiresAt,
}: Pick<OrderInput, 'timeInForce' | 'expiresAt'>): Wait {
  if (expiresAt == null) {
    if (timeInForce === 'GTD') throw new BadInput('expiresAt', 'is required for GTD')
    return { timeInForce: timeInForce ?? 'GTC', expiresAt: undefined }
  }
  if ((timeInForce ?? 'GTD') !== 'GTD') throw new BadInput('expiresAt', 'belongs to GTD')
  return { timeInForce: 'GTD', expiresAt }
}

/** Whether an order may wait for the market to reach its price. */
export const mayWait = (timeInForce: TimeInForce | undefined): boolean =>
  timeInForce !== undefined && timeInForce !== 'IOC' && timeInForce !== 'FOK'
