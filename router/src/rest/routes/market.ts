import { z } from 'zod'
import { field } from '../fields.ts'
import { defineRoute, type Route } from '../route.ts'

const text = z.string().nullable()
const number = z.number().nullable()

const listAsset = z.strictObject({
  asset_id: z.string(),
  name: z.string(),
  description: text,
  category: z.string(),
  price_usd: z.number().nonnegative(),
  is_active: z.boolean(),
  symbol: text,
  image: text,
  market_cap_rank: z.int().nullable(),
  price_change_percentage_24h: number,
  market_cap: number,
  total_volume_24h: number,
})

const wholeAsset = listAsset.extend({
  availability_status: z.enum(['available', 'unavailable']),
  high_24h: number,
  low_24h: number,
  price_change_24h: number,
  price_change_percentage_7d: number,
  price_change_percentage_30d: number,
  circulating_supply: number,
  total_supply: number,
  max_supply: number,
  ath: number,
  ath_change_percentage: number,
  ath_date: text,
  atl: number,
  atl_change_percentage: number,
  atl_date: text,
  last_updated: z.string(),
})

interface ListMarketData {
  readonly changePercent24h: number | null
  readonly marketCap: string | null
  readonly volume24h: string | null
}

interface Asset<MarketData = ListMarketData> {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly category: string
  readonly image: string | null
  readonly rank: number | null
  readonly isActive: boolean
  readonly quote: { readonly price: string; readonly quotedAt?: string } | null
  readonly marketData: MarketData
}

interface MarketData extends ListMarketData {
  readonly high24h: string | null
  readonly low24h: string | null
  readonly change24h: string | null
  readonly changePercent7d: number | null
  readonly changePercent30d: number | null
  readonly circulatingSupply: string | null
  readonly totalSupply: string | null
  readonly maxSupply: string | null
  readonly allTimeHigh: string | null
  readonly allTimeHighAt: string | null
  readonly allTimeHighChangePercent: number | null
  readonly allTimeLow: string | null
  readonly allTimeLowAt: string | null
  readonly allTimeLowChangePercent: number | null
}

/** Market figures are JSON numbers in this contract; exact amounts are never computed from them. */
const toNumber = (decimal: string | null): number | null =>
  decimal === null ? null : Number(decimal)

/** A capitalisation or volume of zero is unknown. */
const knownNumber = (decimal: string | null): number | null => toNumber(decimal) || null

const showListAsset = (asset: Asset): z.infer<typeof listAsset> => ({
  asset_id: asset.id,
  name: asset.name,
  description: asset.description,
  category: asset.category.toLowerCase(),
  price_usd: Number(asset.quote?.price ?? 0),
  is_active: asset.isActive,
  symbol: asset.id,
  image: asset.image,
  market_cap_rank: asset.rank,
  price_change_percentage_24h: asset.marketData.changePercent24h,
  market_cap: knownNumber(asset.marketData.marketCap),
  total_volume_24h: knownNumber(asset.marketData.volume24h),
})

const showMarketData = (market: MarketData) => ({
  high_24h: toNumber(market.high24h),
  low_24h: toNumber(market.low24h),
  price_change_24h: toNumber(market.change24h),
  price_change_percentage_7d: market.changePercent7d,
  price_change_percentage_30d: market.changePercent30d,
  circulating_supply: toNumber(market.circulatingSupply),
  total_supply: toNumber(market.totalSupply),
  max_supply: toNumber(market.maxSupply),
  ath: toNumber(market.allTimeHigh),
  ath_change_percentage: market.allTimeHighChangePercent,
  ath_date: market.allTimeHighAt,
  atl: toNumber(market.allTimeLow),
  atl_change_percentage: market.allTimeLowChangePercent,
  atl_date: market.allTimeLowAt,
})

interface Assets {
  readonly assets: { readonly nodes: readonly Asset[] }
  readonly everything: { readonly totalCount: number }
}

const listAssets = defineRoute({
  method: 'get',
  path: '/inventory/assets',
  tag: 'Market',
  summary: 'Lists the assets of the market by rank',
  isProtected: false,
  operation: 'RestAssets',
  status: 200,
  inputs: {
    query: z.object({
      limit: field.whole({ fallback: 50, min: 1, max: 250, description: 'At most this many.' }),
      active_only: field.flag(true, 'Only assets that can be traded.'),
    }),
  },
  variables: ({ query }) => ({ first: query.limit, activeOnly: query.active_only }),
  answer: z.strictObject({
    data: z.array(listAsset),
    total_count: z.int().meta({ description: 'All assets, inactive ones included.' }),
    active_count: z.int().meta({ description: 'Active assets within this page.' }),
  }),
  shape: ({ assets: { nodes }, everything }: Assets) => ({
    data: nodes.map(showListAsset),
    total_count: everything.totalCount,
    active_count: nodes.filter(({ isActive }) => isActive).length,
  }),
})

const readAsset = defineRoute({
  method: 'get',
  path: '/inventory/assets/{asset_id}',
  tag: 'Market',
  summary: 'Shows one asset, inactive ones included',
  isProtected: false,
  operation: 'RestAsset',
  status: 200,
  refusals: { 404: 'No asset has this ticker.' },
  inputs: { path: z.object({ asset_id: field.assetId }) },
  variables: ({ path }) => ({ id: path.asset_id }),
  answer: z.strictObject({ data: wholeAsset }),
  shape: ({ asset }: { readonly asset: Asset<MarketData> }, { call }) => ({
    data: {
      ...showListAsset(asset),
      availability_status: asset.isActive ? 'available' : 'unavailable',
      ...showMarketData(asset.marketData),
      last_updated: asset.quote?.quotedAt ?? call.nowIso,
    },
  }),
})

export const marketRoutes: readonly Route[] = [listAssets, readAsset]
