import { toIso } from '@cnop/kit/clock'
import type { Candle as CandleRow } from '@cnop/quotes/candles'
import { type Book, bookOf } from '@cnop/quotes/liquidity'
import { logoPath } from '@cnop/quotes/logo'
import { percentChange } from '@cnop/quotes/percent'
import type { Context } from '../deps.ts'
import type { Asset as AssetRecord } from '../domain/asset.ts'
import { changeSince } from '../domain/sort-assets.ts'
import type { AssetCandlesArgs, RequireFields } from '../generated/resolvers.ts'

/** The market of an asset at its price. */
function bookFor(asset: AssetRecord, { liquidity }: Context): Book | undefined {
  const { price, quotedAt } = asset
  return price === undefined || quotedAt === undefined
    ? undefined
    : bookOf(liquidity, { ...asset, price, quotedAt })
}

export const Asset = {
  __resolveReference: ({ id }: { readonly id: string }, { catalogue }: Context) =>
    catalogue.get(id.toUpperCase()) ?? null,
  id: ({ assetId }: AssetRecord) => assetId,
  image: ({ assetId }: AssetRecord) => logoPath(assetId),
  quote: ({ price, quotedAt }: AssetRecord) =>
    price === undefined || quotedAt === undefined ? null : { price, quotedAt },
  bid: (asset: AssetRecord, _args: unknown, context: Context) =>
    bookFor(asset, context)?.bids[0]?.price,
  ask: (asset: AssetRecord, _args: unknown, context: Context) =>
    bookFor(asset, context)?.asks[0]?.price,
  depth: (asset: AssetRecord, _args: unknown, context: Context) => {
    const { depth, spread } = context.liquidity
    const book = depth === undefined ? undefined : bookFor(asset, context)
    return book ? { ...book, simulated: [depth, spread].includes('simulated') } : null
  },
  halted: ({ haltedSince }: AssetRecord) => haltedSince !== undefined,
  marketData: (asset: AssetRecord) => asset,
  sparkline: ({ assetId }: AssetRecord, _args: unknown, { history }: Context) =>
    history.sparkline(assetId),
  candles: (
    { assetId }: AssetRecord,
    { range }: RequireFields<AssetCandlesArgs, 'range'>,
    { history }: Context,
  ) => history.candles(assetId, range),
}

export const Candle = {
  startsAt: ({ startsAtMs }: CandleRow) => toIso(startsAtMs),
}

const changeInDollars = ({ price, figures: { dayAgoPrice } }: AssetRecord) =>
  price === undefined || dayAgoPrice === undefined ? null : price - dayAgoPrice

export const MarketData = {
  high24h: async (asset: AssetRecord, _args: unknown, { history }: Context) =>
    (await history.dayRange(asset))?.high,
  low24h: async (asset: AssetRecord, _args: unknown, { history }: Context) =>
    (await history.dayRange(asset))?.low,
  change24h: changeInDollars,
  changePercent24h: (asset: AssetRecord) => changeSince(asset, asset.figures.dayAgoPrice),
  changePercent7d: (asset: AssetRecord) => changeSince(asset, asset.figures.weekAgoPrice),
  changePercent30d: (asset: AssetRecord) => changeSince(asset, asset.figures.monthAgoPrice),
  marketCap: ({ figures }: AssetRecord) => figures.marketCap,
  marketCapChangePercent24h: ({ figures: { marketCap, dayAgoMarketCap } }: AssetRecord) =>
    marketCap === undefined ? undefined : percentChange(marketCap, dayAgoMarketCap),
  volume24h: ({ figures }: AssetRecord) => figures.volume24h,
  circulatingSupply: ({ figures }: AssetRecord) => figures.circulatingSupply,
  totalSupply: ({ figures }: AssetRecord) => figures.totalSupply,
  maxSupply: ({ figures }: AssetRecord) => figures.maxSupply,
  allTimeHigh: ({ figures }: AssetRecord) => figures.allTimeHigh,
  allTimeHighChangePercent: (asset: AssetRecord) => changeSince(asset, asset.figures.allTimeHigh),
  allTimeHighAt: ({ figures }: AssetRecord) => figures.allTimeHighAt,
  allTimeLow: ({ figures }: AssetRecord) => figures.allTimeLow,
  allTimeLowChangePercent: (asset: AssetRecord) => changeSince(asset, asset.figures.allTimeLow),
  allTimeLowAt: ({ figures }: AssetRecord) => figures.allTimeLowAt,
}
