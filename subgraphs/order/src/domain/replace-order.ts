import { BadInput } from '@cnop/kit/errors'
import {
  addQuantity,
  formatPrice,
  formatQuantity,
  type Price,
  type Quantity,
  subtractQuantity,
} from '@cnop/kit/money'
import type { ReplaceOrderInput } from '../generated/resolvers.ts'
import { OrderNotReplaceable } from './errors.ts'
import { isDue } from './open-order.ts'
import { isOpen, type Order, timeInForceOf } from './order.ts'
import { checkClientOrderId, type OrderRequest } from './order-request.ts'
import type { OrderRules } from './order-rules.ts'
import { checkRange, checkTerms, checkTimeInForce, type Terms } from './order-terms.ts'
import type { Circumstances } from './plan-order.ts'

/** What a replacement changes; everything else stays as it was. */
export interface Changes {
  readonly quantity: Quantity | undefined
  readonly limitPrice: Price | undefined
  readonly stopPrice: Price | undefined
  /** How long the new order waits; undefined leaves that as it was. */
  readonly wait: Pick<Terms, 'timeInForce' | 'expiresAt'> | undefined
  readonly clientOrderId: string | undefined
}

/** Checks that depend on neither the order nor the clock, so that a repeat has the same result. */
export function checkChanges(input: ReplaceOrderInput, rules: OrderRules): Changes {
  const { quantity, limitPrice, stopPrice, timeInForce, expiresAt } = input
  if ([quantity, limitPrice, stopPrice, timeInForce, expiresAt].every((given) => given == null)) {
    throw new BadInput('quantity', 'or a price, timeInForce or expiresAt is required')
  }
  if (quantity != null && quantity <= 0n) throw new BadInput('quantity', 'must be more than zero')
  return {
    quantity: quantity ?? undefined,
    limitPrice: limitPrice == null ? undefined : checkRange('limitPrice', limitPrice, rules),
    stopPrice: stopPrice == null ? undefined : checkRange('stopPrice', stopPrice, rules),
    wait: timeInForce == null && expiresAt == null ? undefined : checkWait(input),
    clientOrderId: checkClientOrderId(input.clientOrderId),
  }
}

/** An order that may not wait could end unfilled, and then neither of the two would be open. */
function checkWait(input: ReplaceOrderInput): NonNullable<Changes['wait']> {
  const { timeInForce } = input
  if (timeInForce === 'IOC' || timeInForce === 'FOK') {
    throw new BadInput('timeInForce', 'of a replacement is GTC, GTD or DAY')
  }
  return checkTimeInForce(input)
}

/** The changes as plain JSON, for comparing repeats. */
export const changesJson = ({ quantity, limitPrice, stopPrice, wait, clientOrderId }: Changes) => ({
  quantity: quantity === undefined ? null : formatQuantity(quantity),
  limitPrice: limitPrice === undefined ? null : formatPrice(limitPrice),
  ...(stopPrice !== undefined && { stopPrice: formatPrice(stopPrice) }),
  timeInForce: wait?.timeInForce ?? null,
  expiresAt: wait?.expiresAt ?? null,
  clientOrderId: clientOrderId ?? null,
})

/** Refuses to replace an order that has ended, whose time has passed, or that is about to fill at the market. */
export function refuseEnded(order: Order, nowMs: number): void {
  if (!isOpen(order)) throw new OrderNotReplaceable(order.id, order.status)
  if (isDue(order, nowMs)) throw new OrderNotReplaceable(order.id, 'EXPIRED')
  if (order.type === 'STOP' && order.triggeredAt !== undefined) {
    throw new OrderNotReplaceable(order.id, order.status)
  }
}

/**
 * The order that replaces another, as a request. A DAY order that can still be replaced ends on the day it would have ended. A stop-limit
 * order that was triggered is a limit order from then on, and so is the one that replaces it.
 */
export function replacementOf(order: Order, changes: Changes, rules: OrderRules): OrderRequest {
  const { side, assetId, expiresAt } = order
  const type = order.type === 'STOP_LIMIT' && order.triggeredAt !== undefined ? 'LIMIT' : order.type
  const stopPrice = type === 'LIMIT' ? undefined : order.stopPrice
  const prices = {
    limitPrice: changes.limitPrice ?? order.limitPrice ?? null,
    stopPrice: changes.stopPrice ?? stopPrice ?? null,
  }
  return {
    side,
    assetId,
    quantity: changes.quantity ?? order.quantity,
    quoteAmount: undefined,
    ...{ type, ...checkTerms({ type, ...prices }, rules) },
    ...(changes.wait ?? { timeInForce: timeInForceOf(order), expiresAt }),
    clientOrderId: changes.clientOrderId,
  }
}

/** The circumstances of a replacement: what the replaced order holds is available to it, and its place among the open orders too. */
export function withoutHold(now: Circumstances, { side, quantity }: Order): Circumstances {
  const freed = { ...now, open: 0 }
  if (side === 'BUY') return freed
  return {
    ...freed,
    available: addQuantity(now.available, quantity),
    held: subtractQuantity(now.held, quantity),
  }
}

/** The replaced order as it ends: its hold went to the order that replaces it. */
export const replacedOrder = (order: Order, replacedBy: string, at: string): Order => ({
  ...order,
  status: 'CANCELLED',
  replacedBy,
  heldCash: undefined,
  updatedAt: at,
})
