import { formatExactPrice } from '../format/money.ts'
import type { OrderType, TimeInForce } from '../generated/graphql.ts'

/** The types of orders in words. */
export const orderTypeNames: Readonly<Record<OrderType, string>> = {
  MARKET: 'Market',
  LIMIT: 'Limit',
  STOP: 'Stop',
  STOP_LIMIT: 'Stop limit',
  TRAILING_STOP: 'Trailing stop',
  OCO: 'Limit or stop',
}

type Trail = {
  readonly trailAmount?: string | null
  readonly trailBasisPoints?: number | null
}

/** The distance of a trailing stop in words: "2.5 %", "$150.00 per unit"; null for every other order. */
export function trailOf({ trailAmount, trailBasisPoints }: Trail): string | null {
  if (trailAmount) return `${formatExactPrice(trailAmount)} per unit`
  return trailBasisPoints == null ? null : `${trailBasisPoints / 100} %`
}

export const timeInForceNames: Readonly<Record<TimeInForce, string>> = {
  GTC: 'Good till cancelled',
  GTD: 'Good till a date',
  DAY: 'Good till the UTC day ends',
  IOC: 'Immediate or cancel',
  FOK: 'Fill or kill',
}
