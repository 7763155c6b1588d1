import { canonicalJson, hashText } from '@cnop/kit/canonical-json'
import type { Usd } from '@cnop/kit/money'
import type { Entry } from './entry.ts'
import type { SaleMethod } from './lots.ts'

/** An entry of a user's journal: immutable, and chained to the previous one. */
export interface JournalEntry extends Omit<Entry, 'namedLots'> {
  readonly username: string
  /** The place in the user's journal, from 1, without gaps. */
  readonly sequence: bigint
  readonly id: string
  /** RFC 3339, UTC. */
  readonly createdAt: string
  /** The cash balance after the entry, held cash included. */
  readonly cashAfter: Usd
  readonly cashHeldAfter: Usd
  /** The lot that a buy made, or those that a sale took, packed (lots.ts); absent in trades of before lots were kept. */
  readonly lots?: string
  /** How a sale chose its lots; absent for FIFO. */
  readonly lotMethod?: SaleMethod
  /** The hash of the entry before this one; empty for the first. */
  readonly previousHash: string
  readonly hash: string
}

export type EntryContent = Omit<JournalEntry, 'hash'>

/** The hash covers every field that the entry has, the previous hash among them. */
export function hashEntry(entry: EntryContent): string {
  const { postings, ...fields } = entry
  const plainPostings = postings.map(({ account, assetId, amount }) => ({
    account,
    assetId,
    amount,
  }))
  return hashText(canonicalJson({ ...fields, postings: plainPostings }))
}

/** Seals an entry with its hash: later changes to it, or before it, are detectable. */
export function withHash(entry: EntryContent): JournalEntry {
  return { ...entry, hash: hashEntry(entry) }
}

/** Whether an entry is unchanged. */
export function hasValidHash({ hash, ...entry }: JournalEntry): boolean {
  return hash === hashEntry(entry)
}
