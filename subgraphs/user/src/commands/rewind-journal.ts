import { readJournal } from '@cnop/ledger/balances'
import type { JournalEntry } from '@cnop/ledger/chain'
import type { LedgerDeps } from '@cnop/ledger/command'
import type { Settled } from '../store/loaders.ts'

/** How many entries one walk looks at; a busier account is not followed further back. */
const mostEntries = 50_000

export interface Walk extends Pick<Settled, 'account'> {
  /** Nothing before this moment matters. */
  readonly sinceMs: number
}

/**
 * Hands the entries of a journal over, newest first, down to the first one before the moment. Answers whether the walk
 * came to that moment, or to the beginning of the journal.
 */
export async function rewindJournal(
  ledger: LedgerDeps,
  { account: { username, sequence }, sinceMs }: Walk,
  undo: (entry: JournalEntry) => void,
): Promise<boolean> {
  let examined = 0
  const range = { through: sequence, newestFirst: true }
  for await (const entry of readJournal(ledger, username, range)) {
    undo(entry)
    if (Date.parse(entry.createdAt) < sinceMs) return true
    examined += 1
    if (examined >= mostEntries) return false
  }
  return true
}
