import { BadInput } from '@cnop/kit/errors'
import { addQuantity, type Price, type Quantity } from '@cnop/kit/money'
import type { FeeRates } from '@cnop/quotes/fee'
import { tradeAmounts } from '@cnop/quotes/trade-amounts'
import type { PlaceOrderInput } from '../generated/resolvers.ts'
import { OrderTooLarge, paysNothing } from './errors.ts'
import { isOpen, type Order, type OrderSide, type OrderType } from './order.ts'
import { type MarketQuote, type OrderRules, tradePrice } from './order-rules.ts'
import { checkRange } from './order-terms.ts'

/** The prices at which what a buy has bought is sold again. */
export interface Exits {
  readonly takeProfitPrice?: Price | undefined
  readonly stopLossPrice?: Price | undefined
  /** The worst price of the stop loss; without it, that sells at the market. */
  readonly stopLossLimitPrice?: Price | undefined
}

export type ExitsInput = Pick<PlaceOrderInput, keyof Exits>

export const hasExits = ({ takeProfitPrice, stopLossPrice }: Exits): boolean =>
  takeProfitPrice !== undefined || stopLossPrice !== undefined

/** The exits that an input gives, before they are checked with the prices of their order. */
export const readExits = ({
  takeProfitPrice,
  stopLossPrice,
  stopLossLimitPrice,
}: ExitsInput): Required<Exits> => ({
  takeProfitPrice: takeProfitPrice ?? undefined,
  stopLossPrice: stopLossPrice ?? undefined,
  stopLossLimitPrice: stopLossLimitPrice ?? undefined,
})

/** What of an order was sent. */
export interface Sent {
  /** The field of the input that a refusal of its size names. */
  readonly sizeField: string
  /** Whether its exits were sent with it; those of an order that is replaced may be as they were. */
  readonly isNew?: true
}

interface EntryTerms {
  readonly side: OrderSide
  readonly type: OrderType
  readonly limitPrice: Price | undefined
  readonly stopPrice: Price | undefined
  readonly stopLimitPrice?: Price | undefined
}

/** Checks the exits of an order, without the market: only a buy has any. */
export function checkExits(
  input: ExitsInput,
  entry: EntryTerms,
  rules: OrderRules,
): Required<Exits> {
  const takeProfitPrice = checkExit('takeProfitPrice', input, entry, rules)
  const stopLossPrice = checkExit('stopLossPrice', input, entry, rules)
  const stopLossLimitPrice = checkExit('stopLossLimitPrice', input, entry, rules)
  for (const price of pricesOf(entry)) {
    refuseWrongSide({ takeProfitPrice, stopLossPrice }, price, 'the price of the order')
  }
  if (
    takeProfitPrice !== undefined &&
    stopLossPrice !== undefined &&
    stopLossPrice >= takeProfitPrice
  ) {
    throw new BadInput('stopLossPrice', 'must be below the take-profit price')
  }
  if (stopLossLimitPrice !== undefined) refuseLossLimit(stopLossLimitPrice, stopLossPrice)
  return { takeProfitPrice, stopLossPrice, stopLossLimitPrice }
}

function refuseLossLimit(limit: Price, stopLossPrice: Price | undefined): void {
  const field = 'stopLossLimitPrice'
  if (stopLossPrice === undefined) throw new BadInput(field, 'belongs to a stop-loss price')
  if (limit > stopLossPrice) throw new BadInput(field, 'must be at most the stop-loss price')
}

/** The prices at which an entry may fill: an OCO order at either of the two. That of a trailing stop follows the market. */
function pricesOf({ type, limitPrice, stopPrice, stopLimitPrice }: EntryTerms): readonly Price[] {
  const prices =
    type === 'OCO' ? [limitPrice, stopLimitPrice ?? stopPrice] : [limitPrice ?? stopPrice]
  return prices.filter((price) => price !== undefined)
}

function checkExit(
  field: keyof ExitsInput,
  input: ExitsInput,
  { side }: EntryTerms,
  rules: OrderRules,
): Price | undefined {
  const price = input[field]
  if (price == null) return undefined
  if (side === 'SELL') throw new BadInput(field, 'belongs to a buy')
  return checkRange(field, price, rules)
}

/** A profit is above the price of the entry, a loss below it. */
function refuseWrongSide(
  { takeProfitPrice, stopLossPrice }: Exits,
  entry: Price,
  what: string,
): void {
  if (takeProfitPrice !== undefined && takeProfitPrice <= entry) {
    throw new BadInput('takeProfitPrice', `must be above ${what}`)
  }
  if (stopLossPrice !== undefined && stopLossPrice >= entry) {
    throw new BadInput('stopLossPrice', `must be below ${what}`)
  }
}

