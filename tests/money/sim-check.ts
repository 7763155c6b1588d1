import type { Account, LedgerLimits } from '@cnop/ledger/account'
import type { JournalEntry } from '@cnop/ledger/chain'
import {
  compareClosings,
  type ExpectedClosing,
  findExtraClosing,
  startClosingCheck,
} from '@cnop/ledger/check-closings'
import { startGainCheck } from '@cnop/ledger/check-gains'
import type { Closing } from '@cnop/ledger/closing'
import { compareReplay } from '@cnop/ledger/compare'
import { cashChange, quantityChange } from '@cnop/ledger/entry'
import { type Replay, replayEntry, startReplay } from '@cnop/ledger/replay'
import { checkFees } from './sim-fees.ts'
import { checkPrices } from './sim-liquidity.ts'
import { checkLots } from './sim-check-lots.ts'
import { checkParts } from './sim-check-parts.ts'
import { checkOrders } from './sim-check-orders.ts'
import { checkRecurring } from './sim-recurring.ts'
import { idOf, type OrderRow, type Rows } from './sim-rows.ts'

/** Small enough that a simulation closes some blocks. */
export const simulatedBlock = 4n

/** The responses that clients received. The store must agree with them. */
export interface Answers {
  /** The acknowledged entry of each key. */
  readonly acknowledged: ReadonlyMap<string, string>
  /** Keys whose only attempt was certainly refused. */
  readonly refused: ReadonlySet<string>
}

/** Lists the faults of the rows, compared with the journal and with the responses to clients. */
export function checkRows(rows: Rows, answers: Answers, limits: LedgerLimits): string[] {
  const replays = new Map<string, Replay>()
  const failures: string[] = []
  for (const account of rows.accounts.values()) {
    const replay = startReplay(account.username)
    replays.set(account.username, replay)
    failures.push(...checkUser(rows, account, replay, limits))
  }
  failures.push(...checkConservation(rows, replays))
  failures.push(...checkHolds(rows, replays))
  failures.push(...checkOrders(rows))
  failures.push(...checkRecurring(rows))
  failures.push(...checkLots(rows))
  failures.push(...checkParts(rows))
  failures.push(...checkPrices(rows))
  failures.push(...checkFees(rows, (username) => journalOf(rows, username)))
  failures.push(...checkPromises(rows, answers))
  return failures
}

export function journalOf(rows: Rows, username: string): JournalEntry[] {
  const entries = [...rows.entries.entries()].filter(([id]) => id.startsWith(`${username}/`))
  return entries.map(([, entry]) => entry).sort((a, b) => (a.sequence < b.sequence ? -1 : 1))
}

function checkUser(rows: Rows, account: Account, replay: Replay, limits: LedgerLimits): string[] {
  const pockets: JournalEntry[] = []
  const closings = startClosingCheck(simulatedBlock)
  const gains = startGainCheck()
  const traded = new Map<string, Lost>()
  for (const entry of journalOf(rows, account.username)) {
    closings.note(replay, entry)
    gains.note(entry)
    const discrepancy = replayEntry(replay, entry)
    if (discrepancy) return [`${discrepancy.kind} at ${entry.sequence}: ${discrepancy.message}`]
    if (entry.kind === 'RED_POCKET') pockets.push(entry)
    const wrong =
      checkLimits(entry, replay, { limits, pockets }) ??
      checkRounding(entry, traded, rows) ??
      checkWorth(entry, replay) ??
      checkAmount(entry, rows)
    if (wrong) return [wrong]
  }
  const stored = [...rows.yearGains].filter(([id]) => id.startsWith(`${account.username}/`))
  const wrongGain = gains.compare(
    account.username,
    stored.map(([, row]) => row),
    replay.sequence,
  )
  if (wrongGain) return [`${wrongGain.kind}: ${wrongGain.message}`]
  return checkEnd(rows, account, replay, closings.take())
}

/** The stored rows equal the result of the journal. */
function checkEnd(
  rows: Rows,
  account: Account,
  replay: Replay,
  expected: readonly ExpectedClosing[],
): string[] {
  const stored = [...rows.holdings.entries()].filter(([id]) =>
    id.startsWith(`${account.username}/`),
  )
  const holdings = stored.map(([, holding]) => holding)
  const closed = [...rows.closings].filter(
    ([id, { row }]) => id.startsWith(`${account.username}/`) && row.sequence < replay.sequence,
  )
  const difference =
    compareReplay(replay, account, holdings) ??
    compareClosings(account.username, expected, storedClosings(rows, account.username, expected)) ??
    findExtraClosing(replay, expected.length, closed.length)
  return difference ? [`${difference.kind}: ${difference.message}`] : []
}

/** The closings of a journal, as stored. */
export const storedClosings = (
  { closings }: Rows,
  username: string,
  expected: readonly ExpectedClosing[],
): readonly (Closing | undefined)[] =>
  expected.map(({ kind, sequence }) => closings.get(idOf(username, `${kind}/${sequence}`))?.row)

interface Limited {
  readonly limits: LedgerLimits
  /** The red pockets up to this entry. */
  readonly pockets: readonly JournalEntry[]
}

