import type { Quantity, Usd } from '@cnop/kit/money'

export interface HeldAsset {
  readonly assetId: string
  readonly quantity: Quantity
  readonly costBasis: Usd
  /** What the holding, not the asset, gained or lost over 24 hours; unknown without a current price. */
  readonly dayChange?: DayChange | null | undefined
}

/** A gain or a loss, and the value that it is measured by. */
export interface DayChange {
  readonly amount: Usd
  readonly base: Usd
}

export interface Trade {
  readonly side: string
  readonly assetId: string
  readonly quantity: Quantity
  readonly total: Usd
  readonly createdAt: string
}

/** The portfolio data of the user service: all inputs of an insight, without personal data. */
export interface Facts {
  readonly cash: { readonly posted: Usd; readonly held: Usd }
  readonly holdings: readonly HeldAsset[]
  /** The latest trades, at most `tradeFactLimit` of them. */
  readonly trades: readonly Trade[]
}

/** The maximum number of trades of the user service; there may be more. */
export const tradeFactLimit = 10
