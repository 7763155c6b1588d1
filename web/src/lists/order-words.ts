import type { OrderType, TimeInForce } from '../generated/graphql.ts'

/** The types of orders in words. */
export const orderTypeNames: Readonly<Record<OrderType, string>> = {
  MARKET: 'Market',
  LIMIT: 'Limit',
  STOP: 'Stop',
  STOP_LIMIT: 'Stop limit',
}

export const timeInForceNames: Readonly<Record<TimeInForce, string>> = {
  GTC: 'Good till cancelled',
  GTD: 'Good till a date',
  DAY: 'Good till the UTC day ends',
  IOC: 'Immediate or cancel',
  FOK: 'Fill or kill',
}
