import { invariant } from '@cnop/kit/errors'
import { subtractUsd, type Usd, zeroQuantity, zeroUsd } from '@cnop/kit/money'
import { buyEntry, type Entry, sellEntry } from '@cnop/ledger/entry'
import { exitAfter, type Opened, type Opening } from './exit.ts'
import { type ChosenLots, lotsFor } from './named-lots.ts'
import { type Liquidity, type Order, restOf } from './order.ts'
import { agreedRates, waitingFee } from './order-fee.ts'
import { mayWait } from './order-terms.ts'
import { amountsOf, averageOf, type Fill, holdForRest, type Part, progressOf } from './parts.ts'
import { holdPrice, type HoldRules } from './stop.ts'

export interface PartMoment extends Opening {
  readonly liquidity: Liquidity
  readonly rules: HoldRules
  /** The lots of the asset, packed. */
  readonly lots: string
  /** The order whose hold pays: that of an order that waits is its own, that of a new one is of the order that it replaces. */
  readonly holder: Order | undefined
}

/** An order after a part of it has filled, with the movement of money and the part itself. */
export interface PartStep extends Opened {
  readonly order: Order
  readonly entry: Entry
  readonly fill: Fill
}

/** Trades a part of an order. What the rest needs stays set aside. */
export function takePart(order: Order, part: Part, moment: PartMoment): PartStep {
  const { username, id: orderId } = order
  const { price, quantity, total, fee } = part
  const { liquidity, at: filledAt, holder } = moment
  const opened = exitAfter(order, quantity, moment)
  const { exitOrderId } = order
  const { namedLots, lotsGone } = lotsFor(order, quantity, moment.lots)
  const traded = { ...filledBy(order, part, moment), lotsGone }
  const filled = { ...traded, exitOrderId: opened?.exit.id ?? exitOrderId }
  const { fillCount: number = 1 } = filled
  const fill = { orderId, username, number, price, quantity, total, fee, liquidity, filledAt }
  const entry = partEntry(filled, part, { holder, openedOrderId: opened?.exit.id, namedLots })
  return { order: filled, entry, fill, ...opened }
}

function filledBy(order: Order, part: Part, moment: PartMoment): Order {
  const { side, fillCount = 0 } = order
  const { liquidity, at, quote } = moment
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
  return { ...traded, heldCash: side === 'BUY' ? holdOfRest(traded, part, moment) : undefined }
}

/** What waits of an order after a part has filled. */
const waitingRest = (order: Order) => (mayWait(order.timeInForce) ? restOf(order) : zeroQuantity)

/**
 * The cash that the rest of a buy sets aside: at the worst price that it may fill at, and with the highest fee that it may pay; undefined where
 * nothing waits. Never more than the order has left, whatever stops are configured to set aside by now.
 */
function holdOfRest(order: Order, { total }: Part, { holder, rules }: PartMoment): Usd | undefined {
  const quantity = waitingRest(order)
  if (quantity === 0n) return undefined
  const price = holdPrice(order, rules)
  invariant(price !== undefined, 'An order that fills in parts has a limit.')
  const { feeBasisPoints } = waitingFee(order.type, agreedRates(order))
  const needed = holdForRest(progressOf(order), { price, quantity, feeBasisPoints })
  if (holder?.id !== order.id) return needed
  const left = subtractUsd(holder.heldCash ?? zeroUsd, total)
  return needed < left ? needed : left
}

interface Others {
  readonly holder: Order | undefined
  /** The sale that what is bought is set aside for. */
  readonly openedOrderId: string | undefined
  readonly namedLots: ChosenLots['namedLots']
}

function partEntry(filled: Order, part: Part, others: Others): Entry {
  const { holder, openedOrderId, namedLots } = others
  const { id: orderId, side, assetId, heldCash = zeroUsd } = filled
  const { quantity, price, total, fee } = part
  const replacedOrderId = holder?.id === orderId ? undefined : holder?.id
  const terms = { orderId, assetId, quantity, price, total, fee, replacedOrderId }
  if (side === 'BUY') {
    const heldBefore = holder?.heldCash ?? zeroUsd
    return buyEntry({ ...terms, heldBefore, heldAfter: heldCash, openedOrderId })
  }
  const heldBefore = holder ? restOf(holder) : zeroQuantity
  return sellEntry({ ...terms, heldBefore, heldAfter: waitingRest(filled), namedLots })
}
