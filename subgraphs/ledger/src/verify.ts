import { type Clock, toIso } from '@cnop/kit/clock'
import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb'
import { ZodError } from 'zod'
import { type Account, type Holding, postedCash, totalQuantity } from './account.ts'
import { type LedgerPlace, readJournal, readSettled } from './balances.ts'
import { type ClosingCheck, startClosingCheck } from './check-closings.ts'
import { readClosings } from './closings.ts'
import { compareReplay } from './compare.ts'
import { cashAssetId, type EntryKind } from './entry.ts'
import { accountSk, isOfUser, usernameOf } from './keys.ts'
import {
  type Discrepancy,
  type OpenHold,
  type Replay,
  replayEntry,
  replayHouse,
  startReplay,
} from './replay.ts'

export interface AssetVerification {
  readonly assetId: string
  /** Whether what users own equals what came in minus what went out. */
  readonly isBalanced: boolean
  /** What all users own, by their rows; cents or quantity units. */
  readonly owned: bigint
  /** The negative balance of the platform accounts, by the journal. */
  readonly issued: bigint
}

export interface Verification {
  readonly isBalanced: boolean
  readonly accounts: number
  readonly entries: number
  /** The same, by what happened. */
  readonly kinds: ReadonlyMap<EntryKind, number>
  readonly verifiedAt: string
  /** The first one. */
  readonly discrepancy: Discrepancy | undefined
  /** At most a hundred of them, one for a user. */
  readonly discrepancies: readonly Discrepancy[]
  /** Users with constant movements: their journals are verified, their balances were not compared. */
  readonly unsettled: readonly string[]
  /** Cash first, then by ticker. */
  readonly assets: readonly AssetVerification[]
}

export interface VerifyOptions {
  /** Called with the holds of a user's open orders by the journal, to compare them with the orders; returns a discrepancy, if any. */
  readonly checkHolds?: (
    username: string,
    holds: ReadonlyMap<string, OpenHold>,
  ) => Promise<string | undefined>
}

type Source = LedgerPlace & { readonly now: Clock }

interface Tally {
  accounts: number
  entries: number
  readonly kinds: Map<EntryKind, number>
  readonly discrepancies: Discrepancy[]
  readonly unsettled: string[]
  readonly owned: Map<string, bigint>
  readonly issued: Map<string, bigint>
}

const atOnce = 8
const mostDiscrepancies = 100

/**
 * Recomputes every balance from the journal, and compares. It may run while money moves: each user is verified at
 * one version of the account.
 */
export async function verifyLedger(
  source: Source,
  options: VerifyOptions = {},
): Promise<Verification> {
  const tally: Tally = {
    accounts: 0,
    entries: 0,
    kinds: new Map(),
    discrepancies: [],
    unsettled: [],
    owned: new Map([[cashAssetId, 0n]]),
    issued: new Map(),
  }
  const users = await listPartitions(source)
  const usernames = [...users.keys()].sort()
  for (let start = 0; start < usernames.length; start += atOnce) {
    const group = usernames.slice(start, start + atOnce)
    const found = await Promise.all(
      group.map((username) =>
        users.get(username)
          ? verifyUser(source, username, tally, options)
          : Promise.resolve(orphan(username)),
      ),
    )
    tally.discrepancies.push(...found.flatMap((discrepancy) => discrepancy ?? []))
  }
  return report(tally, toIso(source.now()))
}

function orphan(username: string): Discrepancy {
  return { username, kind: 'ORPHAN_ROWS', message: 'there are rows but no account' }
}

function report(tally: Tally, verifiedAt: string): Verification {
  const assetIds = new Set([...tally.owned.keys(), ...tally.issued.keys()])
  const tickers = [...assetIds].filter((assetId) => assetId !== cashAssetId).sort()
  const assets = [cashAssetId, ...tickers].map((assetId) => {
    const owned = tally.owned.get(assetId) ?? 0n
    const issued = tally.issued.get(assetId) ?? 0n
    return { assetId, isBalanced: owned === issued, owned, issued }
  })
  const discrepancies = tally.discrepancies.slice(0, mostDiscrepancies)
  const isBalanced = discrepancies.length === 0 && assets.every((asset) => asset.isBalanced)
  return {
    isBalanced,
    accounts: tally.accounts,
    entries: tally.entries,
    kinds: tally.kinds,
    verifiedAt,
    discrepancy: discrepancies[0],
    discrepancies,
    unsettled: tally.unsettled,
    assets,
  }
}

