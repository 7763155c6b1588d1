import { type Account, type Change, type Holding, totalQuantity } from '@cnop/ledger/account'
import {
  type Commit,
  type Guard,
  JournalViolation,
  KeyUsed,
  VersionLost,
} from '@cnop/ledger/account-store'
import type { JournalEntry } from '@cnop/ledger/chain'
import type { StoredClosing } from '@cnop/ledger/check-closings'
import type { Checkpoint } from '@cnop/ledger/checkpoint'
import type { LotMethod } from '@cnop/ledger/lots'
import type { YearGain } from '@cnop/ledger/realised'
import { ClientOrderIdUsed } from '@cnop/order/domain/errors'
import type { DepthUsed } from '@cnop/order/domain/depth-used'
import type { Order } from '@cnop/order/domain/order'
import type { Fill } from '@cnop/order/domain/parts'
import type { FeeRates, FeeSchedule } from '@cnop/quotes/fee'
import type { Book } from '@cnop/quotes/liquidity'
import { countGain, type GainBugs } from './sim-gains.ts'
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

const isSame = (stored: { version: bigint } | undefined, read: { version: bigint }): boolean =>
  (stored?.version ?? 0n) === read.version

/** Whether every row that was read is unchanged. */
function isUnchanged(rows: Rows, bugs: StoreBugs, commit: Commit<OrderWrite>): boolean {
  const { username, before } = commit
  const isAccountSame = isSame(rows.accounts.get(username), before.account)
  const areHoldingsSame = [...before.holdings.values()].every((holding) =>
    isSame(rows.holdings.get(idOf(username, holding.assetId)), holding),
  )
  return (isAccountSame || !!bugs.skipsVersion) && (areHoldingsSame || !!bugs.skipsHoldingVersion)
}

function checkConditions(rows: Rows, bugs: StoreBugs, commit: Commit<OrderWrite>): void {
  const { username, key, change, cause, nowMs } = commit
  const guard = liveGuard(rows, bugs, idOf(username, key), nowMs)
  if (guard && !bugs.skipsGuardCondition) throw new KeyUsed(guard)
  if (!isUnchanged(rows, bugs, commit)) throw new VersionLost()
  const isTaken = change && rows.entries.has(idOf(username, change.entry.sequence.toString()))
  if (isTaken && !bugs.skipsVersion) {
    throw new JournalViolation('The journal has an entry beyond its account.')
  }
  for (const write of cause) checkWrite(rows, bugs, write)
}

/** The row of a new order, by its own name. */
const nameOf = ({ order: { username, record }, from }: OrderWrite): string | undefined =>
  record?.clientOrderId === undefined || from !== undefined
    ? undefined
    : idOf(username, record.clientOrderId)

/** Whether the stop of an open order was moved or triggered since the decision read it. */
const hasChanged = (stored: OrderRow | undefined, { before }: OrderWrite): boolean =>
  before !== undefined &&
  (stored?.record?.bestPrice !== before.bestPrice ||
    stored?.record?.triggeredAt !== before.triggeredAt)

/** Whether a part of an order has filled since the decision read it. */
const hasFilled = (stored: OrderRow | undefined, { before }: OrderWrite): boolean =>
  before !== undefined && stored?.record?.filledQuantity !== before.filledQuantity

/** Whether an order has grown since the decision read it, or another sale is that of a buy. */
const hasGrown = (stored: OrderRow | undefined, { before }: OrderWrite): boolean =>
  before !== undefined &&
  (stored?.record?.quantity !== before.quantity ||
    (before.exitOrderId !== undefined && stored.record.exitOrderId !== before.exitOrderId))

/** Whether an account has taken more of a market since the decision read what it had. */
const hasTaken = (stored: OrderRow | undefined, { depthBefore }: OrderWrite): boolean =>
  stored?.depth?.quotedAt !== depthBefore?.quotedAt ||
  stored?.depth?.quantity !== depthBefore?.quantity

/** Whether a recurring order has changed since the decision read it. */
const hasRun = (stored: OrderRow | undefined, { recurringBefore }: OrderWrite): boolean =>
  recurringBefore !== undefined && stored?.recurring?.version !== recurringBefore.version

/** Whether the stored row is not what the decision read, in a way that the decision is made again. */
function isStale(stored: OrderRow | undefined, bugs: StoreBugs, write: OrderWrite): boolean {
  if (write.order.depth) return !bugs.skipsDepthCondition && hasTaken(stored, write)
  if (!bugs.skipsFillCondition && hasFilled(stored, write)) return true
  if (!bugs.skipsGrowthCondition && hasGrown(stored, write)) return true
  return (!bugs.skipsStopCondition && hasChanged(stored, write)) || hasRun(stored, write)
}

