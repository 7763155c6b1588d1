import { type Clock, toIso } from '@cnop/kit/clock'
import { ScanCommand, type ScanCommandOutput } from '@aws-sdk/lib-dynamodb'
import { readItem } from '@cnop/kit/read'
import type { Account } from './account.ts'
import { type LedgerPlace, readJournal, readSettled } from './balances.ts'
import {
  type ClosingCheck,
  compareClosings,
  findExtraClosing,
  startClosingCheck,
} from './check-closings.ts'
import { type GainCheck, startGainCheck } from './check-gains.ts'
import { type Checkpoint, toCheckpoint } from './checkpoint.ts'
import { readExpected, streamClosings } from './closings.ts'
import { compareReplay } from './compare.ts'
import { accountKey, accountSk, isOfUser, usernameOf } from './keys.ts'
import { readYearGains } from './year-gains.ts'
import {
  type Discrepancy,
  type OpenHold,
  type Replay,
  replayEntry,
  replayHouse,
  startReplay,
} from './replay.ts'
import {
  addIssued,
  addOwned,
  note,
  report,
  startTally,
  type Tally,
  type Verification,
} from './verification.ts'
import { malformed } from './verify-account.ts'
import { readVerified } from './verifier-store.ts'

export type { Verification } from './verification.ts'

export interface VerifyOptions {
  /** Called with the holds of a user's open orders by the journal, to compare them with the orders; returns a discrepancy, if any. */
  readonly checkHolds?: (
    username: string,
    holds: ReadonlyMap<string, OpenHold>,
  ) => Promise<string | undefined>
}

type Source = LedgerPlace & { readonly now: Clock }

const atOnce = 8
const entriesPerComparison = 4_096n

/**
 * Recomputes every balance from the whole journal, and compares; `verifyShard` verifies only what is new. It may run while
 * money moves: each user is verified at one version of the account.
 */
export async function verifyLedger(
  source: Source,
  options: VerifyOptions = {},
): Promise<Verification> {
  const tally = startTally()
  for await (const { accounts, strays } of listPartitions(source)) {
    for (let start = 0; start < accounts.length; start += atOnce) {
      const group = accounts.slice(start, start + atOnce)
      const found = await Promise.all(
        group.map((username) => verifyUser(source, username, tally, options)),
      )
      note(tally, ...found)
    }
    for (const username of strays) note(tally, await findOrphan(source, username))
  }
  return report(tally, toIso(source.now()))
}

async function findOrphan(
  { db, table }: Source,
  username: string,
): Promise<Discrepancy | undefined> {
  if (await readItem(db, table, accountKey(username))) return undefined
  return { username, kind: 'ORPHAN_ROWS', message: 'there are rows but no account' }
}

/**
 * The users of the table, a page at a time: memory does not grow with the store. Rows whose partition did not begin with an
 * account in this scan are strays: an account may still exist.
 */
async function* listPartitions({
  db,
  table,
}: LedgerPlace): AsyncGenerator<{ accounts: readonly string[]; strays: readonly string[] }> {
  let start: Record<string, unknown> | undefined
  let current = ''
  do {
    const page: ScanCommandOutput = await db.documents.send(
      new ScanCommand({
        TableName: table,
        ConsistentRead: true,
        ProjectionExpression: 'pk, sk',
        ...(start && { ExclusiveStartKey: start }),
      }),
    )
    const accounts: string[] = []
    const strays: string[] = []
    for (const { pk, sk } of (page.Items ?? []) as { pk: string; sk: string }[]) {
      if (!isOfUser(pk)) continue
      if (sk === accountSk) accounts.push(usernameOf(pk))
      else if (pk !== current) strays.push(usernameOf(pk))
      current = pk
    }
    yield { accounts, strays }
    start = page.LastEvaluatedKey
  } while (start)
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
    return malformed(username, `behind entry ${replay.sequence}`, error)
  }
}

