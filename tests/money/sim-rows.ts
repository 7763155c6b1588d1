import type { Account, Holding } from '@cnop/ledger/account'
import type { Guard } from '@cnop/ledger/account-store'
import type { JournalEntry } from '@cnop/ledger/chain'
import type { StoredClosing } from '@cnop/ledger/check-closings'
import type { Checkpoint } from '@cnop/ledger/checkpoint'
import type { LotMethod } from '@cnop/ledger/lots'
import type { YearGain } from '@cnop/ledger/realised'
import type { DepthUsed } from '@cnop/order/domain/depth-used'
import type { Order } from '@cnop/order/domain/order'
import type { Fill } from '@cnop/order/domain/parts'
import type { FeeRates, FeeSchedule } from '@cnop/quotes/fee'
import type { Book } from '@cnop/quotes/liquidity'
import type { GainBugs } from './sim-gains.ts'
import type { RecurringOrder } from '@cnop/order/domain/recurring-order'

/** The row of a recurring order is RECURRING, that of what an account has taken of a market is DEPTH. */
export type OrderStatus = 'OPEN' | 'FILLED' | 'CANCELLED' | 'RECURRING' | 'DEPTH'

/** An order, as the cause of an entry: created, or moved out of the state in which it was read. */
export interface OrderRow {
  readonly id: string
  readonly username: string
  readonly side: 'BUY' | 'SELL'
  readonly assetId: string
  /** Cents for a buy, quantity units for a sale. */
  readonly held: bigint
  readonly quantity: bigint
  /** The cash amount of a market order that is sized by cash, in cents. */
  readonly quoteAmount?: bigint | undefined
  readonly status: OrderStatus
  /** The order as its service keeps it; absent for the plain orders of the simulation. */
  readonly record?: Order | undefined
  /** What an account has taken of a market, which is kept among the orders. */
  readonly depth?: DepthUsed | undefined
  /** A recurring order, which is kept among the orders. */
  readonly recurring?: RecurringOrder | undefined
  /** The recurring order that has placed this one. */
  readonly recurringOrderId?: string | undefined
}

/** What the fee of an order was agreed by. */
interface AgreedFees {
  readonly schedule: FeeSchedule
  readonly rates: FeeRates
}

/** A market in which an order trades, and when it was quoted where accounts use up its depth. */
export interface Traded {
  readonly book: Book
  readonly quotedAt?: string | undefined
}

export interface OrderWrite {
  readonly order: OrderRow
  readonly from: OrderStatus | undefined
  /** The order as the decision read it, where it changed. */
  readonly before?: Order | undefined
  /** It changes beside another order: where it has ended, the decision is made again. */
  readonly isBeside?: boolean | undefined
  /** A recurring order as the decision read it. */
  readonly recurringBefore?: RecurringOrder | undefined
  /** What a new order was decided by. */
  readonly fees?: AgreedFees | undefined
  /** The market at which an order fills, if it does. */
  readonly market?: Traded | undefined
  /** The row of the part that fills. */
  readonly fill?: Fill | undefined
  /** What an account has taken of a market, as the decision read it. */
  readonly depthBefore?: DepthUsed | undefined
}

/** The order was not in the state that the decision read. */
export class OrderMoved extends Error {}

export interface StoredGuard extends Guard {
  readonly expiresAtMs: number
}

export interface Rows {
  readonly accounts: Map<string, Account>
  readonly holdings: Map<string, Holding>
  readonly guards: Map<string, StoredGuard>
  readonly entries: Map<string, JournalEntry>
  readonly closings: Map<string, StoredClosing>
  /** By user, year and asset. */
  readonly yearGains: Map<string, YearGain>
  /** By username. */
  readonly checkpoints: Map<string, Checkpoint>
  /** Not rows: the users of whom an earlier checkpoint has replaced a later one. */
  readonly setBack: string[]
  readonly orders: Map<string, OrderRow>
  /** The orders that have a client's name, by user and name. */
  readonly names: Map<string, string>
  /** Not rows: which lots each user has chosen, and the sales that took others. */
  readonly choices: Map<string, LotMethod>
  readonly unchosen: string[]
  /** Not rows: every best price that a trailing stop was written with, oldest first, by order. */
  readonly bests: Map<string, readonly bigint[]>
  /** What the fee of each order was agreed by. */
  readonly fees: Map<string, AgreedFees>
  /** The markets in which each order has traded, oldest first. */
  readonly markets: Map<string, readonly Traded[]>
  /** Not rows: the quantity with which each order was placed or opened. */
  readonly placed: Map<string, bigint>
  /** By order and number. */
  readonly fills: Map<string, Fill>
  /** The orders whose trigger or moved stop a later write did not know of. */
  readonly overwritten: string[]
  /** Not a row: the applied commands in their order, to check against. */
  readonly applied: { readonly key: string; readonly entryId: string | undefined }[]
}

/** The effect of an injected bug on the store. */
export interface StoreBugs extends GainBugs {
  /** No bug: the rows of every batch are of moments that are far apart, so that what only this shows is found sooner. */
  readonly tearsReads?: boolean
  readonly skipsVersion?: boolean
  readonly skipsHoldingVersion?: boolean
  readonly skipsGuardCondition?: boolean
  readonly losesGuard?: boolean
  readonly losesEntry?: boolean
  readonly losesCause?: boolean
  readonly keepsSoldHolding?: boolean
  readonly countsExpiredGuard?: boolean
  readonly hidesGuardFromRefusals?: boolean
  readonly reportsUnknownAsContention?: boolean
  readonly losesClosing?: boolean
  readonly closesAfter?: boolean
  readonly checkpointsFirst?: boolean
  readonly ignoresHead?: boolean
  readonly losesBalance?: boolean
  readonly losesHolds?: boolean
  readonly removesMarkOfMoved?: boolean
  readonly overwritesCheckpoint?: boolean
  readonly skipsNameCondition?: boolean
  readonly skipsStopCondition?: boolean
  readonly skipsFillCondition?: boolean
  readonly skipsGrowthCondition?: boolean
  readonly skipsDepthCondition?: boolean
  readonly losesFill?: boolean
}

export const keepKeysMs = 48 * 3_600_000

export const idOf = (username: string, name: string): string => `${username}/${name}`

export function createRows(): Rows {
  return {
    accounts: new Map(),
    holdings: new Map(),
    guards: new Map(),
    entries: new Map(),
    closings: new Map(),
    yearGains: new Map(),
    checkpoints: new Map(),
    setBack: [],
    orders: new Map(),
    names: new Map(),
    choices: new Map(),
    unchosen: [],
    bests: new Map(),
    fees: new Map(),
    markets: new Map(),
    placed: new Map(),
    fills: new Map(),
    overwritten: [],
    applied: [],
  }
}

export function liveGuard(
  rows: Rows,
  bugs: StoreBugs,
  id: string,
  nowMs: number,
): Guard | undefined {
  const guard = rows.guards.get(id)
  if (!guard || (guard.expiresAtMs <= nowMs && !bugs.countsExpiredGuard)) return undefined
  return { inputHash: guard.inputHash, result: guard.result }
}

/** An order, by its id or by the name that its client gave it. */
export const readOrder = ({ orders, names }: Rows, id: string): OrderRow | undefined =>
  orders.get(names.get(id) ?? id)
