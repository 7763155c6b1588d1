import { DomainError, Forbidden } from '@cnop/kit/errors'
import {
  formatPrice,
  formatQuantity,
  formatUsd,
  type Price,
  type Quantity,
  type Usd,
} from '@cnop/kit/money'
import type { Order, OrderStatus } from './order.ts'

export class QuoteStale extends DomainError {
  override readonly name = 'QuoteStale'
  readonly code = 'QUOTE_STALE'

  constructor(assetId: string, quotedAt: string) {
    super('The last known price is too old to trade on.', { assetId, quotedAt })
  }
}

/** A demo account whose history cannot be written, or not to its end. */
export class NoRoomForHistory extends Forbidden {
  constructor(why: 'moved money of its own' | 'was not opened long enough ago') {
    super(`The account ${why}, so it has no room for the history of a demo account.`)
  }
}

/** Too many of what one user may have. */
export class TooManyOrders extends DomainError {
  override readonly name = 'TooManyOrders'
  readonly code = 'LIMIT_REACHED'

  constructor(what: 'open orders' | 'recurring orders' | 'portfolio alerts', limit: number) {
    super(`You have as many ${what} as one user may have.`, { what, limit: String(limit) })
  }
}

export class PriceMoved extends DomainError {
  override readonly name = 'PriceMoved'
  readonly code = 'PRICE_MOVED'

  constructor(price: Price, worstPrice: Price) {
    super('The current price is worse than the worst price that the order accepts.', {
      price: formatPrice(price),
      worstPrice: formatPrice(worstPrice),
    })
  }
}

/** Below the minimum quantity or value, or would pay nothing. Details name the limit. */
export class OrderTooSmall extends DomainError {
  override readonly name = 'OrderTooSmall'
  readonly code = 'ORDER_TOO_SMALL'
}

export const quantityTooSmall = (least: Quantity, field: string): OrderTooSmall => {
  const minQuantity = formatQuantity(least)
  return new OrderTooSmall(`The smallest quantity of an order is ${minQuantity}.`, {
    field,
    minQuantity,
  })
}

export const valueTooSmall = (least: Usd, field: string): OrderTooSmall => {
  const minValue = formatUsd(least)
  return new OrderTooSmall(`The smallest order is worth $${minValue}.`, { field, minValue })
}

export const paysNothing = (field: string): OrderTooSmall =>
  new OrderTooSmall(
    'The sale would pay $0.00. Only a whole holding can be sold for nothing, at the market price.',
    { field },
  )

export class OrderTooLarge extends DomainError {
  override readonly name = 'OrderTooLarge'
  readonly code = 'ORDER_TOO_LARGE'

  constructor(value: Usd, limit: Usd, field: string) {
    super('The order is worth more than one order may be.', {
      field,
      value: formatUsd(value),
      limit: formatUsd(limit),
    })
  }
}

export class StopPriceReached extends DomainError {
  override readonly name = 'StopPriceReached'
  readonly code = 'STOP_PRICE_REACHED'

  constructor(price: Price, stopPrice: Price) {
    super('The market is at the stop price or beyond it already: the order would not wait.', {
      price: formatPrice(price),
      stopPrice: formatPrice(stopPrice),
    })
  }
}

/** Another request has given this name to an order. Details name that order. */
export class ClientOrderIdUsed extends DomainError {
  override readonly name = 'ClientOrderIdUsed'
  readonly code = 'CLIENT_ORDER_ID_USED'

  constructor(clientOrderId: string, orderId: string) {
    super('You have an order with this client order id.', { clientOrderId, orderId })
  }
}

export class OrderNotFound extends DomainError {
  override readonly name = 'OrderNotFound'
  readonly code = 'ORDER_NOT_FOUND'

  constructor(orderId: string) {
    super('You have no such order.', { orderId })
  }
}

export class RecurringOrderNotFound extends DomainError {
  override readonly name = 'RecurringOrderNotFound'
  readonly code = 'RECURRING_ORDER_NOT_FOUND'

  constructor(id: string) {
    super('You have no such recurring order.', { id })
  }
}

export class PortfolioAlertNotFound extends DomainError {
  override readonly name = 'PortfolioAlertNotFound'
  readonly code = 'PORTFOLIO_ALERT_NOT_FOUND'

  constructor(id: string) {
    super('You have no such alert on your portfolio.', { id })
  }
}

/** The user has an active alert on the portfolio that waits for the same. */
export class PortfolioAlertExists extends DomainError {
  override readonly name = 'PortfolioAlertExists'
  readonly code = 'PORTFOLIO_ALERT_EXISTS'

  constructor(field: 'value' | 'changeBasisPoints') {
    super('You have an equal alert on your portfolio that is active.', {
      field,
      reason: 'is that of an equal alert that you have already',
    })
  }
}

/** The alert would fire at once. */
export class PortfolioAlertMet extends DomainError {
  override readonly name = 'PortfolioAlertMet'
  readonly code = 'PORTFOLIO_ALERT_MET'

  constructor(direction: 'ABOVE' | 'BELOW', current: Usd) {
    const way = direction === 'ABOVE' ? 'above' : 'below'
    super(`Your portfolio is worth that, or is ${way} it, already.`, {
      field: 'value',
      reason: `must be ${way} the current value, ${formatUsd(current)}`,
    })
  }
}

export class OrderNotReplaceable extends DomainError {
  override readonly name = 'OrderNotReplaceable'
  readonly code = 'ORDER_NOT_REPLACEABLE'

  constructor(orderId: string, status: OrderStatus) {
    super('The order has ended, or fills at the market now, and cannot be replaced.', {
      orderId,
      status,
    })
  }
}

export class OrderNotCancellable extends DomainError {
  override readonly name = 'OrderNotCancellable'
  readonly code = 'ORDER_NOT_CANCELLABLE'

  constructor({ id: orderId, status, replacedBy }: Pick<Order, 'id' | 'status' | 'replacedBy'>) {
    const [text, by] =
      replacedBy === undefined
        ? ['The order is in a final state.', {}]
        : [`The order was replaced: cancel ${replacedBy}.`, { replacedBy }]
    super(text, { orderId, status, ...by })
  }
}
