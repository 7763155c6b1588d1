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
import { checkLimitPrice, checkTimeInForce, type Terms } from './order-terms.ts'
import type { Circumstances } from './plan-order.ts'

/** What a replacement changes; everything else stays as it was. */
export interface Changes {
  readonly quantity: Quantity | undefined
  readonly limitPrice: Price | undefined
  /** How long the new order waits; undefined leaves that as it was. */
  readonly wait: Pick<Terms, 'timeInForce' | 'expiresAt'> | undefined
  readonly clientOrderId: string | undefined
}

/** Checks that depend on neither the order nor the clock, so that a repeat has the same result. */
export function checkChanges(input: ReplaceOrderInput, rules: OrderRules): Changes {
  const { quantity, limitPrice, timeInForce, expiresAt } = input
  if ([quantity, limitPrice, timeInForce, expiresAt].every((given) => given == null)) {
    throw new BadInput('quantity', 'or limitPrice, timeInForce or expiresAt is required')
  }
  if (quantity != null && quantity <= 0n) throw new BadInput('quantity', 'must be more than zero')
  return {
    quantity: quantity ?? undefined,
    limitPrice: limitPrice == null ? undefined : checkLimitPrice(limitPrice, rules),
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
export const changesJson = ({ quantity, limitPrice, wait, clientOrderId }: Changes) => ({
  quantity: quantity === undefined ? null : formatQuantity(quantity),
  limitPrice: limitPrice === undefined ? null : formatPrice(limitPrice),
  timeInForce: wait?.timeInForce ?? null,
  expiresAt: wait?.expiresAt ?? null,
  clientOrderId: clientOrderId ?? null,
})

/** Refuses to replace an order that has ended, or whose time has passed. */
export function refuseEnded(order: Order, nowMs: number): void {
  if (!isOpen(order)) throw new OrderNotReplaceable(order.id, order.status)
  if (isDue(order, nowMs)) throw new OrderNotReplaceable(order.id, 'EXPIRED')
}

/** The order that replaces another, as a request. A DAY order that can still be replaced ends on the day it would have ended. */
export function replacementOf(order: Order, changes: Changes): OrderRequest {
  const { side, type, assetId, expiresAt } = order
  return {
    side,
    type,
    assetId,
    quantity: changes.quantity ?? order.quantity,
    quoteAmount: undefined,
    limitPrice: changes.limitPrice ?? order.limitPrice,
    worstPrice: undefined,
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
