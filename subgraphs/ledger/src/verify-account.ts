import { ZodError } from 'zod'
import type { Account, Holding } from './account.ts'
import type { JournalEntry } from './chain.ts'
import {
  type ClosingCheck,
  compareClosings,
  type ExpectedClosing,
  startClosingCheck,
} from './check-closings.ts'
import { type Checkpoint, resumeReplay, toCheckpoint } from './checkpoint.ts'
import type { Closing } from './closing.ts'
import { compareReplay, findWentBack } from './compare.ts'
import { type Discrepancy, type Replay, replayEntry } from './replay.ts'

export interface Verified {
  readonly username: string
  /** The checkpoint that the verification began behind; it must be unchanged. */
  readonly from: Checkpoint | undefined
  readonly to: Checkpoint
  /** The account that was compared, whose mark is removed if it is unchanged; undefined before the end of a long journal. */
  readonly account: Account | undefined
  readonly assetIds: ReadonlySet<string>
  readonly haveHoldsChanged: boolean
}

/** What incremental verification reads and writes. DynamoDB in production; the simulator has its own. */
export interface VerifierStore {
  read(username: string): Promise<{ account?: Account; checkpoint?: Checkpoint }>
  /** The entries behind a sequence, in order, and behind them every holding. */
  readBehind(username: string, sequence: bigint): AsyncIterable<JournalEntry | Holding>
  readClosings(
    username: string,
    expected: readonly ExpectedClosing[],
  ): Promise<readonly (Closing | undefined)[]>
  /** Writes the checkpoint and removes the mark, both or neither. */
  save(verified: Verified): Promise<'saved' | 'account moved' | 'checkpoint moved'>
}

export type AccountVerdict =
  | { readonly kind: 'verified' }
  | { readonly kind: 'wrong'; readonly discrepancy: Discrepancy }
  /** The account moved during each attempt: its journal is verified, its balances are compared in the next round. */
  | { readonly kind: 'moving' }

interface Options {
  readonly blockSize?: bigint
  /** How many entries are verified between two checkpoints of a long journal. */
  readonly stride?: number
}

const attempts = 5
const usualStride = 2_000

/**
 * Verifies what is new in one account: the entries behind its checkpoint, their closings, and the balances that they lead to. A
 * discrepancy counts only if the account did not move while it was found.
 */
export async function verifyAccount(
  store: VerifierStore,
  username: string,
  options: Options = {},
): Promise<AccountVerdict> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      const verdict = await attemptOnce(store, username, options, attempt === attempts)
      if (verdict) return verdict
    } catch (error) {
      return { kind: 'wrong', discrepancy: malformed(username, 'behind the checkpoint', error) }
    }
  }
  return { kind: 'moving' }
}

async function attemptOnce(
  store: VerifierStore,
  username: string,
  options: Options,
  isLast: boolean,
): Promise<AccountVerdict | undefined> {
  const { account, checkpoint } = await store.read(username)
  if (!account) return { kind: 'verified' }
  const walk = startWalk(username, checkpoint)
  const outcome = await walkNew(store, account, walk, options)
  if (outcome.kind === 'overtaken') return undefined
  const discrepancy = outcome.discrepancy ?? compareReplay(walk.replay, account, walk.holdings)
  if (discrepancy) {
    const { account: now } = await store.read(username)
    return now?.version === account.version ? { kind: 'wrong', discrepancy } : undefined
  }
  const saved = await save(store, walk, account)
  if (saved === 'saved') return { kind: 'verified' }
  if (saved === 'account moved' && isLast) await save(store, walk, undefined)
  return undefined
}

interface Walk {
  readonly replay: Replay
  readonly assetIds: Set<string>
  readonly holdings: Holding[]
  /** The last checkpoint, and the holds there. */
  from: Checkpoint | undefined
  holds: string
}

function startWalk(username: string, from: Checkpoint | undefined): Walk {
  const replay = resumeReplay(username, from)
  return { replay, from, holds: showHolds(replay), assetIds: new Set(), holdings: [] }
}

const showHolds = ({ holds }: Replay): string =>
  [...holds]
    .map(([id, { assetId, amount }]) => `${id} ${assetId} ${amount}`)
    .sort()
    .join()

async function save(store: VerifierStore, walk: Walk, account: Account | undefined) {
  const { replay, from, assetIds } = walk
  const to = toCheckpoint(replay)
  const holds = showHolds(replay)
  const haveHoldsChanged = holds !== walk.holds
  const { username } = replay
  const outcome = await store.save({ username, from, to, account, assetIds, haveHoldsChanged })
  if (outcome === 'saved') Object.assign(walk, { from: to, holds })
  return outcome
}

type WalkOutcome =
  | { readonly kind: 'walked'; readonly discrepancy: Discrepancy | undefined }
  /** Another verifier has written a checkpoint meanwhile. */
  | { readonly kind: 'overtaken' }

async function walkNew(
  store: VerifierStore,
  account: Account,
  walk: Walk,
  { blockSize, stride = usualStride }: Options,
): Promise<WalkOutcome> {
  const { replay } = walk
  const { username } = replay
  const closings = startClosingCheck(blockSize)
  const compare = async (): Promise<Discrepancy | undefined> => {
    const expected = closings.take()
    if (expected.length === 0) return undefined
    return compareClosings(username, expected, await store.readClosings(username, expected))
  }
  for await (const row of store.readBehind(username, replay.sequence)) {
    if (!('hash' in row)) {
      walk.holdings.push(row)
      continue
    }
    const discrepancy = judge(walk, row, account, closings)
    if (discrepancy) return { kind: 'walked', discrepancy }
    if (countNew(walk) < stride) continue
    const wrongClosing = await compare()
    if (wrongClosing) return { kind: 'walked', discrepancy: wrongClosing }
    if ((await save(store, walk, undefined)) !== 'saved') return { kind: 'overtaken' }
  }
  return { kind: 'walked', discrepancy: await compare() }
}

/** How many entries the last checkpoint does not count. */
const countNew = ({ replay, from }: Walk): bigint => replay.sequence - (from?.sequence ?? 0n)

function judge(
  { replay, assetIds }: Walk,
  entry: JournalEntry,
  account: Account,
  closings: ClosingCheck,
): Discrepancy | undefined {
  const { username, sequence } = entry
  if (sequence > account.sequence) {
    const message = `entry ${sequence} is not counted by the account`
    return { username, kind: 'EXTRA_ENTRY', message, sequence }
  }
  closings.note(replay, entry)
  for (const { assetId } of entry.postings) assetIds.add(assetId)
  // Not only at the end: a checkpoint of a long journal forgets it.
  return replayEntry(replay, entry) ?? findWentBack(replay, account)
}

/** A row that does not have the form of its kind; any other error is not the row's. */
export function malformed(username: string, where: string, error: unknown): Discrepancy {
  if (!(error instanceof ZodError)) throw error
  const [issue] = error.issues
  const message = `a row is malformed ${where}: ${issue?.path.join('.') ?? ''}`
  return { username, kind: 'MALFORMED_ROW', message }
}
