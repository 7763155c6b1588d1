import { type Change, totalQuantity } from '@cnop/ledger/account'
import { type Commit, JournalViolation, KeyUsed, VersionLost } from '@cnop/ledger/account-store'
import type { JournalEntry } from '@cnop/ledger/chain'
import type { LotMethod } from '@cnop/ledger/lots'
import { ClientOrderIdUsed } from '@cnop/order/domain/errors'
import { countGain } from './sim-gains.ts'
import {
  idOf,
  keepKeysMs,
  liveGuard,
  OrderMoved,
  type OrderRow,
  type OrderWrite,
  type Rows,
  type StoreBugs,
} from './sim-rows.ts'

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
