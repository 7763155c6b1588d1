import { toIso } from '@cnop/kit/clock'
import { invariant } from '@cnop/kit/errors'
import {
  addQuantity,
  addUsd,
  type Quantity,
  quantityFromUnits,
  subtractUsd,
  type Usd,
  usdFromCents,
  zeroUsd,
} from '@cnop/kit/money'
import {
  type Account,
  type Change,
  earliestNextMs,
  emptyHolding,
  type Holding,
  type LedgerLimits,
  type LedgerState,
  postedCash,
  rollDay,
} from './account.ts'
import { type JournalEntry, withHash } from './chain.ts'
import {
  assetsOf,
  cashAssetId,
  cashChange,
  cashHeldChange,
  type Entry,
  isFromOutside,
  negate,
  quantityChange,
  quantityHeldChange,
  sumOf,
} from './entry.ts'
import {
  DailyLimitExceeded,
  EntryTooLate,
  HoldMissing,
  InsufficientFunds,
  InsufficientHoldings,
} from './errors.ts'
import { checkChange, checkEntry } from './invariants.ts'
import { addLot, type Lot, packLots, sumLots, takeLots, takeNamedLots, unpackLots } from './lots.ts'
import { countPockets, refuseOnHold } from './pockets.ts'
import { countVolume, moveDay } from './volumes.ts'

export interface PostContext {
  readonly nowMs: number
  readonly limits: LedgerLimits
  /** The identifier of the journal entry. */
  readonly id: string
  /** Whether `nowMs` is a moment of the past that the command chose, not what a clock says. */
  readonly isDated?: boolean | undefined
}

/**
 * No entry is dated before the one before it: what a process with a slow clock enters is dated like the last entry, and what
 * is dated into the past is refused.
 */
function inOrder(account: Account, at: PostContext): PostContext {
  const earliestMs = earliestNextMs(account)
  if (at.nowMs >= earliestMs) return at
  if (at.isDated) throw new EntryTooLate()
  return { ...at, nowMs: earliestMs }
}

/** Counts a deposit or withdrawal toward its day, or refuses it. */
function countToday(account: Account, entry: Entry, { limits, nowMs }: PostContext): Account {
  const moved = cashChange(entry)
  if (entry.kind === 'DEPOSIT') {
    const depositedToday = addUsd(account.depositedToday, moved)
    refuseOver('deposit', limits.deposit, account.depositedToday, depositedToday, nowMs)
    return { ...account, depositedToday }
  }
  if (entry.kind === 'WITHDRAWAL') {
    const withdrawnToday = subtractUsd(account.withdrawnToday, moved)
    refuseOver('withdrawal', limits.withdrawal, account.withdrawnToday, withdrawnToday, nowMs)
    return { ...account, withdrawnToday }
  }
  return account
}

function refuseOver(
  kind: 'deposit' | 'withdrawal',
  limit: Usd,
  before: Usd,
  after: Usd,
  nowMs: number,
): void {
  if (after <= limit) return
  const left = before >= limit ? zeroUsd : subtractUsd(limit, before)
  throw new DailyLimitExceeded(kind, limit, left, nowMs)
}

function moveCash(account: Account, entry: Entry): Account {
  const change = usdFromCents(sumOf(entry, 'available', cashAssetId))
  const available = addUsd(account.available, change)
  const held = addUsd(account.held, cashHeldChange(entry))
  if (held < 0n) throw new HoldMissing(cashAssetId)
  if (available < 0n) throw new InsufficientFunds(usdFromCents(negate(change)), account.available)
  return { ...account, available, held, paidIn: countPaidIn(account, entry) }
}

function countPaidIn({ paidIn }: Account, entry: Entry): Usd | undefined {
  return paidIn === undefined || !isFromOutside(entry) ? paidIn : addUsd(paidIn, cashChange(entry))
}

interface Traded {
  /** The cost basis after the entry. */
  readonly costBasis: Usd
  /** The lots after the entry. */
  readonly lots: string
  /** The lots of the entry: what a buy made or a sale took. */
  readonly moved?: string
}

