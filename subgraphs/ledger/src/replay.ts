import { utcDay } from '@cnop/kit/clock'
import { hasValidHash, type JournalEntry } from './chain.ts'
import { assetsOf, cashAssetId, sumOf } from './entry.ts'
import { unbalancedAssets } from './invariants.ts'
import { longestPocketHoldMs } from './pockets.ts'
import { poolLots, type ReplayedLot, replayBuy, replaySale, showLots } from './replay-lots.ts'

export type DiscrepancyKind =
  | 'MALFORMED_ROW'
  | 'ORPHAN_ROWS'
  | 'MISSING_ENTRY'
  | 'EXTRA_ENTRY'
  | 'FOREIGN_ENTRY'
  | 'EDITED_ENTRY'
  | 'BROKEN_CHAIN'
  | 'TIME_GOES_BACK'
  | 'UNBALANCED_ENTRY'
  | 'NEGATIVE_BALANCE'
  | 'WRONG_CASH_AFTER'
  | 'WRONG_HEAD'
  | 'WRONG_CASH'
  | 'WRONG_HELD_CASH'
  | 'WRONG_DAY_COUNTER'
  | 'WRONG_POCKETS'
  | 'WRONG_VOLUME'
  | 'WRONG_VERSION'
  | 'WRONG_HOLDING'
  | 'WRONG_HELD_QUANTITY'
  | 'WRONG_COST_BASIS'
  | 'WRONG_LOTS'
  | 'WRONG_GAINS'
  | 'WRONG_HOLD'
  | 'WRONG_PAID_IN'
  | 'WRONG_CLOSING'
  | 'MISSING_CLOSING'
  | 'WRONG_CHECKPOINT'

/** A discrepancy between the ledger and its journal. */
export interface Discrepancy {
  readonly username: string
  readonly kind: DiscrepancyKind
  readonly message: string
  readonly sequence?: bigint
  readonly assetId?: string
}

interface ReplayedHolding {
  available: bigint
  held: bigint
  costBasis: bigint
  /** Oldest first. */
  lots: ReplayedLot[]
}

/** What an order still holds. */
export interface OpenHold {
  readonly assetId: string
  readonly amount: bigint
}

interface ReplayedPocket {
  readonly sequence: bigint
  readonly openedAtMs: number
  readonly amount: bigint
}

/** The state derived from a journal, independent of the code that computed the stored one. */
export interface Replay {
  readonly username: string
  sequence: bigint
  head: string
  available: bigint
  held: bigint
  day: string
  deposited: bigint
  withdrawn: bigint
  /** Cash that came from outside, less what left. */
  paidIn: bigint
  /** Recent red pockets, in the order of the journal. */
  pockets: readonly ReplayedPocket[]
  /** The latest time of an entry so far. */
  latestMs: number
  /** The first entry that is dated before the latest one that any goes back from. A resumed replay knows of those that it met. */
  wentBack: { readonly sequence: bigint; readonly fromMs: number } | undefined
  /** What was traded in the last 30 UTC days, by day. */
  volumes: Map<string, bigint>
  readonly holdings: Map<string, ReplayedHolding>
  /** What open orders hold, by order. */
  readonly holds: Map<string, OpenHold>
  /** The negative balance of the platform accounts, by asset. */
  readonly issued: Map<string, bigint>
}

export function startReplay(username: string): Replay {
  return {
    username,
    sequence: 0n,
    head: '',
    available: 0n,
    held: 0n,
    day: '',
    deposited: 0n,
    withdrawn: 0n,
    paidIn: 0n,
    pockets: [],
    latestMs: 0,
    wentBack: undefined,
    volumes: new Map(),
    holdings: new Map(),
    holds: new Map(),
    issued: new Map(),
  }
}

/** Adds the next entry of the journal, and returns the first problem with it. */
export function replayEntry(replay: Replay, entry: JournalEntry): Discrepancy | undefined {
  replayHouse(replay, entry)
  const wrongPlace = checkPlace(replay, entry)
  if (wrongPlace) return wrongPlace
  replay.sequence = entry.sequence
  replay.head = entry.hash
  replayCash(replay, entry)
  const wrongLots = assetsOf(entry).map((assetId) => replayHolding(replay, entry, assetId))
  replayHold(replay, entry)
  return checkBalances(replay, entry) ?? wrongLots.find((found) => found !== undefined)
}