/** The price of some entries depends on the market: that of a trailing stop is not known before its first stop is. */
function refuseAtMarket(
  exits: Exits,
  type: OrderType,
  { market, stopPrice = market }: { readonly market: Price; readonly stopPrice: Price | undefined },
): void {
  if (type === 'MARKET') refuseWrongSide(exits, market, 'the market price')
  if (type === 'TRAILING_STOP') refuseWrongSide(exits, stopPrice, 'the stop price of the order')
}

interface Market {
  readonly quote: MarketQuote
  readonly rules: OrderRules
  readonly fees: FeeRates
}

/** Refuses exits on the wrong side of the market, and those whose sale could not be placed: worth too much, or nothing. */
export function refuseExits(
  request: Exits & Sent & { readonly type: OrderType },
  { quantity, stopPrice }: { readonly quantity: Quantity; readonly stopPrice: Price | undefined },
  { quote, rules, fees }: Market,
): void {
  if (!hasExits(request)) return
  const { type, takeProfitPrice, stopLossPrice, stopLossLimitPrice } = request
  const market = tradePrice('BUY', quote, quantity)
  refuseAtMarket(request, type, { market, stopPrice })
  const lowest = stopLossLimitPrice ?? stopLossPrice ?? takeProfitPrice ?? market
  const { maxValue } = rules
  const sale = { side: 'SELL', quantity, feeBasisPoints: fees.taker } as const
  if (tradeAmounts({ ...sale, price: lowest }).total <= 0n) {
    throw paysNothing(exitField(request, ['stopLossLimitPrice', 'stopLossPrice']))
  }
  const { value } = tradeAmounts({ ...sale, price: takeProfitPrice ?? lowest })
  if (value > maxValue) {
    throw new OrderTooLarge(value, maxValue, exitField(request, ['takeProfitPrice']))
  }
}

/** The first exit of a new order that is given; otherwise what decides its size. */
const exitField = (request: Exits & Sent, names: readonly (keyof Exits)[]): string =>
  (request.isNew && names.find((name) => request[name] !== undefined)) ?? request.sizeField

export interface Opening {
  /** The id of the order to open. */
  readonly exitId: string
  /** The sale that an earlier part of the buy has opened, as it is now. */
  readonly known?: Order | undefined
  readonly quote: MarketQuote
  readonly at: string
}

/** The sale of what a buy has bought, and as it was before, where an earlier part has opened it. */
export interface Exit {
  readonly exit: Order
  readonly exitBefore: Order | undefined
}

/** The same, where a fill may open nothing. */
export interface Opened {
  readonly exit?: Order | undefined
  readonly exitBefore?: Order | undefined
}

/**
 * The sale of what a fill of a buy has bought; undefined where the buy has no exits. A part adds to the sale that an earlier one has opened,
 * and opens another where that one has ended, so that a buy has at most one open.
 */
export function exitAfter(entry: Order, bought: Quantity, opening: Opening): Exit | undefined {
  const { known, at } = opening
  if (!hasExits(entry)) return undefined
  if (!known || !isOpen(known))
    return { exit: exitOf(entry, bought, opening), exitBefore: undefined }
  const quantity = addQuantity(known.quantity, bought)
  return { exit: { ...known, quantity, updatedAt: at }, exitBefore: known }
}

/** A limit, a stop, a stop-limit or an OCO order, by the exits of its buy. */
function saleAt({ takeProfitPrice, stopLossPrice: stopPrice, stopLossLimitPrice }: Exits) {
  if (stopPrice === undefined) return { type: 'LIMIT', limitPrice: takeProfitPrice } as const
  if (takeProfitPrice === undefined) {
    const type = stopLossLimitPrice === undefined ? 'STOP' : 'STOP_LIMIT'
    return { type, limitPrice: stopLossLimitPrice, stopPrice } as const
  }
  const stopLimitPrice = stopLossLimitPrice
  return { type: 'OCO', limitPrice: takeProfitPrice, stopPrice, stopLimitPrice } as const
}

/** The sale of a quantity that a buy has bought. */
export function exitOf(entry: Order, quantity: Quantity, { exitId, quote, at }: Opening): Order {
  return {
    id: exitId,
    username: entry.username,
    entryOrderId: entry.id,
    side: 'SELL',
    status: 'PENDING',
    assetId: entry.assetId,
    quantity,
    quoteAmount: undefined,
    feeBasisPoints: entry.feeBasisPoints,
    makerFeeBasisPoints: entry.makerFeeBasisPoints,
    ...saleAt(entry),
    judgedAt: entry.stopLossPrice === undefined ? undefined : quote.quotedAt,
    price: undefined,
    quotedAt: undefined,
    total: undefined,
    fee: undefined,
    heldCash: undefined,
    reason: undefined,
    timeInForce: 'GTC',
    expiresAt: undefined,
    createdAt: at,
    updatedAt: at,
    entrySequences: [],
  }
}
