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
import { ClientOrderIdUsed } from '@cnop/order/domain/errors'
import type { Order } from '@cnop/order/domain/order'

export type OrderStatus = 'OPEN' | 'FILLED' | 'CANCELLED'

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
}

export interface OrderWrite {
  readonly order: OrderRow
  readonly from: OrderStatus | undefined
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
  /** By username. */
  readonly checkpoints: Map<string, Checkpoint>
  readonly orders: Map<string, OrderRow>
  /** The orders that have a client's name, by user and name. */
  readonly names: Map<string, string>
  /** Not a row: the applied commands in their order, to check against. */
  readonly applied: { readonly key: string; readonly entryId: string | undefined }[]
}

/** The effect of an injected bug on the store. */
export interface StoreBugs {
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
    checkpoints: new Map(),
    orders: new Map(),
    names: new Map(),
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

function checkWrite({ orders, names }: Rows, bugs: StoreBugs, write: OrderWrite): void {
  const hasMoved = orders.get(write.order.id)?.status !== write.from
  if (hasMoved) throw new OrderMoved()
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
  if (change) applyChange(rows, bugs, username, change)
  if (commit.closing) applyClosing(rows, bugs, commit.closing, commit)
  for (const write of bugs.losesCause ? [] : cause) writeOrder(rows, write)
  rows.applied.push({ key: id, entryId: change?.entry.id })
}

function writeOrder({ orders, names }: Rows, write: OrderWrite): void {
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