function at(entry: JournalEntry, kind: DiscrepancyKind, message: string): Discrepancy {
  return { username: entry.username, kind, message, sequence: entry.sequence }
}

function checkPlace(replay: Replay, entry: JournalEntry): Discrepancy | undefined {
  const expected = replay.sequence + 1n
  if (entry.sequence !== expected) {
    return { ...at(entry, 'MISSING_ENTRY', `entry ${expected} is missing`), sequence: expected }
  }
  if (entry.username !== replay.username) {
    return at(entry, 'FOREIGN_ENTRY', 'the entry belongs to another user')
  }
  if (!hasValidHash(entry))
    return at(entry, 'EDITED_ENTRY', 'the entry is not what its hash covers')
  if (entry.previousHash !== replay.head) {
    return at(entry, 'BROKEN_CHAIN', 'the entry is not chained to the one before it')
  }
  const [unbalanced] = unbalancedAssets(entry)
  return unbalanced === undefined
    ? undefined
    : { ...at(entry, 'UNBALANCED_ENTRY', 'the postings do not sum to zero'), assetId: unbalanced }
}

function replayCash(replay: Replay, entry: JournalEntry): void {
  const available = sumOf(entry, 'available', cashAssetId)
  const today = utcDay(Date.parse(entry.createdAt))
  if (today > replay.day) {
    replay.day = today
    replay.deposited = 0n
    replay.withdrawn = 0n
    forgetVolumes(replay)
  }
  replay.available += available
  replay.held += sumOf(entry, 'held', cashAssetId)
  if (entry.kind === 'DEPOSIT') replay.deposited += available
  if (entry.kind === 'WITHDRAWAL') replay.withdrawn -= available
  if (['DEPOSIT', 'WITHDRAWAL', 'RED_POCKET'].includes(entry.kind)) replay.paidIn += available
  replayPockets(replay, entry, available)
  replayVolume(replay, entry)
}

/** Days between two UTC days. */
const daysFrom = (day: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(day)) / 86_400_000)

function forgetVolumes({ day, volumes }: Replay): void {
  for (const each of volumes.keys()) if (daysFrom(each, day) >= 30) volumes.delete(each)
}

/** A buyer pays value and fee, a seller receives the value less the fee. */
function replayVolume({ day, volumes }: Replay, entry: JournalEntry): void {
  if (entry.kind !== 'BUY' && entry.kind !== 'SELL') return
  const received = sumOf(entry, 'available', cashAssetId) + sumOf(entry, 'held', cashAssetId)
  const value = entry.kind === 'BUY' ? -received - (entry.fee ?? 0n) : received + (entry.fee ?? 0n)
  volumes.set(day, (volumes.get(day) ?? 0n) + value)
}

/** Longer than an account keeps them, so that only the comparison decides which of them it should have. */
const pocketMemoryMs = longestPocketHoldMs + 2 * 86_400_000

function replayPockets(replay: Replay, entry: JournalEntry, amount: bigint): void {
  const openedAtMs = Date.parse(entry.createdAt)
  if (openedAtMs < replay.latestMs && replay.latestMs > (replay.wentBack?.fromMs ?? 0)) {
    replay.wentBack = { sequence: entry.sequence, fromMs: replay.latestMs }
  }
  replay.latestMs = Math.max(replay.latestMs, openedAtMs)
  if (entry.kind !== 'RED_POCKET') return
  const recent = replay.pockets.filter(
    (pocket) => replay.latestMs - pocket.openedAtMs < pocketMemoryMs,
  )
  replay.pockets = [...recent, { sequence: entry.sequence, openedAtMs, amount }]
}

