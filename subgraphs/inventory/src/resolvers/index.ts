import type { Resolvers } from '../generated/resolvers.ts'
import { Asset, Candle, MarketData } from './asset.ts'
import { Mutation } from './mutation.ts'
import { Portfolio } from './portfolio.ts'
import { Query } from './query.ts'
import { User } from './user.ts'
import { requireOwner } from '@cnop/kit/identity'
import { saleProceeds } from '@cnop/quotes/trade-amounts'
import type { Context } from '../deps.ts'
import { changeOf, marketValue } from '../domain/valuation.ts'
import { type HoldingReference, readHolding } from './representations.ts'
import { AssetNotFound } from '@cnop/quotes/errors'
import type { Notification as NotificationModel } from '@cnop/outbox/notification'
import { fromRecord } from '../store/alert-record.ts'
import type { PriceAlert as PriceAlertModel } from '../domain/price-alert.ts'

const PriceAlert = {
  asset: ({ assetId }: PriceAlertModel, _args: unknown, { catalogue }: Context) => {
    const asset = catalogue.get(assetId)
    if (!asset) throw new AssetNotFound(assetId)
    return asset
  },
  repeats: ({ repeat }: PriceAlertModel) => repeat !== undefined,
  rearmPrice: ({ repeat }: PriceAlertModel) => repeat?.rearmAt,
  isArmed: ({ status, repeat }: PriceAlertModel) =>
    status === 'ACTIVE' && (repeat?.isArmed ?? true),
  fireCount: ({ status, repeat }: PriceAlertModel) => repeat?.fires ?? (status === 'FIRED' ? 1 : 0),
  firedAt: ({ status, closedAt, repeat }: PriceAlertModel) =>
    repeat ? repeat.firedAt.at(-1) : status === 'FIRED' ? closedAt : null,
}

const Notification = {
  alert: ({ detail }: NotificationModel) => (detail === undefined ? null : fromRecord(detail)),
}

function valueOf({ assetId, quantity }: HoldingReference, { catalogue }: Context) {
  const price = catalogue.get(assetId)?.price
  return price === undefined || quantity === undefined ? undefined : marketValue(price, quantity)
}

const Holding = {
  __resolveReference: (reference: unknown, context: Context): HoldingReference => {
    const holding = readHolding(reference)
    requireOwner(context, holding.username)
    return holding
  },
  marketValue: (holding: HoldingReference, _args: unknown, context: Context) =>
    valueOf(holding, context),
  unrealisedProfit: (holding: HoldingReference, _args: unknown, context: Context) => {
    const { catalogue, feeBasisPoints } = context
    const { assetId, quantity, costBasis } = holding
    const price = catalogue.get(assetId)?.price
    if (price === undefined || quantity === undefined || costBasis === undefined) return null
    return changeOf(saleProceeds({ price, quantity, feeBasisPoints }), costBasis)
  },
}

export const resolvers = {
  Query,
  Mutation,
  Asset,
  Candle,
  MarketData,
  Portfolio,
  Holding,
  User,
  PriceAlert,
  Notification,
} satisfies Resolvers
