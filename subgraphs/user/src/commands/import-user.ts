import { toIso, utcDay } from '@cnop/kit/clock'
import { DomainError, InvariantViolation } from '@cnop/kit/errors'
import { type Usd, usd } from '@cnop/kit/money'
import { transactKnowing } from '@cnop/kit/transact'
import { readAccount, readEntries } from '@cnop/ledger/balances'
import { openAccountWrites, runCommand } from '@cnop/ledger/command'
import { cashChange, depositEntry } from '@cnop/ledger/entry'
import type { Deps } from '../deps.ts'
import { EmailTaken, UsernameTaken } from '../domain/errors.ts'
import { planSignUp, readBirthDate, type User } from '../domain/user.ts'
import { claimEmail, putProfile, readHolders } from '../store/users.ts'

/** A user of the previous system, as it stored them. */
export interface LegacyUser {
  readonly username: string
  readonly email: string
  readonly firstName: string
  readonly lastName: string
  readonly phone: string | undefined
  readonly dateOfBirth: string | undefined
  readonly marketingConsent: boolean
  readonly createdAt: string
  readonly updatedAt: string
}

type ImportDeps = Pick<Deps, 'store' | 'ledger' | 'now'>

/** An interrupted import opened the account with other money than this export has. */
export class ExportChanged extends DomainError {
  override readonly name = 'ExportChanged'
  readonly code = 'BAD_USER_INPUT'

  constructor(username: string) {
    super(
      `An interrupted import opened the account of ${username} from another export. Continue with that one.`,
    )
  }
}

/** Any password that fits the rules: the imported hash is stored instead. */
const placeholder = 'Not-A-Password-1'

/** Checks a user by the rules of a sign-up. Roles are not imported: an operator grants them. */
export function planImportedUser(legacy: LegacyUser, nowMs: number): User {
  const { phone, dateOfBirth, createdAt, updatedAt, ...form } = legacy
  const { user } = planSignUp({ ...form, password: placeholder, phone: phone ?? null }, nowMs)
  const birthDate = dateOfBirth === undefined ? undefined : readBirthDate(dateOfBirth, nowMs)
  return { ...user, dateOfBirth: birthDate, createdAt, updatedAt }
}

/** Whether an earlier run imported the user. Throws when another user has the name or the e-mail address. */
export async function findImported({ store }: ImportDeps, user: User): Promise<boolean> {
  const { profile, emailOwner } = await readHolders(store, user)
  // The time of creation comes from the export, so no other user has it.
  if (profile?.createdAt === user.createdAt) return true
  if (profile) throw new UsernameTaken()
  if (emailOwner !== undefined && emailOwner !== user.username) throw new EmailTaken()
  return false
}

/** Opens the account and claims the e-mail address. The user cannot sign in before `finishImport`. */
export async function beginImport(deps: ImportDeps, user: User): Promise<void> {
  const { db, table } = deps.store
  const hasBegun = async (): Promise<boolean> =>
    (await readHolders(deps.store, user)).emailOwner === user.username
  if (await hasBegun()) return
  const writes = [
    claimEmail(table, user.email, user.username),
    ...openAccountWrites(deps.ledger, user.username, user.createdAt),
  ]
  try {
    await transactKnowing(db, writes, hasBegun)
  } catch (error) {
    // The account exists, but under another e-mail address.
    throw error instanceof InvariantViolation ? new ExportChanged(user.username) : error
  }
}

/** No limit applies to what a user owned already. */
const limits = { deposit: usd('1000000000000.00'), withdrawal: usd('0.00'), redPocketHoldMs: 0 }

/** Pays in what the user owned, as the first entry of the journal, dated `at`. */
export async function payInOpening(
  { ledger }: ImportDeps,
  username: string,
  { amount, at }: { readonly amount: Usd; readonly at: string },
): Promise<void> {
  const { sequence } = await readAccount(ledger, username)
  if (sequence > 0n) {
    const [first] = await readEntries(ledger, username, [1n])
    if (!first || cashChange(first) !== amount) throw new ExportChanged(username)
    return
  }
  if (amount === 0n) return
  const command = { username, key: 'import-cash', name: 'importCash', input: { amount } }
  const dated = { ...ledger, limits, now: () => Date.parse(at) }
  await runCommand(dated, command, () => ({ entry: depositEntry(amount), result: {} }))
}

/** Writes the profile with the hash of the previous system: from now on the user can sign in. */
export async function finishImport(
  deps: ImportDeps,
  user: User,
  passwordHash: string,
): Promise<void> {
  const { db, table } = deps.store
  const writes = [putProfile(table, user, passwordHash)]
  await transactKnowing(db, writes, () => findImported(deps, user))
}

/** When the opening entries are dated: the last change, but before today, so that they count toward no limit of today. */
export function openingTime(lastChangeMs: number, nowMs: number): string {
  const yesterdayMs = Date.parse(`${utcDay(nowMs)}T00:00:00Z`) - 1
  return toIso(Math.min(lastChangeMs, yesterdayMs))
}
