import type { Key } from '@cnop/kit/dynamo'
import type { Entry, EntryKind } from './entry.ts'

const partitionPrefix = 'USER#'
export const accountSk = 'ACCOUNT'
export const holdingPrefix = 'HOLDING#'
export const entryPrefix = 'ENTRY#'
export const guardPrefix = 'KEY#'
export const closingPrefixes = { day: 'CLOSE#DAY#', block: 'CLOSE#BLOCK#' } as const

const sequenceDigits = 12

/** The last sequence that fits its digits. */
export const highestSequence = 10n ** BigInt(sequenceDigits) - 1n

/** The one row that belongs to no user: it closes the ledger in every process. */
export const switchKey: Key = { pk: 'SWITCH', sk: 'READ_ONLY' }

/** Everything of one user is one partition. */
export const partition = (username: string): string => partitionPrefix + username

export const isOfUser = (pk: string): boolean => pk.startsWith(partitionPrefix)

export const usernameOf = (pk: string): string => pk.slice(partitionPrefix.length)

export const accountKey = (username: string): Key => ({ pk: partition(username), sk: accountSk })

export const holdingKey = (username: string, assetId: string): Key => ({
  pk: partition(username),
  sk: holdingPrefix + assetId,
})

/** Twelve digits, so that rows sort by their sequence. */
const digits = (sequence: bigint): string => sequence.toString().padStart(sequenceDigits, '0')

export const entrySk = (sequence: bigint): string => entryPrefix + digits(sequence)

export const entryKey = (username: string, sequence: bigint): Key => ({
  pk: partition(username),
  sk: entrySk(sequence),
})

export const guardKey = (username: string, key: string): Key => ({
  pk: partition(username),
  sk: guardPrefix + key,
})

/** A day's closing sorts by its day, a block's by the sequence that it ends with. */
export const closingKey = (
  username: string,
  kind: keyof typeof closingPrefixes,
  { day, sequence }: { readonly day: string; readonly sequence: bigint },
): Key => ({
  pk: partition(username),
  sk: closingPrefixes[kind] + (kind === 'day' ? day : digits(sequence)),
})

export const blockSk = (sequence: bigint): string => closingPrefixes.block + digits(sequence)

/** The index of the activity: where the entries of a kind are, and those of a kind and an asset. */
export const indexPrefix = (kind: EntryKind, assetId?: string): string =>
  assetId === undefined ? `KIND#${kind}#` : `ASSET#${assetId}#${kind}#`

export const indexSk = (prefix: string, sequence: bigint): string => prefix + digits(sequence)

export const sequenceOf = (sk: string): bigint => BigInt(sk.slice(-sequenceDigits))

/** The rows of the index that belong to an entry; they hold nothing but their key. */
export function indexKeys({
  username,
  sequence,
  kind,
  assetId,
}: Pick<Entry, 'kind' | 'assetId'> & { username: string; sequence: bigint }): readonly Key[] {
  const prefixes = [indexPrefix(kind), ...(assetId ? [indexPrefix(kind, assetId)] : [])]
  return prefixes.map((prefix) => ({ pk: partition(username), sk: indexSk(prefix, sequence) }))
}