function checkWrite({ orders, names }: Rows, bugs: StoreBugs, write: OrderWrite): void {
  const stored = orders.get(write.order.id)
  const hasMoved = !write.order.depth && stored?.status !== write.from
  if (hasMoved) throw write.isBeside ? new VersionLost() : new OrderMoved()
  if (isStale(stored, bugs, write)) throw new VersionLost()
  const name = bugs.skipsNameCondition ? undefined : nameOf(write)
  const taken = name === undefined ? undefined : names.get(name)
  if (taken !== undefined) throw new ClientOrderIdUsed(name ?? '', taken)
}

/** An order, by its id or by the name that its client gave it. */
export const readOrder = ({ orders, names }: Rows, id: string): OrderRow | undefined =>
  orders.get(names.get(id) ?? id)

/** Applies all or nothing at one moment, as the real transaction does. */
export function apply(rows: Rows, bugs: StoreBugs, commit: Commit<OrderWrite>): void {
  checkConditions(rows, bugs, commit)
  const { username, key, guard, account, change, cause, nowMs } = commit
  const id = idOf(username, key)
  if (!bugs.losesGuard) rows.guards.set(id, { ...guard, expiresAtMs: nowMs + keepKeysMs })
  rows.accounts.set(username, account)
  noteChoice(rows, commit)
  if (change) applyChange(rows, bugs, username, change)
  if (commit.closing) applyClosing(rows, bugs, commit.closing, commit)
  for (const write of bugs.losesCause ? [] : cause) writeOrder(rows, bugs, write)
  rows.applied.push({ key: id, entryId: change?.entry.id })
}

/** Whether a sale has chosen its lots otherwise than its account, without naming them. */
const hasChosen = ({ kind, lotMethod = 'FIFO' }: JournalEntry, chosen: LotMethod): boolean =>
  kind === 'SELL' && lotMethod !== 'NAMED' && lotMethod !== chosen

function noteChoice(
  { choices, unchosen }: Rows,
  { username, before, account, change }: Commit<OrderWrite>,
): void {
  const chosen = choices.get(username) ?? 'FIFO'
  if (!change && account.lotMethod !== before.account.lotMethod) {
    choices.set(username, account.lotMethod)
  } else if (account.lotMethod !== chosen) {
    unchosen.push(`${username} has chosen ${chosen}, the account says ${account.lotMethod}`)
  }
  if (!change || !hasChosen(change.entry, chosen)) return
  unchosen.push(`the sale at ${change.entry.sequence} takes other lots than were chosen`)
}

function writeTrade({ markets, fills }: Rows, { losesFill }: StoreBugs, write: OrderWrite): void {
  const { order, market, fill } = write
  if (market) markets.set(order.id, [...(markets.get(order.id) ?? []), market])
  if (fill && !losesFill) fills.set(idOf(order.id, String(fill.number)), fill)
}

function writeOrder(rows: Rows, bugs: StoreBugs, write: OrderWrite): void {
  const { orders, names, bests, fees, placed, overwritten } = rows
  const { id, record } = write.order
  if (write.fees) fees.set(id, write.fees)
  if (write.from === undefined) placed.set(id, write.order.quantity)
  writeTrade(rows, bugs, write)
  if (hasChanged(orders.get(id), write)) overwritten.push(id)
  const best = record?.bestPrice
  if (best !== undefined) bests.set(id, [...(bests.get(id) ?? []), best])
  const name = nameOf(write)
  if (name !== undefined) names.set(name, write.order.id)
  orders.set(write.order.id, write.order)
}

function applyChange(rows: Rows, bugs: StoreBugs, username: string, change: Change): void {
  for (const holding of change.holdings) {
    const holdingId = idOf(username, holding.assetId)
    if (totalQuantity(holding) > 0n) rows.holdings.set(holdingId, holding)
    else if (!bugs.keepsSoldHolding) rows.holdings.delete(holdingId)
  }
  countGain(rows.yearGains, bugs, change)
  if (bugs.losesEntry) return
  rows.entries.set(idOf(username, change.entry.sequence.toString()), change.entry)
}

function applyClosing(
  rows: Rows,
  bugs: StoreBugs,
  { kinds, row }: NonNullable<Commit<OrderWrite>['closing']>,
  { username, account }: Commit<OrderWrite>,
): void {
  if (bugs.losesClosing) return
  const { available, held } = bugs.closesAfter ? account : row
  for (const kind of kinds) {
    const id = idOf(username, `${kind}/${row.sequence}`)
    rows.closings.set(id, { kind, row: { ...row, available, held } })
  }
}
