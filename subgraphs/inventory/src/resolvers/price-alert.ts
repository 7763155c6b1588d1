import { AssetNotFound } from '@cnop/quotes/errors'
import type { Context } from '../deps.ts'
import type { PriceAlert as PriceAlertModel } from '../domain/price-alert.ts'

export const PriceAlert = {
  asset: ({ assetId }: PriceAlertModel, _args: unknown, { catalogue }: Context) => {
    const asset = catalogue.get(assetId)
    if (!asset) throw new AssetNotFound(assetId)
    return asset
  },
  firedAt: ({ status, closedAt }: PriceAlertModel) => (status === 'FIRED' ? closedAt : null),
}
