import { DomainError } from '@cnop/kit/errors'
import type { Price, Quantity, Usd } from '@cnop/kit/money'
import { zeroUsd } from '@cnop/kit/money'
import { planImportedUser } from '@cnop/user/operator'
import {
  type Fractions,
  type LegacyRow,
  readBalance,
  readHolding,
  readTime,
  readUser,
  type Reason,
  RowRefused,
} from './legacy-row.ts'
import type { Report } from './report.ts'

/** The rows of one user that say who it is and what is owned. */
export interface Person {
  readonly username: string
  readonly users: LegacyRow[]
  readonly balances: LegacyRow[]
  readonly holdings: LegacyRow[]
}

interface Refused {
  readonly kind: 'refused'
  readonly reason: Reason
  readonly why: string
}

export interface Accepted {
  readonly kind: 'new'
  readonly user: ReturnType<typeof planImportedUser>
  readonly passwordHash: string
  readonly cash: Usd
  readonly holdings: readonly { readonly assetId: string; readonly quantity: Quantity }[]
  readonly lastChangeMs: number
  /** The balance and the holdings that were accepted. */
  readonly rows: readonly LegacyRow[]
}

export type Verdict = Refused | Accepted | { readonly kind: 'there' }

export interface Rules {
  readonly prices: ReadonlyMap<string, Price>
  readonly fractions: Fractions
  readonly losers: ReadonlySet<string>
  readonly nowMs: number
}

/** Refuses a user whose rows are fine, or not all of them, with all rows that were not refused already. */
export function refusePerson(
  { username, users, balances, holdings }: Person,
  { reason, why }: { readonly reason: Reason; readonly why: string },
  report: Report,
  refused: ReadonlySet<LegacyRow> = new Set(),
): Refused {
  const [first] = users
  const rows = [...users.slice(0, 1), ...balances, ...holdings].filter((row) => !refused.has(row))
  const follow = {
    reason: first ? ('USER_REFUSED' as const) : ('MISSING_USER' as const),
    why: first ? `${username} is not imported: ${why}` : why,
  }
  for (const row of rows) {
    const own = row === first && !refused.size
    report.refuse(row, own ? reason : follow.reason, own ? why : follow.why)
  }
  return { kind: 'refused', ...follow }
}

/**
 * Decides whether a user can be imported. A user is imported whole or not at all, so that nobody finds a part of their
 * money missing: one row that is refused holds back the others until the export is corrected.
 */
export function judge(person: Person, rules: Rules, report: Report): Verdict {
  const { username, users, balances, holdings } = person
  const [first, ...others] = users
  for (const row of others)
    report.refuse(row, 'DUPLICATE_USERNAME', `another row of the export is ${username}`)
  if (!first) {
    const why = `the export has no user ${username}`
    return refusePerson(person, { reason: 'MISSING_USER', why }, report)
  }
  const refused = new Map<LegacyRow, RowRefused>()
  const read = <Value>(row: LegacyRow, work: () => Value): Value | undefined => {
    try {
      return work()
    } catch (error) {
      if (error instanceof DomainError) refused.set(row, new RowRefused('MALFORMED', error.message))
      else if (error instanceof RowRefused) refused.set(row, error)
      else throw error
      return undefined
    }
  }
  const identity = read(first, () => identify(first, rules))
  const notes: string[] = []
  const balance = balances.map((row, place) => read(row, () => readCash(row, place, rules, notes)))
  const seen = new Set<string>()
  const owned = holdings.map((row) => read(row, () => readOwned(row, seen, rules, notes)))
  for (const [row, { reason, message }] of refused) report.refuse(row, reason, message)
  const [problem] = refused.values()
  if (problem || !identity) {
    const { reason, message } = problem ?? new RowRefused('MALFORMED', 'the user is malformed')
    return refusePerson(person, { reason, why: message }, report, new Set(refused.keys()))
  }
  if (balances.length === 0) notes.push('The export has no balance: the cash is 0.00.')
  for (const what of notes) report.note(username, what)
  const rows = [...balances, ...holdings]
  const changes = [first, ...rows].map(({ attributes }) => readTime(attributes, 'updated_at'))
  return {
    kind: 'new',
    ...identity,
    cash: balance[0] ?? zeroUsd,
    holdings: owned.flatMap((holding) => (holding && holding.quantity > 0n ? holding : [])),
    lastChangeMs: Math.max(...changes.map(Date.parse)),
    rows,
  }
}

function identify({ attributes, username }: LegacyRow, { losers, nowMs }: Rules) {
  if (losers.has(username))
    throw new RowRefused('DUPLICATE_EMAIL', 'another user of the export has the e-mail address')
  const { passwordHash, ...legacy } = readUser(attributes)
  return { user: planImportedUser(legacy, nowMs), passwordHash }
}

function readCash(row: LegacyRow, place: number, rules: Rules, notes: string[]): Usd {
  if (place > 0) throw new RowRefused('DUPLICATE_ROW', 'another row of the export is this balance')
  readTime(row.attributes, 'updated_at')
  const { value, isRounded } = readBalance(row.attributes, rules.fractions)
  if (isRounded) notes.push('A fraction of a cent of the balance was dropped.')
  return value
}

function readOwned(
  row: LegacyRow,
  seen: Set<string>,
  { prices, fractions }: Rules,
  notes: string[],
): { assetId: string; quantity: Quantity } {
  readTime(row.attributes, 'updated_at')
  const { assetId, value, isRounded } = readHolding(row.attributes, fractions)
  if (seen.has(assetId))
    throw new RowRefused('DUPLICATE_ROW', `another row of the export is the holding of ${assetId}`)
  seen.add(assetId)
  if (value > 0n && !prices.has(assetId))
    throw new RowRefused('UNKNOWN_ASSET', `this platform has no asset ${assetId}`)
  if (isRounded) notes.push(`Decimals behind the eighth of ${assetId} were dropped.`)
  return { assetId, quantity: value }
}
