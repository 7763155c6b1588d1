import {
  addUsd,
  notional,
  type Price,
  type Quantity,
  subtractUsd,
  type Usd,
  zeroUsd,
} from '@cnop/kit/money'
import { saleProceeds } from '@cnop/quotes/trade-amounts'
import type { DayChange, Facts, HeldAsset, Trade } from './facts.ts'
import { type Percent, percentOf, shareOf } from './percent.ts'

/** The part of a quote that figures rest on. */
export interface AssetPrice {
  readonly price: Price
  readonly category: string
}

/** A holding that has a price. */
export interface Position {
  readonly assetId: string
  readonly quantity: Quantity
  readonly value: Usd
  /** Of everything, cash included. */
  readonly share: Percent
  /** What the holding gained or lost over the last 24 hours, trades aside; unknown without a current price. */
  readonly dayChange: Percent | undefined
  readonly costBasis: Usd
  /** What selling it now would gain or lose against the cost basis, the fee included. */
  readonly gain: Usd
  readonly isStable: boolean
}

export interface Figures {
  readonly cash: Usd
  readonly heldCash: Usd
  readonly cashShare: Percent
  readonly assetsValue: Usd
  readonly total: Usd
  /** Of all holdings together, over the last 24 hours; unknown when it is unknown of too many. */
  readonly dayChange: Percent | undefined
  /** Largest first. */
  readonly positions: readonly Position[]
  /** Holdings that have no price. */
  readonly unpricedCount: number
  /** Newest first. */
  readonly trades: readonly Trade[]
}

interface Valued {
  readonly holding: HeldAsset
  readonly price: AssetPrice
  readonly value: Usd
  /** What a sale would pay, after the fee. */
  readonly proceeds: Usd
  readonly dayChange: DayChange | undefined
}

const sum = (values: readonly Usd[]): Usd => values.reduce(addUsd, zeroUsd)

function valueHolding(
  holding: HeldAsset,
  price: AssetPrice | undefined,
  feeBasisPoints: bigint,
): Valued | undefined {
  if (!price || price.price <= 0n) return undefined
  const { quantity, dayChange } = holding
  return {
    holding,
    price,
    value: notional(price.price, quantity, { round: 'down' }),
    proceeds: saleProceeds({ price: price.price, quantity, feeBasisPoints }),
    dayChange: dayChange && dayChange.base > 0n ? dayChange : undefined,
  }
}

function toPosition({ holding, price, value, proceeds, dayChange }: Valued, total: Usd): Position {
  return {
    assetId: holding.assetId,
    quantity: holding.quantity,
    value,
    share: shareOf(value, total),
    dayChange: dayChange && percentOf(dayChange.amount, dayChange.base),
    costBasis: holding.costBasis,
    gain: subtractUsd(proceeds, holding.costBasis),
    isStable: price.category === 'STABLECOIN',
  }
}

/** Speaks for all assets only when it covers at least four fifths of their value. */
function dayChangeOf(valued: readonly Valued[], assetsValue: Usd): Percent | undefined {
  const compared = valued.flatMap(({ value, dayChange }) =>
    dayChange ? [{ value, ...dayChange }] : [],
  )
  const base = sum(compared.map((one) => one.base))
  const now = sum(compared.map(({ value }) => value))
  const isTelling = base > 0n && now * 5n >= assetsValue * 4n
  return isTelling ? percentOf(sum(compared.map(({ amount }) => amount)), base) : undefined
}

const byValue = (a: Valued, b: Valued): number => {
  if (a.value !== b.value) return a.value > b.value ? -1 : 1
  return a.holding.assetId < b.holding.assetId ? -1 : 1
}

/** Values a portfolio; the fee is what a sale would be charged. Holdings of nothing are left out; those without a price are counted, not guessed. */
export function computeFigures(
  { cash, holdings, trades }: Facts,
  prices: ReadonlyMap<string, AssetPrice>,
  feeBasisPoints: bigint,
): Figures {
  const owned = holdings.filter(({ quantity }) => quantity > 0n)
  const valued = owned
    .flatMap((holding) => valueHolding(holding, prices.get(holding.assetId), feeBasisPoints) ?? [])
    .sort(byValue)
  const assetsValue = sum(valued.map(({ value }) => value))
  const total = addUsd(cash.posted, assetsValue)
  return {
    cash: cash.posted,
    heldCash: cash.held,
    cashShare: shareOf(cash.posted, total),
    assetsValue,
    total,
    dayChange: dayChangeOf(valued, assetsValue),
    positions: valued.map((each) => toPosition(each, total)),
    unpricedCount: owned.length - valued.length,
    trades: [...trades].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt)),
  }
}

/** Whether there is nothing to say anything about. */
export function isEmpty(figures: Figures): boolean {
  return figures.cash <= 0n && figures.positions.length === 0 && figures.unpricedCount === 0
}
