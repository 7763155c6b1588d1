import { subtractUsd, zeroUsd } from '@cnop/kit/money'
import { readEntry } from '@cnop/ledger/balances'
import { assetsOf, cashChange, isFromOutside, quantityChange } from '@cnop/ledger/entry'
import type { Deps } from '../deps.ts'
import {
  type EquityPoint,
  type HistoryRange,
  historyRanges,
  momentsOf,
  noteOpening,
  type Opening,
  valuePossessions,
} from '../domain/equity.ts'
import { readClosedPast } from './closed-past.ts'
import { readPrices } from './past-prices.ts'
import { rewindJournal } from './rewind-journal.ts'
import { rewindFrom, type Standing } from './standing.ts'

/**
 * So many of the newest entries are followed one by one; what is older is read from the account's closings. Those are exact
 * at midnight: the longer the steps, the less an entry shows. The chart of a young account spans its days even in a year, and
 * its first day has no closing yet, so a year follows as many entries as a month.
 */
const usualEntries: Readonly<Record<HistoryRange, number>> = {
  DAY: 512,
  WEEK: 256,
  MONTH: 128,
  YEAR: 128,
  MAX: 128,
}

/** So many of the newest movements are steps; an older one lies somewhere between two moments. */
const mostSteps = 32

export interface HistoryQuestion {
  readonly range: HistoryRange
  readonly mostEntries?: number
}

/**
 * What a portfolio was worth over time: the newest entries taken back from now, behind them the closings of the
 * account, valued at the prices of each moment. The cost does not depend on the length of the journal.
 */
export async function readHistory(
  { ledger, candles }: Pick<Deps, 'ledger' | 'candles'>,
  standing: Standing,
  { range, mostEntries = usualEntries[range] }: HistoryQuestion,
): Promise<readonly EquityPoint[]> {
  const { settled, nowMs } = standing
  const moments = momentsOf(range, nowMs)
  const rewind = rewindFrom(standing, moments, mostSteps)
  const { lengthMs, stepMs } = historyRanges[range]
  const sinceMs = nowMs - lengthMs
  const before = await rewindJournal(ledger, { ...settled, sinceMs, mostEntries }, rewind.undo)
  if (before !== undefined) {
    const fromMs = moments.at(-1) ?? sinceMs
    const question = { fromMs, toMs: nowMs, stepMs, before }
    const past = await readClosedPast(ledger, settled.account, question)
    rewind.noteRest(past.ownedAt)
    for (const [assetId, price] of past.averagePrices) {
      rewind.averagePrices.set(assetId, price)
    }
  }
  if (!rewind.isComplete()) {
    const opening = rewind.opening() ?? (await readOpening(ledger, settled))
    if (opening) noteOpening(rewind.possessions, opening, moments)
  }
  const priceAt = await readPrices(candles, { ...standing, range, rewind })
  return valuePossessions(rewind.possessions, priceAt)
}

/** The first entry of an account, where the newest ones do not reach back to it. */
async function readOpening(
  ledger: Deps['ledger'],
  { account }: Standing['settled'],
): Promise<Opening | undefined> {
  const entry = await readEntry(ledger, account.username, 1n)
  if (!entry) return undefined
  const owned = assetsOf(entry).map((id) => [id, quantityChange(entry, id)] as const)
  const paidIn = isFromOutside(entry) ? cashChange(entry) : zeroUsd
  return {
    atMs: Date.parse(entry.createdAt),
    cash: entry.cashAfter,
    quantities: new Map(owned),
    paidIn,
    paidInSince: subtractUsd(account.paidIn ?? zeroUsd, paidIn),
  }
}
