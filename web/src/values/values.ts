import {
  addUsd,
  formatUsd,
  notional,
  parsePrice,
  parseQuantity,
  parseUsd,
  subtractUsd,
  type Usd,
  zeroUsd,
} from '@cnop/kit/money'
import type { TradingState } from '../api/live-prices.ts'
import type { LivePrice } from '../api/price-feed.ts'
import type { ValuesPortfolioQuery } from '../generated/graphql.ts'
import type { Slice } from '../ui/AllocationChart.tsx'

export type OwnedPortfolio = NonNullable<ValuesPortfolioQuery['me']>['portfolio']
type OwnedHolding = OwnedPortfolio['holdings'][number]
type Quote = { readonly price: string; readonly quotedAt: string }

export type Change = { readonly amount: string; readonly base: string; readonly percent: number }

/** A holding at the page's latest price. */
export type Valued<Holding> = Holding & {
  readonly quote: Quote | undefined
  /** The price is not updated, because the asset is halted or no longer traded. */
  readonly isFrozen: boolean
  readonly isHalted: boolean
  readonly value: string | null
  readonly profit: Change | null
  readonly day: Change | null
}

export type ValuedHolding = Valued<OwnedHolding>

/** Every figure of a page about the portfolio, from one response and one set of prices. */
export type Values = {
  readonly cash: OwnedPortfolio['cash']
  readonly holdings: readonly ValuedHolding[]
  /** Null while a price is missing, because a partial sum would be wrong. */
  readonly assets: string | null
  readonly total: string | null
  readonly day: Change | null
  /** What selling all holdings would gain after fees; null while that of one is missing, or when there are none. */
  readonly profit: Change | null
  /** The base of the day change: the value 24 hours ago plus the amount paid in since. */
  readonly dayFrom: string | null
  /** Assets that the day change excludes, because their price is not updated. */
  readonly excluded: readonly string[]
  readonly slices: readonly Slice[] | null
}

export type PriceTable = ReadonlyMap<string, LivePrice>

type Priceable = Pick<
  OwnedHolding,
  'quantity' | 'marketValue' | 'unrealisedProfit' | 'dayChange'
> & { readonly asset: (TradingState & { readonly quote: Quote | null }) | null }

/** The newer of the price that was read and the streamed one, with the known trading state. */
function latestPrice(
  asset: Priceable['asset'],
  live: LivePrice | undefined,
): { readonly quote: Quote | undefined; readonly states: readonly TradingState[] } {
  const read = asset?.quote ?? undefined
  const states = asset ? [asset] : []
  if (!live || (read && read.quotedAt > live.quotedAt)) return { quote: read, states }
  // A price that is not updated keeps its time: the source that reported the halt first is right.
  const isSame = read?.quotedAt === live.quotedAt
  return { quote: live, states: isSame ? [...states, live] : [live] }
}

const percentOf = (amount: Usd, base: Usd): number =>
  base > 0n ? (Number(amount) / Number(base)) * 100 : 0

/** Adjusts a gain by the change of the value since the server computed it. */
function moveBy(change: Change | null, difference: Usd): Change | null {
  if (!change) return null
  const amount = addUsd(parseUsd(change.amount), difference)
  const base = parseUsd(change.base)
  return { amount: formatUsd(amount), base: change.base, percent: percentOf(amount, base) }
}

/** Values a holding at the latest price. Its gains follow, because their base does not change. */
export function valueHolding<Holding extends Priceable>(
  holding: Holding,
  live: LivePrice | undefined,
): Valued<Holding> {
  const { asset, quantity, marketValue, unrealisedProfit, dayChange } = holding
  const { quote, states } = latestPrice(asset, live)
  const isHalted = states.some(({ haltedSince }) => haltedSince !== null)
  const isFrozen = isHalted || states.some(({ isActive }) => !isActive)
  const state = { quote, isFrozen, isHalted }
  if (!quote) return { ...holding, ...state, value: null, profit: null, day: null }
  const value = notional(parsePrice(quote.price), parseQuantity(quantity), { round: 'down' })
  const moved = marketValue === null ? undefined : subtractUsd(value, parseUsd(marketValue))
  const follow = (change: Change | null) => (moved === undefined ? null : moveBy(change, moved))
  return {
    ...holding,
    ...state,
    value: formatUsd(value),
    profit: follow(unrealisedProfit),
    day: isFrozen ? null : follow(dayChange),
  }
}

