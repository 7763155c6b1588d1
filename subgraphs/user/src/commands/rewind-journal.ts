import { readJournal } from '@cnop/ledger/balances'
import type { JournalEntry } from '@cnop/ledger/chain'
import type { LedgerDeps } from '@cnop/ledger/command'
import type { Settled } from '../loaders.ts'

export interface Walk extends Pick<Settled, 'account'> {
  /** Nothing before this moment matters. */
  readonly sinceMs: number
  readonly mostEntries: number
}

/** The first call asks for no more, because the moment is near in most journals. */
const fewEntries = 128

/**
 * Passes on the entries of a journal, newest first, down to the first one before the moment. Returns the sequence of the
 * oldest one where there are more entries than the walk may read; undefined when it came to the moment, or to the
 * beginning of the journal.
 */
export async function rewindJournal(
  ledger: LedgerDeps,
  { account: { username, sequence }, sinceMs, mostEntries }: Walk,
  undo: (entry: JournalEntry) => void,
): Promise<bigint | undefined> {
  let examined = 0
  const expected = Math.min(mostEntries, fewEntries)
  const range = { through: sequence, newestFirst: true, expected }
  for await (const entry of readJournal(ledger, username, range)) {
    undo(entry)
    if (Date.parse(entry.createdAt) < sinceMs) return undefined
    examined += 1
    if (examined >= mostEntries && entry.sequence > 1n) return entry.sequence
  }
  return undefined
}
