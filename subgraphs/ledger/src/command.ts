import { setTimeout as delay } from 'node:timers/promises'
import type { EventBus } from '@cnop/kit/bus'
import { type Clock, toIso } from '@cnop/kit/clock'
import type { Db, Item } from '@cnop/kit/dynamo'
import { invariant } from '@cnop/kit/errors'
import { chance, type NewId } from '@cnop/kit/ids'
import type { RowAddress } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { balancesChanged, ledgerChanged } from '@cnop/schema/events'
import { type LedgerLimits, newAccount } from './account.ts'
import { entriesPerBlock } from './closing.ts'
import type { LotMethod } from './lots.ts'
import { post } from './post.ts'
import * as protocol from './protocol.ts'
import { processState } from './process-state.ts'
import { createAccountStore, openAccountWrite } from './store.ts'

export type Command = protocol.Command<RowAddress>
export type State = protocol.State<Item>
export type Decision<R> = protocol.Decision<R, Write>
export type Decide<R> = protocol.Decide<R, Write, Item>
export type Setback = protocol.Setback

/** The logger of the ledger; a pino logger fits. */
export interface LedgerLog {
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

export interface LedgerDeps {
  readonly db: Db
  readonly table: string
  readonly now: Clock
  /** Whether `now` is a moment of the past, at which something is entered unless the account has a later entry (`EntryTooLate`). */
  readonly isDated?: boolean | undefined
  readonly newId: NewId
  readonly limits: LedgerLimits
  readonly log: LedgerLog
  /** Where changed balances are published. */
  readonly bus?: Pick<EventBus, 'publish'> | undefined
  /** Called with the violation that made the ledger read-only. */
  readonly onViolation?: ((violation: Error) => void) | undefined
  /** Called for every attempt that must be repeated. */
  readonly onSetback?: ((setback: Setback) => void) | undefined
}

const maxAttempts = 25
const longestPauseMs = 100

/** Backoff with full jitter, so that concurrent writers do not collide again. */
const pause = (attempt: number): Promise<void> =>
  delay(Math.ceil(chance() * Math.min(longestPauseMs, 2 ** attempt)))

const usernameShape = /^[A-Za-z0-9_.-]{1,64}$/
const keyShape = /^[A-Za-z0-9_:.-]{1,128}$/

/** Callers validate user input; this is the last check before a key could address another row. */
function checkCommand({ username, key, name }: Command): void {
  invariant(usernameShape.test(username), 'A command names its user.')
  invariant(keyShape.test(key), 'A command has a key of 1 to 128 plain characters.')
  invariant(name.length > 0, 'A command has a name.')
}

/**
 * The only way to move money: reads, decides and commits in two round trips. The commands of one user wait for each other
 * in this process; a race with another process causes a new decision. A key that was used answers with what it
 * got then. `decide` writes nothing and starts no other command of the same user.
 */
export async function runCommand<R>(
  deps: LedgerDeps,
  command: Command,
  decide: Decide<R>,
): Promise<R> {
  checkCommand(command)
  const { queue, gate } = processState(deps.db)
  const ports: protocol.Ports<Write, RowAddress, Item> = {
    store: createAccountStore(deps.db, deps.table),
    post,
    gate,
    now: deps.now,
    newEntryId: () => deps.newId('ent'),
    limits: deps.limits,
    isDated: deps.isDated,
    blockSize: entriesPerBlock,
    maxAttempts,
    pause,
    onViolation: (violation) => reportViolation(deps, violation),
    onSetback: (setback) => reportSetback(deps, command, setback),
  }
  const result = await queue.run(`${deps.table}/${command.username}`, () =>
    protocol.execute(ports, command, decide),
  )
  // Publishing is not awaited, because it never fails. A repeated command publishes again, in case the first could not.
  announce(deps, command.username)
  return result
}

/** Chooses which lots the next sales of a user take. Sales of before keep theirs. */
export const chooseLots = (
  deps: LedgerDeps,
  command: Pick<Command, 'username' | 'key'>,
  lotMethod: LotMethod,
): Promise<LotMethod> =>
  runCommand(deps, { ...command, name: 'choose lots', input: { lotMethod } }, () => ({
    entry: undefined,
    lotMethod,
    result: lotMethod,
  }))

const announcePauseMs = 1_000

function announce({ bus, db, now }: LedgerDeps, username: string): void {
  void bus?.publish(balancesChanged(username), { username })
  const state = processState(db)
  const nowMs = now()
  // The clock may be set back.
  if (Math.abs(nowMs - state.announcedAtMs) < announcePauseMs) return
  state.announcedAtMs = nowMs
  void bus?.publish(ledgerChanged, {})
}

function reportViolation(deps: LedgerDeps, violation: Error): void {
  deps.log.error({ action: 'ledger_read_only', error: violation }, 'The ledger is read-only now.')
  deps.onViolation?.(violation)
}

/** Lost races are expected; other causes are logged. */
function reportSetback(deps: LedgerDeps, { username, key }: Command, setback: Setback): void {
  if (setback !== 'version-lost') {
    const details = { action: 'ledger_setback', user: username, extra: { setback, key } }
    deps.log.warn(details, 'A ledger command is tried again.')
  }
  deps.onSetback?.(setback)
}

/** Whether a violated invariant has closed the ledger in this process. */
export const isReadOnly = ({ db }: Pick<LedgerDeps, 'db'>): boolean =>
  processState(db).gate.isClosed()

/** Closes the ledger in this process, and with `followSwitch` in every other one, for a violation that was found elsewhere. */
export function closeLedger(deps: LedgerDeps, violation: Error): void {
  processState(deps.db).gate.close(violation)
  reportViolation(deps, violation)
}

/** The writes of the ledger for the transaction that creates a user. An imported account was opened in the past. */
export function openAccountWrites(
  { table, now }: Pick<LedgerDeps, 'table' | 'now'>,
  username: string,
  openedAt: string = toIso(now()),
): readonly Write[] {
  invariant(usernameShape.test(username), 'An account has a name of plain characters.')
  const account = { ...newAccount(username, openedAt), unverifiedSince: toIso(now()) }
  return [openAccountWrite(table, account)]
}