const total = (amounts: readonly Usd[]): Usd => amounts.reduce(addUsd, zeroUsd)

function shareOut(cash: Usd, holdings: readonly ValuedHolding[], whole: Usd): readonly Slice[] {
  const parts = [
    { assetId: 'USD', value: cash, isFrozen: false },
    ...holdings.map(({ assetId, value, isFrozen }) => ({
      assetId,
      value: parseUsd(value ?? '0'),
      isFrozen,
    })),
  ]
  return parts
    .filter(({ value }) => value > 0n)
    .sort((a, b) => (a.value === b.value ? 0 : a.value > b.value ? -1 : 1))
    .map(({ assetId, value, isFrozen }) => ({
      assetId,
      value: formatUsd(value),
      percent: (Number(value) / Number(whole)) * 100,
      isFrozen,
    }))
}

/** The gain of the moving holdings since the server computed the day change. */
function movedSince(holdings: readonly ValuedHolding[], excluded: readonly string[]): Usd {
  const moved = holdings
    .filter(({ assetId }) => !excluded.includes(assetId))
    .map(({ value, marketValue }) =>
      value === null || marketValue === null
        ? zeroUsd
        : subtractUsd(parseUsd(value), parseUsd(marketValue)),
    )
  return total(moved)
}

function sumChanges(changes: readonly (Change | null)[]): Change | null {
  const known = changes.filter((change) => change !== null)
  if (known.length === 0 || known.length < changes.length) return null
  const amount = total(known.map((change) => parseUsd(change.amount)))
  const base = total(known.map((change) => parseUsd(change.base)))
  return { amount: formatUsd(amount), base: formatUsd(base), percent: percentOf(amount, base) }
}

/** By their value when the portfolio was read, the largest first, so that no row moves under the pointer between two reads. */
const byValue = (a: OwnedHolding, b: OwnedHolding): number => {
  const [first, second] = [a, b].map(({ marketValue }) => parseUsd(marketValue ?? '0'))
  if (first === second) return a.assetId < b.assetId ? -1 : 1
  return (first ?? 0n) > (second ?? 0n) ? -1 : 1
}

/** Computes all figures of a page together, so that they agree to the cent at any price. */
export function computeValues(portfolio: OwnedPortfolio, live: PriceTable): Values {
  const { cash, dayChange, dayChangeExcludes } = portfolio
  const holdings = portfolio.holdings
    .toSorted(byValue)
    .map((holding) => valueHolding(holding, live.get(holding.assetId)))
  const excluded = dayChangeExcludes ?? []
  const day = moveBy(dayChange, movedSince(holdings, excluded))
  const isWhole = holdings.every(({ value }) => value !== null)
  if (!isWhole) {
    return {
      cash,
      holdings,
      excluded,
      assets: null,
      total: null,
      day: null,
      profit: null,
      dayFrom: null,
      slices: null,
    }
  }
  const assets = total(holdings.map(({ value }) => parseUsd(value ?? '0')))
  const whole = addUsd(parseUsd(cash.posted), assets)
  const isComparable = day !== null && excluded.length === 0
  return {
    cash,
    holdings,
    excluded,
    assets: formatUsd(assets),
    total: formatUsd(whole),
    day,
    profit: sumChanges(holdings.map(({ profit }) => profit)),
    dayFrom: isComparable ? formatUsd(subtractUsd(whole, parseUsd(day.amount))) : null,
    slices: shareOut(parseUsd(cash.posted), holdings, whole),
  }
}
