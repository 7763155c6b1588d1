import { DomainError } from '@cnop/kit/errors'
import { formatPrice, type Price } from '@cnop/kit/money'

export class AssetNotFound extends DomainError {
  override readonly name = 'AssetNotFound'
  readonly code = 'ASSET_NOT_FOUND'

  constructor(assetId: string) {
    super(`No asset has the ticker ${assetId}.`, { assetId })
  }
}

export class AssetNotTradable extends DomainError {
  override readonly name = 'AssetNotTradable'
  readonly code = 'ASSET_NOT_TRADABLE'

  constructor(assetId: string) {
    super('The asset is not traded now, so that its price cannot move.', { assetId })
  }
}

/** The alert would fire before anybody could look away. */
export class PriceAlertMet extends DomainError {
  override readonly name = 'PriceAlertMet'
  readonly code = 'PRICE_ALERT_MET'

  constructor(direction: 'ABOVE' | 'BELOW', current: Price) {
    const place = direction === 'ABOVE' ? 'at or above' : 'at or below'
    super(`The price is ${place} the alert's already.`, {
      field: 'price',
      reason: `the current price is ${formatPrice(current)}`,
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

/** The key belongs to an earlier command with other input. */
export class IdempotencyKeyReused extends DomainError {
  override readonly name = 'IdempotencyKeyReused'
  readonly code = 'IDEMPOTENCY_KEY_REUSED'

  constructor(key: string) {
    super('The key was used for a different request.', { key })
  }
}
