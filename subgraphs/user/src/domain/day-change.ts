import {
  addUsd,
  notional,
  type Price,
  type Quantity,
  subtractUsd,
  type Usd,
  zeroUsd,
} from '@cnop/kit/money'
import type { JournalEntry } from '@cnop/ledger/chain'
import { assetsOf, cashChange, isFromOutside } from '@cnop/ledger/entry'
import { percentChange } from '@cnop/quotes/percent'
import type { Owned } from './equity.ts'

/** A gain or a loss, in dollars and in per cent of a base. */
export interface ValueChange {
  readonly amount: Usd
  readonly base: Usd
  readonly percent: number
}

/** What was put into something during a day. */
interface Flow {
  /** What was put in, less what was taken out. */
  net: Usd
  /** The most that `net` came to at any one time of the day. */
  peak: Usd
}

export interface DayFlows {
  /** Takes note of an entry of the day; entries come newest first. */
  add(entry: JournalEntry): void
  readonly ofPortfolio: Readonly<Flow>
  ofAsset(assetId: string): Readonly<Flow>
}

const newFlow = (): Flow => ({ net: zeroUsd, peak: zeroUsd })

/** Puts a movement in front of those that are noted already. */
function precede(flow: Flow, amount: Usd): void {
  flow.net = addUsd(flow.net, amount)
  const peak = addUsd(flow.peak, amount)
  flow.peak = peak > 0n ? peak : zeroUsd
}

/**
 * Collects what was put into a portfolio and into each asset. Deposits, withdrawals and red pockets are flows of the
 * portfolio; trades are flows of their asset alone, except that an asset which is left out is outside the portfolio.
 */
export function collectFlows(isLeftOut: (assetId: string) => boolean): DayFlows {
  const ofPortfolio = newFlow()
  const ofAssets = new Map<string, Flow>()
  return {
    add: (entry) => {
      const change = cashChange(entry)
      if (isFromOutside(entry)) precede(ofPortfolio, change)
      const [assetId] = assetsOf(entry)
      if (assetId === undefined) return
      const flow = ofAssets.get(assetId) ?? newFlow()
      ofAssets.set(assetId, flow)
      precede(flow, subtractUsd(zeroUsd, change))
      if (isLeftOut(assetId)) precede(ofPortfolio, change)
    },
    ofPortfolio,
    ofAsset: (assetId) => ofAssets.get(assetId) ?? newFlow(),
  }
}

export interface DayQuestion {
  readonly now: Owned
  /** What was owned 24 hours ago. */
  readonly then: Owned
  readonly flows: DayFlows
  readonly isLeftOut: (assetId: string) => boolean
  /** Undefined where the market knows no price. */
  readonly priceNow: (assetId: string) => Price | undefined
  readonly priceThen: (assetId: string) => Price
}

export interface DayChange {
  /** Undefined when a held asset has no price. */
  readonly ofPortfolio: ValueChange | undefined
  /** Of every held asset whose price moves. */
  readonly ofHoldings: ReadonlyMap<string, ValueChange>
  /** Held assets without a current price. */
  readonly leftOut: readonly string[]
}

/**
 * What a portfolio and each holding gained or lost: value now, minus value then, minus what was put in since. The base
 * of the percentage is the value then plus the most that had been put in on top at any one time, which is everything
 * that could be lost: a loss never exceeds 100 per cent, however new the account is.
 */
export function computeDayChange(question: DayQuestion): DayChange {
  const { now, then, flows, isLeftOut, priceNow, priceThen } = question
  const held = [...now.quantities.keys()]
  const valuesThen = valueOf(then, isLeftOut, priceThen) ?? new Map<string, Usd>()
  const ofHoldings = new Map<string, ValueChange>()
  for (const assetId of held) {
    const value = valueAt(priceNow(assetId), now.quantities.get(assetId))
    if (isLeftOut(assetId) || value === undefined) continue
    const before = valuesThen.get(assetId) ?? zeroUsd
    ofHoldings.set(assetId, changeOf(value, before, flows.ofAsset(assetId)))
  }
  const valuesNow = valueOf(now, isLeftOut, priceNow)
  return {
    ofPortfolio:
      valuesNow &&
      changeOf(
        addUsd(now.cash, total(valuesNow)),
        addUsd(then.cash, total(valuesThen)),
        flows.ofPortfolio,
      ),
    ofHoldings,
    leftOut: held.filter(isLeftOut),
  }
}

function changeOf(now: Usd, then: Usd, { net, peak }: Flow): ValueChange {
  const amount = subtractUsd(subtractUsd(now, then), net)
  const base = addUsd(then, peak)
  return { amount, base, percent: percentChange(addUsd(base, amount), base) ?? 0 }
}

const total = (values: ReadonlyMap<string, Usd>): Usd =>
  [...values.values()].reduce(addUsd, zeroUsd)

function valueAt(price: Price | undefined, quantity: Quantity | undefined): Usd | undefined {
  return price === undefined || quantity === undefined
    ? undefined
    : notional(price, quantity, { round: 'down' })
}

/** The value of every asset that is not left out; undefined when one has no price. */
function valueOf(
  { quantities }: Owned,
  isLeftOut: (assetId: string) => boolean,
  priceOf: (assetId: string) => Price | undefined,
): ReadonlyMap<string, Usd> | undefined {
  const values = new Map<string, Usd>()
  for (const [assetId, quantity] of quantities) {
    if (isLeftOut(assetId)) continue
    const value = valueAt(priceOf(assetId), quantity)
    if (value === undefined) return undefined
    values.set(assetId, value)
  }
  return values
}
