import { BadInput } from '@cnop/kit/errors'
import {
  formatPrice,
  formatQuantity,
  formatUsd,
  type Price,
  type Quantity,
  type Usd,
} from '@cnop/kit/money'
import { type NamedLot, packNamedLots } from '@cnop/ledger/lots'
import { checkTicker } from '@cnop/quotes/quote'
import { checkExits, type Exits, type Sent } from './exit.ts'
import { readLots } from './named-lots.ts'
import type { OrderSide, OrderType, TimeInForce } from './order.ts'
import type { OrderRules } from './order-rules.ts'
import { checkTerms, type OrderInput, type Terms } from './order-terms.ts'

/** How large an order is: so much of the asset, or as much of it as a market order can trade for an amount of cash. */
export type OrderSize =
  | { readonly quantity: Quantity; readonly quoteAmount: undefined }
  | { readonly quantity: undefined; readonly quoteAmount: Usd }

/** A validated order; the market and the account are not checked yet. */
export type OrderRequest = OrderSize &
  Terms &
  Exits &
  Sent & {
    readonly side: OrderSide
    readonly type: OrderType
    readonly assetId: string
    readonly clientOrderId: string | undefined
    /** The lots that a sale takes, where it names them. */
    readonly lots?: readonly NamedLot[] | undefined
    /** For a trailing stop that replaces another: the best price that one had followed. */
    readonly bestPrice?: Price | undefined
  }

/** Printable ASCII; a blank at an end would be invisible. */
const clientOrderIdShape = /^[!-~](?:[ -~]{0,62}[!-~])?$/

/** Checks the name that a client gave its order. */
export function checkClientOrderId(text: string): string {
  if (clientOrderIdShape.test(text)) return text
  throw new BadInput(
    'clientOrderId',
    'must be 1 to 64 printable ASCII characters without a blank at an end',
  )
}

export const readClientOrderId = ({
  clientOrderId,
}: Pick<OrderInput, 'clientOrderId'>): string | undefined =>
  clientOrderId == null ? undefined : checkClientOrderId(clientOrderId)

/** Checks that depend on neither the clock nor the market, so that a repeat has the same result. */
export function checkRequest(input: OrderInput, rules: OrderRules): OrderRequest {
  const assetId = checkTicker(input.assetId)
  const terms = checkTerms(input, rules)
  return {
    side: input.side,
    type: input.type,
    assetId,
    ...checkSize(input),
    sizeField: input.quoteAmount == null ? 'quantity' : 'quoteAmount',
    isNew: true,
    clientOrderId: readClientOrderId(input),
    lots: readLots(input),
    ...terms,
    ...checkExits(input, { ...input, ...terms }, rules),
  }
}

/** Exactly one of quantity and quoteAmount, more than zero. */
function checkSize({ type, quantity, quoteAmount }: OrderInput): OrderSize {
  if (quoteAmount == null) {
    if (quantity == null) {
      const orElse = type === 'MARKET' ? 'is required, unless quoteAmount is given' : 'is required'
      throw new BadInput('quantity', orElse)
    }
    if (quantity <= 0n) throw new BadInput('quantity', 'must be more than zero')
    return { quantity, quoteAmount: undefined }
  }
  if (type !== 'MARKET') throw new BadInput('quoteAmount', 'belongs to a market order')
  if (quantity != null) throw new BadInput('quoteAmount', 'cannot be combined with quantity')
  if (quoteAmount <= 0n) throw new BadInput('quoteAmount', 'must be more than zero')
  return { quantity: undefined, quoteAmount }
}

const isUsual = (timeInForce: TimeInForce): boolean =>
  timeInForce === 'GTC' || timeInForce === 'GTD'

/** The prices that are given, as texts. */
export const priceTexts = (
  prices: Readonly<Record<string, Price | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(prices).flatMap(([name, price]) =>
      price === undefined ? [] : [[name, formatPrice(price)]],
    ),
  )

/** The request as plain JSON: the same order always gives the same text, for comparing repeats. */
export function requestJson(request: OrderRequest): Record<string, string | null> {
  const { side, type, assetId, quantity, quoteAmount, limitPrice, worstPrice, expiresAt } = request
  const { stopPrice, stopLimitPrice, trailAmount, trailBasisPoints } = request
  const { takeProfitPrice, stopLossPrice, stopLossLimitPrice } = request
  const prices = { stopPrice, stopLimitPrice, trailAmount, takeProfitPrice, stopLossPrice }
  return {
    side,
    type,
    assetId,
    quantity: quantity === undefined ? null : formatQuantity(quantity),
    // Left out when absent, so that keys used before the field existed still match.
    ...(quoteAmount !== undefined && { quoteAmount: formatUsd(quoteAmount) }),
    limitPrice: limitPrice === undefined ? null : formatPrice(limitPrice),
    ...priceTexts({ ...prices, stopLossLimitPrice }),
    ...(trailBasisPoints !== undefined && { trailBasisPoints: String(trailBasisPoints) }),
    worstPrice: worstPrice === undefined ? null : formatPrice(worstPrice),
    expiresAt: expiresAt ?? null,
    ...optionalJson(request),
  }
}

const optionalJson = ({ timeInForce, clientOrderId, lots }: OrderRequest) => ({
  // GTC and GTD follow from the expiry.
  ...(timeInForce !== undefined && !isUsual(timeInForce) && { timeInForce }),
  ...(clientOrderId !== undefined && { clientOrderId }),
  ...(lots && { lots: packNamedLots(lots) }),
})