function replayHolding(
  replay: Replay,
  entry: JournalEntry,
  assetId: string,
): Discrepancy | undefined {
  const before = replay.holdings.get(assetId) ?? nothing()
  const total = before.available + before.held
  const available = before.available + sumOf(entry, 'available', assetId)
  const held = before.held + sumOf(entry, 'held', assetId)
  const received = sumOf(entry, 'available', cashAssetId) + sumOf(entry, 'held', cashAssetId)
  const after = { ...before, available, held }
  replay.holdings.set(assetId, after)
  if (entry.kind !== 'BUY' && entry.kind !== 'SELL') return undefined
  const change = available + held - total
  if (entry.lots === undefined) {
    replayPooled(after, change, received)
    return undefined
  }
  const trade = { day: replay.day, quantity: change < 0n ? -change : change, paid: -received }
  const isBuy = entry.kind === 'BUY'
  const moved = isBuy ? replayBuy(after.lots, trade) : replaySale(after.lots, entry, trade)
  for (const { basis } of moved) after.costBasis += isBuy ? basis : -basis
  const should = showLots(moved)
  if (should === entry.lots) return undefined
  const message = `the lots of the entry are ${entry.lots}, should be ${should}`
  return { ...at(entry, 'WRONG_LOTS', message), assetId }
}

const nothing = (): ReplayedHolding => ({ available: 0n, held: 0n, costBasis: 0n, lots: [] })

/** A trade of before lots were kept: a sale takes its share of the cost basis. What is left is one lot of no known day. */
function replayPooled(holding: ReplayedHolding, change: bigint, received: bigint): void {
  const after = holding.available + holding.held
  const before = after - change
  if (change > 0n) holding.costBasis -= received
  else if (after === 0n) holding.costBasis = 0n
  else if (before > 0n) holding.costBasis -= (holding.costBasis * -change) / before
  holding.lots = poolLots(after, holding.costBasis)
}

/** An order holds one thing, cash or its asset; a fill, a release or the order that replaces it gives it back. A buy may hold what it bought for another. */
function replayHold(replay: Replay, entry: JournalEntry): void {
  for (const posting of entry.postings) {
    const { account, assetId, amount } = posting
    const orderId = holderOf(entry, posting)
    if (account !== 'held' || orderId === undefined) continue
    const after = (replay.holds.get(orderId)?.amount ?? 0n) + amount
    if (after === 0n) replay.holds.delete(orderId)
    else replay.holds.set(orderId, { assetId, amount: after })
  }
}

/** The order whose hold a posting changes. A buy that opens another order holds what it bought for that one, and cash for its own rest. */
function holderOf(
  { orderId, replacedOrderId, openedOrderId }: JournalEntry,
  { assetId, amount }: JournalEntry['postings'][number],
): string | undefined {
  if (amount < 0n) return replacedOrderId ?? orderId
  return assetId === cashAssetId ? orderId : (openedOrderId ?? orderId)
}

/** The platform's side of an entry; summed up even after an invalid entry. */
export function replayHouse(replay: Replay, entry: JournalEntry): void {
  for (const { account, assetId, amount } of entry.postings) {
    if (account === 'available' || account === 'held') continue
    replay.issued.set(assetId, (replay.issued.get(assetId) ?? 0n) - amount)
  }
}

function checkBalances(replay: Replay, entry: JournalEntry): Discrepancy | undefined {
  const negative = findNegative(replay, entry)
  if (negative !== undefined) {
    return { ...at(entry, 'NEGATIVE_BALANCE', 'negative after the entry'), assetId: negative }
  }
  const { orderId = '', replacedOrderId = '' } = entry
  const isOverdrawn = (id: string): boolean => (replay.holds.get(id)?.amount ?? 0n) < 0n
  if (isOverdrawn(orderId) || isOverdrawn(replacedOrderId)) {
    return at(entry, 'WRONG_HOLD', 'the order gives back more than it held')
  }
  if (replay.holds.has(replacedOrderId)) {
    return at(entry, 'WRONG_HOLD', 'the replaced order still holds something')
  }
  const isRight =
    entry.cashAfter === replay.available + replay.held && entry.cashHeldAfter === replay.held
  return isRight ? undefined : at(entry, 'WRONG_CASH_AFTER', 'the cash after the entry is wrong')
}

function findNegative(replay: Replay, entry: JournalEntry): string | undefined {
  if (replay.available < 0n || replay.held < 0n) return cashAssetId
  return assetsOf(entry).find((assetId) => {
    const holding = replay.holdings.get(assetId)
    return holding && (holding.available < 0n || holding.held < 0n || holding.costBasis < 0n)
  })
}
