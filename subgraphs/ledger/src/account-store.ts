import { InvariantViolation } from '@cnop/kit/errors'
import type { Account, Holding, LedgerState } from './account.ts'
import type { Change } from './account.ts'
import type { Closing, ClosingKind } from './closing.ts'

/** What a committed command left under its key. */
export interface Guard {
  /** Covers the command's name and input. */
  readonly inputHash: string
  /** JSON. */
  readonly result: string
}

export interface ReadRequest<Address> {
  readonly username: string
  readonly key: string
  readonly assetIds: readonly string[]
  readonly reads: readonly Address[]
  readonly nowMs: number
}

/** What one batch answered. The rows of a batch may be of different moments; the conditions of the commit notice. */
export interface Snapshot<Row> {
  readonly guard: Guard | undefined
  readonly account: Account | undefined
  /** Only those that have a row. */
  readonly holdings: readonly Holding[]
  readonly rows: readonly (Row | undefined)[]
}

/** Everything that one command writes, or nothing of it. */
export interface Commit<Cause> {
  readonly username: string
  readonly key: string
  readonly guard: Guard
  readonly nowMs: number
  /** What was read: every row of it must still be so. */
  readonly before: LedgerState
  readonly account: Account
  readonly change: Change | undefined
  /** What the entry closes; most entries close nothing. */
  readonly closing: { readonly kinds: readonly ClosingKind[]; readonly row: Closing } | undefined
  readonly cause: readonly Cause[]
}

/** Where accounts are kept. DynamoDB in production; the simulator has its own. */
export interface AccountStore<Cause, Address, Row> {
  read(request: ReadRequest<Address>): Promise<Snapshot<Row>>
  readGuard(username: string, key: string, nowMs: number): Promise<Guard | undefined>
  /** Every holding of a user, for a closing; the condition on the account's version makes them of one moment with it. */
  readHoldings(username: string): Promise<readonly Holding[]>
  /** Throws KeyUsed, VersionLost, JournalViolation, OutcomeUnknown, Contention, or the error of a refused cause. */
  commit(commit: Commit<Cause>): Promise<void>
}

/** The key was used between our read and our write. */
export class KeyUsed extends Error {
  override readonly name = 'KeyUsed'
  readonly guard: Guard

  constructor(guard: Guard) {
    super('The key was used by another attempt.')
    this.guard = guard
  }
}

/** Another command changed the account between this one's read and write. */
export class VersionLost extends Error {
  override readonly name = 'VersionLost'
}

/** The stored journal contradicts its account: the store holds something that the ledger has not written. */
export class JournalViolation extends InvariantViolation {}
