import { DomainError } from '@cnop/kit/errors'

export class AssetNotFound extends DomainError {
  override readonly name = 'AssetNotFound'
  readonly code = 'ASSET_NOT_FOUND'

  constructor(assetId: string) {
    super('No asset has this ticker.', { assetId })
  }
}

export class AssetNotTradable extends DomainError {
  override readonly name = 'AssetNotTradable'
  readonly code = 'ASSET_NOT_TRADABLE'

  constructor(assetId: string) {
    super('The asset cannot be traded now.', { assetId })
  }
}

/** A reading was outside the price band, and no further readings have confirmed it yet. */
export class AssetHalted extends DomainError {
  override readonly name = 'AssetHalted'
  readonly code = 'ASSET_HALTED'

  constructor(assetId: string, haltedSince: string) {
    super('Trading is halted until further readings agree on the price.', { assetId, haltedSince })
  }
}
