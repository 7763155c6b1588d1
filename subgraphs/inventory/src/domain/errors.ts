import { DomainError } from '@cnop/kit/errors'
import { formatPrice, type Price } from '@cnop/kit/money'

/** The alert would fire at once. */
export class PriceAlertMet extends DomainError {
  override readonly name = 'PriceAlertMet'
  readonly code = 'PRICE_ALERT_MET'

  constructor(direction: 'ABOVE' | 'BELOW', current: Price) {
    const [place, way] = direction === 'ABOVE' ? ['at or above', 'above'] : ['at or below', 'below']
    super(`The price is ${place} the alert's already.`, {
      field: 'price',
      reason: `must be ${way} the current price, ${formatPrice(current)}`,
    })
  }
}

/** The user has an active alert that waits for the same. */
export class PriceAlertExists extends DomainError {
  override readonly name = 'PriceAlertExists'
  readonly code = 'PRICE_ALERT_EXISTS'

  constructor(field: 'price' | 'changeBasisPoints') {
    const what = field === 'price' ? 'price' : 'change'
    super('You have an equal price alert that is active.', {
      field,
      reason: `is the ${what} of an equal alert that you have already`,
    })
  }
}

export class PriceAlertNotFound extends DomainError {
  override readonly name = 'PriceAlertNotFound'
  readonly code = 'PRICE_ALERT_NOT_FOUND'

  constructor(alertId: string) {
    super('You have no such price alert.', { alertId })
  }
}

export class LimitReached extends DomainError {
  override readonly name = 'LimitReached'
  readonly code = 'LIMIT_REACHED'

  constructor(what: string, limit: number) {
    super(`You have as many ${what} as one user may have.`, { what, limit: String(limit) })
  }
}
