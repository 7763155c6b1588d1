import { hashText } from '@cnop/kit/canonical-json'
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

/** The sparse index of accounts with unverified entries. */
export const unverifiedIndex = 'unverified'

/** How many parts the work of verifiers has; each part is one partition of the index and one lease. */
export const verifierShards = 8

export const shardOf = (username: string): number =>
  parseInt(hashText(username).slice(0, 4), 16) % verifierShards

export const unverifiedPk = (shard: number): string => `UNVERIFIED#${shard}`

/** Oldest first. */
export const unverifiedSk = (since: string, username: string): string => `${since}#${username}`

/** Up to which entry a user's journal was verified, and what it amounts to there. */
export const checkpointKey = (username: string): Key => ({
  pk: partition(username),
  sk: 'VERIFIED',
})

/** What the verifiers of a shard have found. */
export const shardKey = (shard: number): Key => ({ pk: 'VERIFIER', sk: `SHARD#${shard}` })

/** Users whose holds have changed since they were compared with the orders. */
export const changedHoldsKey = (username: string): Key => ({
  pk: changedHoldsPk(shardOf(username)),
  sk: username,
})

export const changedHoldsPk = (shard: number): string => `HOLDS#${shard}`

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

/** The gains of a year, or of all years. */
export const realisedPrefix = (year?: number): string =>
  year === undefined ? 'REALISED#' : `REALISED#${year}#`

/** What the sales of an asset in a UTC year amount to. */
export const realisedKey = (username: string, year: number, assetId: string): Key => ({
  pk: partition(username),
  sk: realisedPrefix(year) + assetId,
})

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
