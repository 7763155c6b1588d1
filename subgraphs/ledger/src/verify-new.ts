import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { toIso } from '@cnop/kit/clock'
import type { Key } from '@cnop/kit/dynamo'
import { queryPage, readItems } from '@cnop/kit/read'
import { z } from 'zod'
import type { LedgerPlace } from './balances.ts'
import { cashAssetId } from './entry.ts'
import { shardKey, unverifiedIndex, unverifiedPk, unverifiedSk, verifierShards } from './keys.ts'
import type { Discrepancy } from './replay.ts'
import { createVerifierStore, type VerifierPlace } from './verifier-store.ts'
import { verifyAccount } from './verify-account.ts'

export type { VerifierPlace }

export const shards: readonly number[] = Array.from({ length: verifierShards }, (_, shard) => shard)

const accountsPerCall = 100
const mostDiscrepancies = 100
const mostFailures = 3

/** An account with changes that no verifier has seen. */
interface Unverified {
  readonly username: string
  readonly since: string
}

async function readUnverified(
  { db, table }: LedgerPlace,
  shard: number,
  { until, limit, after }: { until: string; limit: number; after?: Key | undefined },
): Promise<{ accounts: Unverified[]; last: Key | undefined }> {
  const query = { table, index: unverifiedIndex, pk: unverifiedPk(shard) }
  const between = ['0', unverifiedSk(until, '~')] as const
  const page = await queryPage(db, { ...query, between, limit, after, newestFirst: false })
  const accounts = page.items.map((item) => {
    const mark = String(item[`${unverifiedIndex}Sk`])
    const end = mark.indexOf('#')
    return { since: mark.slice(0, end), username: mark.slice(end + 1) }
  })
  return { accounts, last: page.last }
}

const theEnd = '9999'

/** When the oldest change was made that no verifier has seen; undefined when there is none. */
export async function readUnverifiedSince(place: LedgerPlace): Promise<string | undefined> {
  const pages = await Promise.all(
    shards.map((shard) => readUnverified(place, shard, { until: theEnd, limit: 1 })),
  )
  return pages.flatMap(({ accounts }) => accounts.map(({ since }) => since)).sort()[0]
}

export async function hasUnverified(place: LedgerPlace, shard: number): Promise<boolean> {
  const { accounts } = await readUnverified(place, shard, { until: theEnd, limit: 1 })
  return accounts.length > 0
}

export interface ShardVerification {
  readonly accounts: number
  readonly discrepancies: readonly Discrepancy[]
}

/**
 * Verifies what is new in one part of the accounts, oldest first, and writes what was found. `mayGoOn` is asked before
 * each account; a round that it ends writes nothing but its checkpoints. Two verifiers of one part are wasteful, not wrong.
 */
export async function verifyShard(
  place: VerifierPlace,
  shard: number,
  mayGoOn: () => Promise<boolean> = () => Promise.resolve(true),
): Promise<ShardVerification | undefined> {
  const store = createVerifierStore(place)
  const until = toIso(place.now())
  const discrepancies: Discrepancy[] = []
  const failures: unknown[] = []
  let accounts = 0
  let after: Key | undefined
  do {
    const page = await readUnverified(place, shard, { until, limit: accountsPerCall, after })
    for (const { username } of page.accounts) {
      if (!(await mayGoOn())) return undefined
      try {
        const verdict = await verifyAccount(store, username)
        if (verdict.kind === 'wrong') discrepancies.push(verdict.discrepancy)
        accounts += 1
      } catch (error) {
        // One account that cannot be verified must not keep the others waiting; a store that is down fails them all.
        if (failures.push(error) > mostFailures) throw error
      }
    }
    after = page.last
  } while (after)
  await writeShard(place, shard, discrepancies.slice(0, mostDiscrepancies))
  if (failures.length > 0) throw new AggregateError(failures, 'Accounts could not be verified.')
  return { accounts, discrepancies }
}

const discrepancy = z.object({
  username: z.string(),
  kind: z.string(),
  message: z.string(),
  assetId: z.string().optional(),
})

async function writeShard(
  { db, table, now }: VerifierPlace,
  shard: number,
  discrepancies: readonly Discrepancy[],
): Promise<void> {
  const found = discrepancies.map((each) => discrepancy.parse(each))
  await db.documents.send(
    new UpdateCommand({
      TableName: table,
      Key: shardKey(shard),
      UpdateExpression: 'SET verifiedAt = :now, discrepancies = :found',
      ExpressionAttributeValues: { ':now': toIso(now()), ':found': JSON.stringify(found) },
    }),
  )
}

const shardRow = z.object({
  accounts: z.bigint().default(0n),
  entries: z.bigint().default(0n),
  assets: z.set(z.string()).default(new Set()),
  verifiedAt: z.string().optional(),
  discrepancies: z
    .string()
    .default('[]')
    .transform((text) => z.array(discrepancy).parse(JSON.parse(text))),
})

export interface LedgerProgress {
  readonly isBalanced: boolean
  readonly accounts: number
  readonly entries: number
  /** When the part was verified that waited longest; undefined until every part was. */
  readonly verifiedAt: string | undefined
  readonly discrepancies: readonly z.output<typeof discrepancy>[]
  /** Cash first, then by ticker. */
  readonly assets: readonly { readonly assetId: string; readonly isBalanced: boolean }[]
}

/** What the verifiers of all parts have found so far. */
export async function readProgress({ db, table }: LedgerPlace): Promise<LedgerProgress> {
  const keys = shards.map((shard) => ({ table, key: shardKey(shard) }))
  const rows = (await readItems(db, keys)).map((item) => shardRow.parse(item ?? {}))
  const discrepancies = rows.flatMap((row) => row.discrepancies)
  const times = rows.flatMap(({ verifiedAt }) => verifiedAt ?? []).sort()
  const tickers = new Set(rows.flatMap(({ assets }) => [...assets]))
  tickers.delete(cashAssetId)
  const count = (name: 'accounts' | 'entries'): number =>
    rows.reduce((sum, row) => sum + parseInt(row[name].toString(), 10), 0)
  return {
    isBalanced: discrepancies.length === 0,
    accounts: count('accounts'),
    entries: count('entries'),
    verifiedAt: times.length === shards.length ? times[0] : undefined,
    discrepancies,
    assets: [cashAssetId, ...[...tickers].sort()].map((assetId) => ({
      assetId,
      isBalanced: !discrepancies.some((found) => found.assetId === assetId),
    })),
  }
}
