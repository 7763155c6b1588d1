import { InvariantViolation } from '@cnop/kit/errors'
import type { Account, Holding, LedgerState } from './account.ts'
import type { Change } from './account.ts'
import type { Closing, ClosingKind } from './closing.ts'

/** The stored result of a committed command. */
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

/** The result of one batch. Its rows may be of different moments; the conditions of the commit detect that. */
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
  /** The rows that were read: all must be unchanged. */
  readonly before: LedgerState
  readonly account: Account
  readonly change: Change | undefined
  /** What the entry closes; most entries close nothing. */
  readonly closing: { readonly kinds: readonly ClosingKind[]; readonly row: Closing } | undefined
  readonly cause: readonly Cause[]
}

/** The store of accounts. DynamoDB in production; the simulator has its own. */
export interface AccountStore<Cause, Address, Row> {
  read(request: ReadRequest<Address>): Promise<Snapshot<Row>>
  readGuard(username: string, key: string, nowMs: number): Promise<Guard | undefined>
  /** Every holding of a user, for a closing; the condition on the account's version makes them consistent with it. */
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

/** The stored journal contradicts its account: the store has data that the ledger did not write. */
export class JournalViolation extends InvariantViolation {}
