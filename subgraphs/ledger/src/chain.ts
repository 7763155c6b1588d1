import { createHash } from 'node:crypto'
import type { Usd } from '@cnop/kit/money'
import type { Entry } from './entry.ts'

/** An entry in its place in a user's journal: immutable, and chained to the one before it. */
export interface JournalEntry extends Entry {
  readonly username: string
  /** The place in the user's journal, from 1, without gaps. */
  readonly sequence: bigint
  readonly id: string
  /** RFC 3339, UTC. */
  readonly createdAt: string
  /** The cash balance after the entry, held cash included. */
  readonly cashAfter: Usd
  readonly cashHeldAfter: Usd
  /** The hash of the entry before this one; empty for the first. */
  readonly previousHash: string
  readonly hash: string
}

export type UnsealedEntry = Omit<JournalEntry, 'hash'>

/** What canonical JSON can say. Absent members and undefined ones are the same. */
export type Json =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | readonly Json[]
  | { readonly [name: string]: Json }

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

/** JSON with sorted member names, without undefined members, integers as decimal strings: one text for one value. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'bigint') return `"${value.toString()}"`
  if (value === null || value === undefined) return 'null'
  if (typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The hash covers every field that the entry has, the previous hash among them. */
export function hashEntry(entry: UnsealedEntry): string {
  const { postings, ...fields } = entry
  const plainPostings = postings.map(({ account, assetId, amount }) => ({
    account,
    assetId,
    amount,
  }))
  return hashText(canonicalJson({ ...fields, postings: plainPostings }))
}

/** Closes an entry: nothing in it, or before it, can change unseen afterwards. */
export function sealEntry(entry: UnsealedEntry): JournalEntry {
  return { ...entry, hash: hashEntry(entry) }
}

/** Whether an entry still is what was sealed. */
export function isSealed({ hash, ...entry }: JournalEntry): boolean {
  return hash === hashEntry(entry)
}
