import { price, quantity, subtractUsd, usd } from '@cnop/kit/money'
import type { Facts } from '../domain/facts.ts'
import { type AssetPrice, computeFigures, type Figures } from '../domain/figures.ts'

/** One unit of an asset, in dollars. */
export interface SampleAsset {
  readonly worth: string
  /** What the unit that is held was worth a day ago; without it the change over the day is unknown. */
  readonly dayAgo?: string
  readonly paid?: string
  readonly isStable?: boolean
}

export interface SampleTrade {
  readonly minutesAgo: number
  readonly total?: string
  readonly assetId?: string
  readonly side?: 'BUY' | 'SELL'
}

export interface Sample {
  readonly cash?: string
  readonly held?: string
  readonly assets?: Readonly<Record<string, SampleAsset>>
  readonly trades?: readonly SampleTrade[]
  readonly feeBasisPoints?: bigint
}

export const sampleNowMs = Date.parse('2026-01-05T10:00:00.000Z')

/** A portfolio of one unit of each asset, so that a price is a value. */
export function sampleFacts({ cash = '0', held = '0', assets = {}, trades = [] }: Sample): Facts {
  return {
    cash: { posted: usd(cash), held: usd(held) },
    holdings: Object.entries(assets).map(([assetId, { worth, dayAgo, paid = worth }]) => ({
      assetId,
      quantity: quantity('1'),
      costBasis: usd(paid),
      dayChange:
        dayAgo === undefined
          ? null
          : { amount: subtractUsd(usd(worth), usd(dayAgo)), base: usd(dayAgo) },
    })),
    trades: trades.map(({ minutesAgo, total = '10.00', assetId = 'BTC', side = 'BUY' }) => ({
      side,
      assetId,
      quantity: quantity('0.5'),
      total: usd(total),
      createdAt: new Date(sampleNowMs - minutesAgo * 60_000).toISOString(),
    })),
  }
}

export function samplePrices(assets: Sample['assets'] = {}): ReadonlyMap<string, AssetPrice> {
  return new Map(
    Object.entries(assets).map(([assetId, { worth, isStable }]) => [
      assetId,
      {
        price: price(worth),
        category: isStable ? 'STABLECOIN' : 'ALTCOIN',
      },
    ]),
  )
}

export const sampleFigures = (sample: Sample): Figures =>
  computeFigures(sampleFacts(sample), samplePrices(sample.assets), sample.feeBasisPoints ?? 0n)
