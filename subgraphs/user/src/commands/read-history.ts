import type { Deps } from '../deps.ts'
import {
  type EquityPoint,
  type HistoryRange,
  historyRanges,
  momentsOf,
  valuePossessions,
} from '../domain/equity.ts'
import { readPrices } from './past-prices.ts'
import { rewindJournal } from './rewind-journal.ts'
import { rewindFrom, type Standing } from './standing.ts'

/** What a portfolio was worth over time: the journal taken back from now, valued at the prices of each moment. */
export async function readHistory(
  { ledger, candles }: Pick<Deps, 'ledger' | 'candles'>,
  standing: Standing,
  range: HistoryRange,
): Promise<readonly EquityPoint[]> {
  const { settled, nowMs } = standing
  const rewind = rewindFrom(standing, momentsOf(range, nowMs))
  const sinceMs = nowMs - historyRanges[range].lengthMs
  await rewindJournal(ledger, { ...settled, sinceMs }, (entry) => rewind.undo(entry))
  const priceAt = await readPrices(candles, { ...standing, range, rewind })
  return valuePossessions(rewind.possessions, priceAt)
}
