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

/** What the user service says about a portfolio: everything an insight may rest on, and nothing personal. */
export interface Facts {
  readonly cash: { readonly posted: Usd; readonly held: Usd }
  readonly holdings: readonly HeldAsset[]
  /** The latest trades, at most `tradeFactLimit` of them. */
  readonly trades: readonly Trade[]
}

/** The user service hands over this many trades at most; as many may mean that there are more. */
export const tradeFactLimit = 10
