import { utcDay } from '@cnop/kit/clock'
import type { Account, Holding } from './account.ts'
import { cashAssetId } from './entry.ts'
import { firstKeptDay } from './pockets.ts'
import type { Discrepancy, DiscrepancyKind, Replay } from './replay.ts'
import { showLots } from './replay-lots.ts'

/** Compares what is stored with what the journal amounts to, and names the first difference. */
export function compareReplay(
  replay: Replay,
  account: Account,
  holdings: readonly Holding[],
): Discrepancy | undefined {
  return compareAccount(replay, account) ?? compareHoldings(replay, account, holdings)
}

type Comparison = readonly [
  kind: DiscrepancyKind,
  what: string,
  stored: bigint | string,
  replayed: bigint | string,
]

function firstDifference(
  username: string,
  assetId: string,
  comparisons: readonly Comparison[],
): Discrepancy | undefined {
  const different = comparisons.find(([, , stored, replayed]) => stored !== replayed)
  if (!different) return undefined
  const [kind, what, stored, replayed] = different
  const message = `${what} is ${stored.toString()}, the journal says ${replayed.toString()}`
  return { username, kind, message, assetId }
}

/**
 * Entries are in the order of their times since the account keeps that order. Clocks that differ have dated some of before in
 * another one.
 */
export function findWentBack(
  { username, wentBack }: Replay,
  { orderedSince }: Account,
): Discrepancy | undefined {
  if (!wentBack || orderedSince === undefined) return undefined
  if (utcDay(wentBack.fromMs) < orderedSince) return undefined
  const { sequence } = wentBack
  const message = `entry ${sequence} is dated before an earlier entry`
  return { username, kind: 'TIME_GOES_BACK', message, sequence }
}

function compareAccount(replay: Replay, account: Account): Discrepancy | undefined {
  const { username } = account
  if (account.sequence > replay.sequence) {
    const sequence = replay.sequence + 1n
    return { username, kind: 'MISSING_ENTRY', message: `entry ${sequence} is missing`, sequence }
  }
  if (account.sequence < replay.sequence) {
    const sequence = account.sequence + 1n
    const message = `entry ${sequence} is not counted by the account`
    return { username, kind: 'EXTRA_ENTRY', message, sequence }
  }
  if (account.version < account.sequence) {
    const message = 'the account has more entries than versions'
    return { username, kind: 'WRONG_VERSION', message }
  }
  const wentBack = findWentBack(replay, account)
  if (wentBack) return wentBack
  return firstDifference(username, cashAssetId, [
    ['WRONG_HEAD', 'the head', account.head, replay.head],
    ['WRONG_CASH', 'available cash', account.available, replay.available],
    ['WRONG_HELD_CASH', 'held cash', account.held, replay.held],
    ['WRONG_DAY_COUNTER', 'the day of the counters', account.day, replay.day],
    ['WRONG_DAY_COUNTER', 'deposited today', account.depositedToday, replay.deposited],
    ['WRONG_DAY_COUNTER', 'withdrawn today', account.withdrawnToday, replay.withdrawn],
    ['WRONG_POCKETS', 'the red pockets by day', ...comparePockets(replay, account)],
    ['WRONG_VOLUME', 'the traded volume by day', ...compareVolumes(replay, account)],
    ['WRONG_HOLD', 'held cash', account.held, heldByOrders(replay, cashAssetId)],
    ['WRONG_PAID_IN', 'the cash paid in', account.paidIn ?? replay.paidIn, replay.paidIn],
  ])
}

/** Both by UTC day, as text. Entries from before the account kept its red pockets are left out. */
function comparePockets(replay: Replay, account: Account): readonly [string, string] {
  const { pockets, pocketsSince } = account
  if (pocketsSince === undefined) return ['', '']
  const days = new Map<string, bigint>()
  let day = ''
  for (const { sequence, openedAtMs, amount } of replay.pockets) {
    if (sequence < pocketsSince) continue
    // The day never decreases: an entry with an earlier clock belongs to the day of the previous entry.
    if (utcDay(openedAtMs) > day) day = utcDay(openedAtMs)
    days.set(day, (days.get(day) ?? 0n) + amount)
  }
  const firstDay = firstKeptDay(replay.latestMs)
  const kept = [...days].filter(([each]) => each >= firstDay)
  const show = (list: readonly (readonly [string, bigint])[]): string =>
    list.map(([each, amount]) => `${each} ${amount}`).join(', ')
  const stored = pockets.map(({ openedAt, amount }) => [openedAt.slice(0, 10), amount] as const)
  return [show(stored), show(kept)]
}

/** Both by UTC day, as text. Days of before the account kept its volume are left out. */
function compareVolumes(
  { volumes }: Replay,
  { volumes: stored, volumesSince }: Account,
): readonly [string, string] {
  if (volumesSince === undefined) return ['', '']
  const isKept = (packed: string): boolean => packed >= volumesSince
  const replayed = [...volumes].map(([day, value]) => `${day}:${value}`).sort()
  return [stored.split(' ').filter(isKept).join(' '), replayed.filter(isKept).join(' ')]
}

function heldByOrders(replay: Replay, assetId: string): bigint {
  const amounts = [...replay.holds.values()].filter((hold) => hold.assetId === assetId)
  return amounts.reduce((sum, { amount }) => sum + amount, 0n)
}

const noHolding = { available: 0n, held: 0n, costBasis: 0n, lots: '', version: 0n }
const noReplay = { available: 0n, held: 0n, costBasis: 0n, lots: [] }

function compareHoldings(
  replay: Replay,
  account: Account,
  holdings: readonly Holding[],
): Discrepancy | undefined {
  const stored = new Map(holdings.map((holding) => [holding.assetId, holding]))
  const assetIds = new Set([...replay.holdings.keys(), ...stored.keys()])
  for (const assetId of [...assetIds].sort()) {
    const is = stored.get(assetId) ?? noHolding
    const should = replay.holdings.get(assetId) ?? noReplay
    const difference = firstDifference(account.username, assetId, [
      ['WRONG_HOLDING', 'the available quantity', is.available, should.available],
      ['WRONG_HELD_QUANTITY', 'the held quantity', is.held, should.held],
      ['WRONG_COST_BASIS', 'the cost basis', is.costBasis, should.costBasis],
      ['WRONG_LOTS', 'the lots', is.lots, showLots(should.lots)],
      ['WRONG_HOLD', 'the held quantity', is.held, heldByOrders(replay, assetId)],
    ])
    if (difference) return difference
    if (is.version > account.version) {
      const message = 'the holding has a later version than the account'
      return { username: account.username, kind: 'WRONG_VERSION', message, assetId }
    }
  }
  return undefined
}
