import {
  addUsd,
  divide,
  notional,
  type Price,
  type Quantity,
  subtractUsd,
  type Usd,
  usdFromCents,
} from '@cnop/kit/money'

type Side = 'BUY' | 'SELL'

export interface Trade {
  readonly side: Side
  readonly price: Price
  readonly quantity: Quantity
  readonly feeBasisPoints: bigint
}

export interface TradeAmounts {
  /** What the asset is worth at the price, without the fee. */
  readonly value: Usd
  readonly fee: Usd
  /** The cash that moves: a buyer pays value and fee, a seller receives the value less the fee. */
  readonly total: Usd
}

/** A fee is a number of these parts of the value. */
export const basisPoints = 10_000n

/**
 * What a trade moves. Every fraction of a cent is the trader's loss: a buy rounds up, a sale rounds down, the fee rounds up.
 * A fee never takes more than a sale brings.
 */
export function tradeAmounts({ side, price, quantity, feeBasisPoints }: Trade): TradeAmounts {
  const isBuy = side === 'BUY'
  const value = notional(price, quantity, { round: isBuy ? 'up' : 'down' })
  const fee = usdFromCents(divide(value * feeBasisPoints, basisPoints, 'up'))
  if (isBuy) return { value, fee, total: addUsd(value, fee) }
  const charged = fee > value ? value : fee
  return { value, fee: charged, total: subtractUsd(value, charged) }
}

/** Whether the market is at the limit or better: at or below it for a buy, at or above it for a sale. */
export function isTriggered(side: Side, limitPrice: Price, marketPrice: Price): boolean {
  return side === 'BUY' ? marketPrice <= limitPrice : marketPrice >= limitPrice
}

/** What selling a quantity at a price would pay, after the fee. */
export const saleProceeds = (trade: Omit<Trade, 'side'>): Usd =>
  tradeAmounts({ ...trade, side: 'SELL' }).total