function checkLimits(
  entry: JournalEntry,
  replay: Replay,
  { limits, pockets }: Limited,
): string | undefined {
  if (replay.deposited > limits.deposit || replay.withdrawn > limits.withdrawal) {
    return `the daily limit is passed at ${entry.sequence}`
  }
  if (entry.kind === 'WITHDRAWAL' && replay.available < onHold(pockets, entry, limits)) {
    return `a red pocket on hold is withdrawn at ${entry.sequence}`
  }
  return undefined
}

/** The sum of red pockets that were on hold at the time of an entry. */
function onHold(
  pockets: readonly JournalEntry[],
  { createdAt }: JournalEntry,
  { redPocketHoldMs }: LedgerLimits,
): bigint {
  const isYoung = (pocket: JournalEntry) =>
    Date.parse(createdAt) - Date.parse(pocket.createdAt) < redPocketHoldMs
  return pockets.filter(isYoung).reduce((sum, pocket) => sum + cashChange(pocket), 0n)
}

/** What the rounding of an order's trades has cost so far, in 10^18ths of a cent. */
type Lost = bigint

/** Buys cost at least their value, sales pay at most that; both differ from it by less than a cent, all trades of an order together too. */
function checkRounding(
  entry: JournalEntry,
  traded: Map<string, Lost>,
  { orders }: Rows,
): string | undefined {
  const { kind, assetId, price, fee = 0n, orderId = '' } = entry
  if (!assetId || !price) return undefined
  // Signed from the user's side: a buy gains value and costs cash, a sale does the reverse.
  const worth = price * quantityChange(entry, assetId)
  const before = orders.get(orderId)?.record ? (traded.get(orderId) ?? 0n) : 0n
  const lost = before - (cashChange(entry) + fee) * 10n ** 18n - worth
  traded.set(orderId, lost)
  const isRight = lost >= 0n && lost < 10n ** 18n
  return isRight ? undefined : `${kind} at ${entry.sequence} is rounded the wrong way`
}

/** Only the sale of the last units of a holding may pay nothing. */
function checkWorth(entry: JournalEntry, { holdings }: Replay): string | undefined {
  const { kind, assetId, sequence } = entry
  if (kind !== 'SELL' || !assetId || cashChange(entry) > 0n) return undefined
  const { available, held } = holdings.get(assetId) ?? { available: 0n, held: 0n }
  return available + held === 0n
    ? undefined
    : `a part of a holding is sold for nothing at ${sequence}`
}

/** An order for an amount of cash never moves more. */
function checkAmount(entry: JournalEntry, { orders }: Rows): string | undefined {
  const { quoteAmount } = orders.get(entry.orderId ?? '') ?? {}
  if (quoteAmount === undefined) return undefined
  const moved: bigint = cashChange(entry)
  const isWithin = moved <= quoteAmount && -moved <= quoteAmount
  return isWithin ? undefined : `${entry.orderId} moves more than its amount`
}

/** The holdings of users equal the negative balance of the platform accounts, by asset. */
function checkConservation(rows: Rows, replays: ReadonlyMap<string, Replay>): string[] {
  const sums = new Map<string, bigint>()
  const add = (assetId: string, amount: bigint): void => {
    sums.set(assetId, (sums.get(assetId) ?? 0n) + amount)
  }
  for (const { available, held } of rows.accounts.values()) add('USD', available + held)
  for (const { assetId, available, held } of rows.holdings.values()) add(assetId, available + held)
  for (const { issued } of replays.values()) {
    for (const [assetId, amount] of issued) add(assetId, -amount)
  }
  return [...sums].filter(([, sum]) => sum !== 0n).map(([id]) => `${id} is not conserved`)
}

/** Open orders have their exact hold; other orders have none. */
function checkHolds(rows: Rows, replays: ReadonlyMap<string, Replay>): string[] {
  const open = [...rows.orders.values()].filter(({ status }) => status === 'OPEN')
  const held = [...replays.values()].flatMap(({ holds }) => [...holds])
  const failures = open
    .filter((order) => !isHeld(order, replays.get(order.username)))
    .map(({ id }) => `the hold of the open order ${id} differs from its amount`)
  if (held.length > open.length) failures.push('an order that is not open has a hold')
  return failures
}

function isHeld(order: OrderRow, replay: Replay | undefined): boolean {
  const hold = replay?.holds.get(order.id)
  const assetId = order.side === 'BUY' ? 'USD' : order.assetId
  return hold?.assetId === assetId && hold.amount === order.held
}

function checkPromises(rows: Rows, { acknowledged, refused }: Answers): string[] {
  const journal = new Set([...rows.entries.values()].map(({ id }) => id))
  const applied = new Map<string, string | undefined>()
  const failures: string[] = []
  for (const { key, entryId } of rows.applied) {
    if (applied.has(key)) failures.push(`${key} was applied twice`)
    applied.set(key, entryId)
    if (entryId && !journal.has(entryId)) failures.push(`the entry of ${key} is not in the journal`)
    if (refused.has(key)) failures.push(`${key} was refused and applied`)
  }
  for (const [key, entryId] of acknowledged) {
    if (!applied.has(key)) failures.push(`${key} was acknowledged and is lost`)
    else if ((applied.get(key) ?? '') !== entryId)
      failures.push(`${key} was answered with another entry`)
  }
  return failures
}
