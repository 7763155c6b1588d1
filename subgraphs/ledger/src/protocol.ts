import { Contention, invariant, InvariantViolation, OutcomeUnknown } from '@cnop/kit/errors'
import { IdempotencyKeyReused } from '@cnop/kit/idempotency-key'
import { type Change, type Account, emptyHolding, type LedgerState } from './account.ts'
import {
  type AccountStore,
  type Commit,
  type Guard,
  JournalViolation,
  KeyUsed,
  type Snapshot,
  VersionLost,
} from './account-store.ts'
import { canonicalJson, hashText, type Json } from '@cnop/kit/canonical-json'
import { assetsOf, type Entry } from './entry.ts'
import { AccountNotFound, HoldMissing } from './errors.ts'
import { closeAccount, closingsDue } from './closing.ts'
import type { Gate } from './gate.ts'
import type { LotMethod } from './lots.ts'
import type { post, PostContext } from './post.ts'

export interface Command<Address> {
  readonly username: string
  /** The idempotency key, unique for the user. */
  readonly key: string
  /** The name of the command; a key is bound to it. */
  readonly name: string
  readonly input: Json
  /** The assets whose holdings the decision needs. */
  readonly assetIds?: readonly string[]
  /** Rows of other tables that the decision needs; they are read in the same batch, in this order. */
  readonly reads?: readonly Address[]
}

export interface State<Row> extends LedgerState {
  /** The rows of `reads`. */
  readonly rows: readonly (Row | undefined)[]
}

/** Without an entry no money moves, but the cause, the key and a changed choice of lots are still written as one. */
export type Decision<R, Cause> =
  | {
      readonly entry: Entry
      readonly cause?: readonly Cause[]
      readonly result: R | ((change: Change) => R)
    }
  | {
      readonly entry: undefined
      readonly cause?: readonly Cause[]
      /** Which lots later sales take; unchanged without it. */
      readonly lotMethod?: LotMethod
      readonly result: R
    }

export type Decide<R, Cause, Row> = (
  state: State<Row>,
  preview: (entry: Entry) => Change,
) => Decision<R, Cause> | Promise<Decision<R, Cause>>

export type Setback = 'version-lost' | 'hold-missing' | 'outcome-unknown' | 'store-silent'

export interface Ports<Cause, Address, Row> {
  readonly store: AccountStore<Cause, Address, Row>
  readonly post: typeof post
  readonly gate: Gate
  readonly now: () => number
  readonly newEntryId: () => string
  readonly limits: PostContext['limits']
  /** Whether `now` is a moment of the past that the caller chose. */
  readonly isDated?: boolean | undefined
  /** How many entries lie between two closings at most. */
  readonly blockSize: bigint
  readonly maxAttempts: number
  /** Waits before an attempt, with exponential backoff and jitter. */
  readonly pause: (attempt: number) => Promise<void>
  readonly onViolation: (violation: Error) => void
  readonly onSetback: (setback: Setback) => void
}

interface Run<R, Cause, Address, Row> {
  readonly ports: Ports<Cause, Address, Row>
  readonly command: Command<Address>
  readonly decide: Decide<R, Cause, Row>
  readonly inputHash: string
  /** The highest account version that an attempt of unknown outcome was based on. */
  readonly unknownVersion: bigint | undefined
}

type Outcome<R> =
  | { readonly kind: 'done'; readonly result: R }
  | { readonly kind: 'again'; readonly setback: Setback; readonly unknownVersion?: bigint }

/**
 * Reads, decides, commits; reads and decides again when a race is lost or an outcome is unknown. An attempt whose
 * reply was lost can still land, but never beside another: both need the key to be unused.
 */
export async function execute<R, Cause, Address, Row>(
  ports: Ports<Cause, Address, Row>,
  command: Command<Address>,
  decide: Decide<R, Cause, Row>,
): Promise<R> {
  const inputHash = hashInput(command)
  let unknownVersion: bigint | undefined
  for (let attempt = 1; attempt <= ports.maxAttempts; attempt += 1) {
    if (attempt > 1) await ports.pause(attempt)
    const outcome = await attemptOnce({ ports, command, decide, inputHash, unknownVersion })
    if (outcome.kind === 'done') return outcome.result
    unknownVersion = outcome.unknownVersion ?? unknownVersion
    ports.onSetback(outcome.setback)
  }
  throw unknownVersion === undefined ? new Contention() : new OutcomeUnknown()
}

/** A key is bound to the name and the input of its command. */
export function hashInput({ name, input }: Command<unknown>): string {
  return hashText(canonicalJson({ name, input }))
}

async function attemptOnce<R, Cause, Address, Row>(
  run: Run<R, Cause, Address, Row>,
): Promise<Outcome<R>> {
  const { ports, command } = run
  const nowMs = ports.now()
  const snapshot = await readSnapshot(run, nowMs)
  if (snapshot === undefined) return { kind: 'again', setback: 'store-silent' }
  if (snapshot.guard) return answer(run, snapshot.guard)
  const { account } = snapshot
  if (!account) throw new AccountNotFound(command.username)
  try {
    ports.gate.pass()
    const commit = await decideCommit(run, account, snapshot, nowMs)
    await ports.store.commit(commit)
    return { kind: 'done', result: JSON.parse(commit.guard.result) as R }
  } catch (error) {
    return settle(run, account.version, error)
  }
}

/** A failed read is retried only to learn an outcome; otherwise nothing was written, and the error is returned. */
async function readSnapshot<R, Cause, Address, Row>(
  { ports, command, unknownVersion }: Run<R, Cause, Address, Row>,
  nowMs: number,
): Promise<Snapshot<Row> | undefined> {
  const { username, key, assetIds = [], reads = [] } = command
  try {
    return await ports.store.read({ username, key, assetIds, reads, nowMs })
  } catch (error) {
    if (unknownVersion === undefined) throw error
    return undefined
  }
}

