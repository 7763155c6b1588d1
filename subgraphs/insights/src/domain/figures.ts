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
import type { Facts, HeldAsset, Trade } from './facts.ts'
import { type Percent, percentOf } from './percent.ts'

/** The part of a quote that figures rest on. */
export interface AssetPrice {
  readonly price: Price
  readonly dayAgoPrice: Price | undefined
  readonly isActive: boolean
  readonly category: string
}

/** A holding that has a price. */
export interface Position {
  readonly assetId: string
  readonly quantity: Quantity
  readonly value: Usd
  /** Of everything, cash included. */
  readonly share: Percent
  /** Over the last 24 hours; unknown for an asset that has no price of then. */
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
  /** Of all assets together, over the last 24 hours; unknown when too little of them had a price then. */
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
  readonly dayAgoValue: Usd | undefined
}

const sum = (values: readonly Usd[]): Usd => values.reduce(addUsd, zeroUsd)

/** The price to compare with. An asset that has left the market keeps its last price, which then says nothing about a day. */
function comparablePrice({ isActive, dayAgoPrice }: AssetPrice): Price | undefined {
  return isActive && dayAgoPrice !== undefined && dayAgoPrice > 0n ? dayAgoPrice : undefined
}

function valueHolding(
  holding: HeldAsset,
  price: AssetPrice | undefined,
  feeBasisPoints: bigint,
): Valued | undefined {
  if (!price || price.price <= 0n) return undefined
  const valueAt = (at: Price): Usd => notional(at, holding.quantity, { round: 'down' })
  const before = comparablePrice(price)
  const { quantity } = holding
  return {
    holding,
    price,
    value: valueAt(price.price),
    proceeds: saleProceeds({ price: price.price, quantity, feeBasisPoints }),
    dayAgoValue: before === undefined ? undefined : valueAt(before),
  }
}

function toPosition({ holding, price, value, proceeds }: Valued, total: Usd): Position {
  const before = comparablePrice(price)
  return {
    assetId: holding.assetId,
    quantity: holding.quantity,
    value,
    share: percentOf(value, total),
    dayChange: before === undefined ? undefined : percentOf(price.price - before, before),
    costBasis: holding.costBasis,
    gain: subtractUsd(proceeds, holding.costBasis),
    isStable: price.category === 'STABLECOIN',
  }
}

/** Speaks for all assets only when it covers at least four fifths of their value. */
function dayChangeOf(valued: readonly Valued[], assetsValue: Usd): Percent | undefined {
  const compared = valued.filter(({ dayAgoValue }) => dayAgoValue !== undefined)
  const before = sum(compared.map(({ dayAgoValue }) => dayAgoValue ?? zeroUsd))
  const now = sum(compared.map(({ value }) => value))
  const isTelling = before > 0n && now * 5n >= assetsValue * 4n
  return isTelling ? percentOf(now - before, before) : undefined
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
    cashShare: percentOf(cash.posted, total),
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