/** A buy adds a lot for what was paid; a sale takes lots, and their cost basis with them. */
function trade(holding: Holding, entry: Entry, change: bigint, account: Account): Traded {
  const { costBasis } = holding
  if (entry.kind === 'BUY') {
    const basis = usdFromCents(negate(cashChange(entry)))
    const bought = { day: account.day, quantity: quantityFromUnits(change), basis }
    return {
      costBasis: addUsd(costBasis, basis),
      lots: packLots(addLot(unpackLots(holding.lots), bought)),
      moved: packLots([bought]),
    }
  }
  if (entry.kind !== 'SELL') return { costBasis, lots: holding.lots }
  const sold = quantityFromUnits(negate(change))
  const { taken, left } = takenOf(unpackLots(holding.lots), sold, { entry, account })
  return {
    costBasis: subtractUsd(costBasis, sumLots(taken).basis),
    lots: packLots(left),
    moved: packLots(taken),
  }
}

/** The lots that a sale names, or those that the account's method chooses. */
function takenOf(
  lots: readonly Lot[],
  sold: Quantity,
  { entry: { namedLots }, account }: { readonly entry: Entry; readonly account: Account },
): ReturnType<typeof takeLots> {
  if (!namedLots) return takeLots(lots, sold, account.lotMethod)
  const taken = takeNamedLots(lots, namedLots)
  invariant(taken !== undefined, 'A sale names lots that its holding has.')
  return taken
}

interface Moved {
  readonly holding: Holding
  readonly lots: string | undefined
}

/** `account` is as it is after the entry. */
function moveHolding(holding: Holding, entry: Entry, account: Account): Moved {
  const { assetId } = holding
  const total = quantityChange(entry, assetId)
  const heldChange = quantityHeldChange(entry, assetId)
  const change = quantityFromUnits(total - heldChange)
  const available = addQuantity(holding.available, change)
  const held = addQuantity(holding.held, heldChange)
  if (held < 0n) throw new HoldMissing(assetId)
  if (available < 0n) {
    throw new InsufficientHoldings(assetId, quantityFromUnits(negate(change)), holding.available)
  }
  const { costBasis, lots, moved } = trade(holding, entry, total, account)
  const { version } = account
  return { holding: { assetId, available, held, costBasis, lots, version }, lots: moved }
}

interface Entered {
  readonly entry: Entry
  /** The lots that a trade made or took. */
  readonly lots: string | undefined
  /** The hash of the entry before. */
  readonly head: string
}

function journalEntry(
  account: Account,
  { entry: { namedLots, ...entry }, lots, head }: Entered,
  at: PostContext,
): JournalEntry {
  const method = namedLots ? 'NAMED' : account.lotMethod
  const isChosen = entry.kind === 'SELL' && method !== 'FIFO'
  return withHash({
    ...entry,
    ...(lots !== undefined && { lots }),
    ...(isChosen && { lotMethod: method }),
    username: account.username,
    sequence: account.sequence,
    id: at.id,
    createdAt: toIso(at.nowMs),
    cashAfter: postedCash(account),
    cashHeldAfter: account.held,
    previousHash: head,
  })
}

/**
 * Applies an entry to the state, or refuses it: limits first, then funds. Only this function refuses a movement of
 * money and computes a balance. It is pure: the same state and entry always give the same change.
 */
export function post(state: LedgerState, entry: Entry, asked: PostContext): Change {
  checkEntry(entry)
  const { account: before, holdings } = state
  const at = inOrder(before, asked)
  const version = before.version + 1n
  const today = countVolume(before, countToday(rollDay(before, at.nowMs), entry, at), entry)
  const counted = countPockets(today, entry, at.nowMs)
  const moved = moveCash(counted, entry)
  if (entry.kind === 'WITHDRAWAL') {
    const amount = usdFromCents(negate(cashChange(entry)))
    refuseOnHold(before, amount, at.limits.redPocketHoldMs, at.nowMs)
  }
  const numbered = { ...moved, version, sequence: before.sequence + 1n }
  const changed = assetsOf(entry).map((assetId) =>
    moveHolding(holdings.get(assetId) ?? emptyHolding(assetId), entry, numbered),
  )
  const [lots] = changed.flatMap((each) => each.lots ?? [])
  const hashed = journalEntry(numbered, { entry, lots, head: before.head }, at)
  const change = {
    before: state,
    account: {
      ...numbered,
      head: hashed.hash,
      unverifiedSince: before.unverifiedSince ?? hashed.createdAt,
      movedAt: hashed.createdAt,
      orderedSince: before.orderedSince ?? moveDay(numbered.day, 1),
    },
    holdings: changed.map(({ holding }) => holding),
    entry: hashed,
  }
  checkChange(change)
  return change
}
