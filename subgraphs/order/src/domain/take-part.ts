import { invariant } from '@cnop/kit/errors'
import { type Usd, zeroQuantity, zeroUsd } from '@cnop/kit/money'
import { buyEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import { type Liquidity, type Order, restOf } from './order.ts'
import { agreedRates, waitingFee } from './order-fee.ts'
import type { MarketQuote } from './order-rules.ts'
import { mayWait } from './order-terms.ts'
import { amountsOf, averageOf, type Fill, holdForRest, type Part, progressOf } from './parts.ts'

export interface PartMoment {
  readonly liquidity: Liquidity
  readonly at: string
  readonly quote: MarketQuote
  /** The order whose hold pays: that of an order that waits is its own, that of a new one is of the order that it replaces. */
  readonly holder: Order | undefined
}

/** An order after a part of it has filled, with the movement of money and the part itself. */
export interface PartStep {
  readonly order: Order
  readonly entry: Entry
  readonly fill: Fill
}

/** Trades a part of an order. What the rest needs stays set aside. */
export function takePart(order: Order, part: Part, moment: PartMoment): PartStep {
  const { username, id: orderId } = order
  const { price, quantity, total, fee } = part
  const { liquidity, at: filledAt, holder } = moment
  const filled = filledBy(order, part, moment)
  const { fillCount: number = 1 } = filled
  const fill = { orderId, username, number, price, quantity, total, fee, liquidity, filledAt }
  return { order: filled, entry: partEntry(filled, part, holder), fill }
}

function filledBy(order: Order, part: Part, { liquidity, at, quote }: PartMoment): Order {
  const { side, fillCount = 0 } = order
  const { after } = part
  const { total, fee } = amountsOf(side, after)
  const traded: Order = {
    ...order,
    status: part.isWhole ? 'COMPLETED' : 'PARTIALLY_FILLED',
    ...{ filledQuantity: after.quantity, filledValue: after.value, filledFee: after.fee },
    fillCount: fillCount + 1,
    price: averageOf(side, after),
    quotedAt: quote.quotedAt,
    ...{ total, fee },
    // Who took once is shown as a taker.
    liquidity: order.liquidity === 'TAKER' ? 'TAKER' : liquidity,
    updatedAt: at,
  }
  return { ...traded, heldCash: side === 'BUY' ? holdOfRest(traded) : undefined }
}

/** What waits of an order after a part has filled. */
const waitingRest = (order: Order) => (mayWait(order.timeInForce) ? restOf(order) : zeroQuantity)

/** The cash that the rest of a buy sets aside: at its limit, and with the highest fee that it may pay; undefined where nothing waits. */
function holdOfRest(order: Order): Usd | undefined {
  const { limitPrice: price, type } = order
  const quantity = waitingRest(order)
  if (quantity === 0n) return undefined
  invariant(price !== undefined, 'An order that fills in parts has a limit.')
  const { feeBasisPoints } = waitingFee(type, agreedRates(order))
  return holdForRest(progressOf(order), { price, quantity, feeBasisPoints })
}

function partEntry(filled: Order, part: Part, holder: Order | undefined): Entry {
  const { id: orderId, side, assetId, heldCash = zeroUsd } = filled
  const { quantity, price, total, fee } = part
  const replacedOrderId = holder?.id === orderId ? undefined : holder?.id
  const terms = { orderId, assetId, quantity, price, total, fee, replacedOrderId }
  if (side === 'BUY') {
    return buyEntry({ ...terms, heldBefore: holder?.heldCash ?? zeroUsd, heldAfter: heldCash })
  }
  const heldBefore = holder ? restOf(holder) : zeroQuantity
  return sellEntry({ ...terms, heldBefore, heldAfter: waitingRest(filled) })
}
