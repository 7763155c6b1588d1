import { toIso } from '@cnop/kit/clock'
import {
  addQuantity,
  addUsd,
  proportion,
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
  emptyHolding,
  type Holding,
  type LedgerLimits,
  type LedgerState,
  postedCash,
  rollDay,
  totalQuantity,
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
  HoldMissing,
  InsufficientFunds,
  InsufficientHoldings,
} from './errors.ts'
import { checkChange, checkEntry } from './invariants.ts'
import { countPockets, refuseOnHold } from './pockets.ts'

export interface PostContext {
  readonly nowMs: number
  readonly limits: LedgerLimits
  /** The identifier of the journal entry. */
  readonly id: string
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

/** A buy adds what was paid; a sale takes its share, so that the average cost of the rest stays; all of it for all. */
function costBasisAfter(holding: Holding, entry: Entry, change: Quantity): Usd {
  if (entry.kind === 'BUY') return subtractUsd(holding.costBasis, cashChange(entry))
  if (entry.kind !== 'SELL') return holding.costBasis
  const sold = quantityFromUnits(negate(change))
  return subtractUsd(holding.costBasis, proportion(holding.costBasis, sold, totalQuantity(holding)))
}

function moveHolding(holding: Holding, entry: Entry, version: bigint): Holding {
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
  return { assetId, available, held, costBasis: costBasisAfter(holding, entry, total), version }
}

function journalEntry(account: Account, head: string, entry: Entry, at: PostContext): JournalEntry {
  return withHash({
    ...entry,
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
export function post(state: LedgerState, entry: Entry, at: PostContext): Change {
  checkEntry(entry)
  const { account: before, holdings } = state
  const version = before.version + 1n
  const counted = countPockets(countToday(rollDay(before, at.nowMs), entry, at), entry, at.nowMs)
  const moved = moveCash(counted, entry)
  if (entry.kind === 'WITHDRAWAL') {
    const amount = usdFromCents(negate(cashChange(entry)))
    refuseOnHold(before, amount, at.limits.redPocketHoldMs, at.nowMs)
  }
  const changed = assetsOf(entry).map((assetId) =>
    moveHolding(holdings.get(assetId) ?? emptyHolding(assetId), entry, version),
  )
  const numbered = { ...moved, version, sequence: before.sequence + 1n }
  const hashed = journalEntry(numbered, before.head, entry, at)
  const change = {
    before: state,
    account: {
      ...numbered,
      head: hashed.hash,
      unverifiedSince: before.unverifiedSince ?? hashed.createdAt,
    },
    holdings: changed,
    entry: hashed,
  }
  checkChange(change)
  return change
}