/** A repeat gets what the first attempt got. */
function answer<R>(
  { command, inputHash }: { command: Command<unknown>; inputHash: string },
  guard: Guard,
): Outcome<R> {
  if (guard.inputHash !== inputHash) throw new IdempotencyKeyReused(command.key)
  return { kind: 'done', result: JSON.parse(guard.result) as R }
}

async function decideCommit<R, Cause, Address, Row>(
  { ports, command, decide, inputHash }: Run<R, Cause, Address, Row>,
  account: Account,
  { holdings, rows }: Snapshot<Row>,
  nowMs: number,
): Promise<Commit<Cause>> {
  const { username, key, assetIds = [] } = command
  const empty = assetIds.map((assetId) => [assetId, emptyHolding(assetId)] as const)
  const read = holdings.map((holding) => [holding.assetId, holding] as const)
  const before: LedgerState = { account, holdings: new Map([...empty, ...read]) }
  const { limits, isDated } = ports
  const at = { nowMs, limits, isDated, id: ports.newEntryId() }
  const posted = new Map<Entry, Change>()
  const preview = (entry: Entry): Change => {
    // Posting is pure, and a decision mostly returns the entry that it has looked at.
    const change = posted.get(entry) ?? postOrClose(ports, before, entry, at)
    posted.set(entry, change)
    return change
  }
  const decision = await decide({ ...before, rows }, preview)
  const change = decision.entry && preview(decision.entry)
  const result = JSON.stringify(resultOf(decision, change)) as string | undefined
  return {
    username,
    key,
    guard: { inputHash, result: result ?? 'null' },
    nowMs,
    before,
    account: change?.account ?? withoutEntry(account, decision),
    change,
    closing: change && (await close(ports, change)),
    cause: decision.cause ?? [],
  }
}

const withoutEntry = <R, Cause>(account: Account, decision: Decision<R, Cause>): Account => ({
  ...account,
  version: account.version + 1n,
  ...(decision.entry === undefined &&
    decision.lotMethod !== undefined && { lotMethod: decision.lotMethod }),
})

/** The first entry of a day, and one in every block, also closes what was before it; that takes one more read. */
async function close<Cause, Address, Row>(
  { store, blockSize }: Ports<Cause, Address, Row>,
  { before: { account }, account: after, entry }: Change,
): Promise<Commit<Cause>['closing']> {
  const kinds = closingsDue(account, after.day, blockSize)
  if (kinds.length === 0) return undefined
  const row = closeAccount(account, await store.readHoldings(account.username), entry.createdAt)
  return row && { kinds, row }
}

function resultOf<R, Cause>(decision: Decision<R, Cause>, change: Change | undefined): R {
  const { entry, result } = decision
  if (entry === undefined || typeof result !== 'function') return result as R
  invariant(change !== undefined, 'An entry that was posted has a change.')
  return (result as (change: Change) => R)(change)
}

/** A violated invariant is a bug that could lose money: writes stop until an operator has examined it. */
function postOrClose<Cause, Address, Row>(
  ports: Ports<Cause, Address, Row>,
  before: LedgerState,
  entry: Entry,
  at: PostContext,
): Change {
  const unread = assetsOf(entry).find((assetId) => !before.holdings.has(assetId))
  if (unread) throw new Error(`The command changes the holding of ${unread} but did not read it.`)
  try {
    return ports.post(before, entry, at)
  } catch (error) {
    if (error instanceof InvariantViolation) closeGate(ports, error)
    throw error
  }
}

function closeGate(
  { gate, onViolation }: Pick<Ports<never, never, never>, 'gate' | 'onViolation'>,
  violation: Error,
): void {
  gate.close(violation)
  onViolation(violation)
}

/** What a failed decision or commit means for the caller. */
async function settle<R, Cause, Address, Row>(
  run: Run<R, Cause, Address, Row>,
  version: bigint,
  error: unknown,
): Promise<Outcome<R>> {
  if (error instanceof KeyUsed) return answer(run, error.guard)
  if (error instanceof VersionLost) return { kind: 'again', setback: 'version-lost' }
  if (error instanceof HoldMissing) return { kind: 'again', setback: 'hold-missing' }
  if (error instanceof OutcomeUnknown) {
    return { kind: 'again', setback: 'outcome-unknown', unknownVersion: version }
  }
  if (error instanceof JournalViolation) closeGate(run.ports, error)
  return settleRefusal(run, version, error)
}

/**
 * Before a refusal is returned, the key is read again: another attempt of the same command may have succeeded since,
 * and may have caused the refusal. An attempt of unknown outcome can still commit while the account has the version
 * that it was based on; until then the outcome is unknown, not refused.
 */
async function settleRefusal<R, Cause, Address, Row>(
  run: Run<R, Cause, Address, Row>,
  version: bigint,
  refusal: unknown,
): Promise<Outcome<R>> {
  const { unknownVersion } = run
  const guard = await findGuard(run)
  if (guard) return answer(run, guard)
  if (unknownVersion !== undefined && version <= unknownVersion) throw new OutcomeUnknown()
  throw refusal
}

async function findGuard<R, Cause, Address, Row>({
  ports,
  command,
  unknownVersion,
}: Run<R, Cause, Address, Row>): Promise<Guard | undefined> {
  try {
    return await ports.store.readGuard(command.username, command.key, ports.now())
  } catch (error) {
    throw unknownVersion === undefined ? error : new OutcomeUnknown()
  }
}