/** Every user of the table, and whether there is an account row among the rows. */
async function listPartitions({ db, table }: LedgerPlace): Promise<ReadonlyMap<string, boolean>> {
  const users = new Map<string, boolean>()
  let start: Record<string, unknown> | undefined
  do {
    const page: ScanCommandOutput = await db.documents.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        ProjectionExpression: 'pk, sk',
        ...(start && { ExclusiveStartKey: start }),
      }),
    )
    for (const { pk, sk } of (page.Items ?? []) as { pk: string; sk: string }[]) {
      if (!isOfUser(pk)) continue
      const username = usernameOf(pk)
      users.set(username, sk === accountSk || (users.get(username) ?? false))
    }
    start = page.LastEvaluatedKey
  } while (start)
  return users
}

async function verifyUser(
  source: Source,
  username: string,
  tally: Tally,
  options: VerifyOptions,
): Promise<Discrepancy | undefined> {
  const replay = startReplay(username)
  tally.accounts += 1
  try {
    return await compareUser(source, replay, tally, options)
  } catch (error) {
    if (!(error instanceof ZodError)) throw error
    const [issue] = error.issues
    const where = `behind entry ${replay.sequence}: ${issue?.path.join('.') ?? ''}`
    return { username, kind: 'MALFORMED_ROW', message: `a row is malformed ${where}` }
  }
}

async function compareUser(
  source: Source,
  replay: Replay,
  tally: Tally,
  { checkHolds }: VerifyOptions,
): Promise<Discrepancy | undefined> {
  const { username } = replay
  const closings = startClosingCheck()
  const replaying = { replay, closings, tally }
  const wrongEntry = await replayJournal(source, replaying)
  const settled = await readSettled(source, username)
  if (!settled) {
    tally.unsettled.push(username)
    return wrongEntry
  }
  const { account, holdings } = settled
  const discrepancy = wrongEntry ?? (await replayJournal(source, replaying, account.sequence))
  addOwned(tally, account, holdings)
  for (const [assetId, amount] of replay.issued) add(tally.issued, assetId, amount)
  if (discrepancy) return discrepancy
  const difference =
    compareReplay(replay, account, holdings) ??
    closings.compare(replay, await readClosings(source, username))
  if (difference || !checkHolds) return difference
  const message = await checkHolds(username, replay.holds)
  return message === undefined ? undefined : { username, kind: 'WRONG_HOLD', message }
}

interface Replaying {
  readonly replay: Replay
  readonly closings: ClosingCheck
  readonly tally: Tally
}

/** Continues where the replay ends. After an invalid entry only the platform accounts are summed up. */
async function replayJournal(
  source: Source,
  { replay, closings, tally }: Replaying,
  through?: bigint,
): Promise<Discrepancy | undefined> {
  const range = { after: replay.sequence, ...(through !== undefined && { through }) }
  let wrong: Discrepancy | undefined
  for await (const entry of readJournal(source, replay.username, range)) {
    tally.entries += 1
    tally.kinds.set(entry.kind, (tally.kinds.get(entry.kind) ?? 0) + 1)
    if (wrong) {
      replayHouse(replay, entry)
      continue
    }
    closings.note(replay, entry)
    wrong = replayEntry(replay, entry)
  }
  return wrong
}

const add = (sums: Map<string, bigint>, assetId: string, amount: bigint): void => {
  sums.set(assetId, (sums.get(assetId) ?? 0n) + amount)
}

function addOwned(tally: Tally, account: Account, holdings: readonly Holding[]): void {
  add(tally.owned, cashAssetId, postedCash(account))
  for (const holding of holdings) add(tally.owned, holding.assetId, totalQuantity(holding))
}
