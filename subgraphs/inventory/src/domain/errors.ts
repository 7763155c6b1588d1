import { DomainError } from '@cnop/kit/errors'

export class AssetNotFound extends DomainError {
  override readonly name = 'AssetNotFound'
  readonly code = 'ASSET_NOT_FOUND'

  constructor(assetId: string) {
    super(`No asset has the ticker ${assetId}.`, { assetId })
  }
}