async function compareUser(
  source: Source,
  replay: Replay,
  tally: Tally,
  { checkHolds }: VerifyOptions,
): Promise<Discrepancy | undefined> {
  const { username } = replay
  const { checkpoint } = await readVerified(source, username)
  const checks = { closings: startClosingCheck(), gains: startGainCheck() }
  const replaying = { replay, checkpoint, ...checks, closed: 0, tally }
  const wrongEntry = await replayJournal(source, replaying)
  const settled = await readSettled(source, username)
  if (!settled) {
    tally.unsettled.push(username)
    return wrongEntry
  }
  const { account, holdings } = settled
  const discrepancy = wrongEntry ?? (await replayJournal(source, replaying, account.sequence))
  addOwned(tally, account, holdings)
  addIssued(tally, replay)
  if (discrepancy) return discrepancy
  const difference =
    compareReplay(replay, account, holdings) ??
    (await findStoredExtra(source, replaying)) ??
    replaying.gains.compare(username, await readYearGains(source, username), replay.sequence) ??
    (await checkMark(source, account, checkpoint))
  if (difference || !checkHolds) return difference
  const message = await checkHolds(username, replay.holds)
  return message === undefined ? undefined : { username, kind: 'WRONG_HOLD', message }
}

async function findStoredExtra(
  source: Source,
  { replay, closed }: Replaying,
): Promise<Discrepancy | undefined> {
  let stored = 0
  for await (const { row } of streamClosings(source, replay.username)) {
    if (row.sequence < replay.sequence) stored += 1
  }
  return findExtraClosing(replay, closed, stored)
}

const wrongCheckpoint = (username: string, message: string): Discrepancy => ({
  username,
  kind: 'WRONG_CHECKPOINT',
  message,
})

/** An account without a mark must have a checkpoint at its end, or no round would verify its entries. */
async function checkMark(
  source: Source,
  { username, sequence, unverifiedSince }: Account,
  before: Checkpoint | undefined,
): Promise<Discrepancy | undefined> {
  if (before && before.sequence > sequence) {
    return wrongCheckpoint(username, 'the checkpoint is beyond the journal')
  }
  if (!before || unverifiedSince !== undefined) return undefined
  const { checkpoint } = await readVerified(source, username)
  if (checkpoint && checkpoint.sequence >= sequence) return undefined
  return wrongCheckpoint(username, 'the account has unverified entries and no mark')
}

interface Replaying {
  readonly replay: Replay
  readonly checkpoint: Checkpoint | undefined
  readonly closings: ClosingCheck
  readonly gains: GainCheck
  /** How many closings were compared. */
  closed: number
  readonly tally: Tally
}

/** Continues where the replay ends. After an invalid entry only the platform accounts are summed up. */
async function replayJournal(
  source: Source,
  replaying: Replaying,
  through?: bigint,
): Promise<Discrepancy | undefined> {
  const { replay, closings, gains, tally } = replaying
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
    gains.note(entry)
    wrong = replayEntry(replay, entry) ?? checkCheckpoint(replaying)
    if (!wrong && replay.sequence % entriesPerComparison === 0n) {
      wrong = await checkClosings(source, replaying)
    }
  }
  return wrong ?? (await checkClosings(source, replaying))
}

async function checkClosings(
  source: Source,
  replaying: Replaying,
): Promise<Discrepancy | undefined> {
  const { username } = replaying.replay
  const expected = replaying.closings.take()
  replaying.closed += expected.length
  return compareClosings(username, expected, await readExpected(source, username, expected))
}

/** A checkpoint is what its part of the journal amounts to, or the rounds go on from something else. */
function checkCheckpoint({ replay, checkpoint }: Replaying): Discrepancy | undefined {
  if (replay.sequence !== checkpoint?.sequence) return undefined
  const { head, state } = toCheckpoint(replay)
  if (head === checkpoint.head && state === checkpoint.state) return undefined
  return wrongCheckpoint(replay.username, 'the checkpoint is not what the journal amounts to')
}
