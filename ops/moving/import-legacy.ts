import { classify, type LegacyRow, rowKinds, RowRefused } from './legacy-row.ts'
import {
  finishPerson,
  type ImportOptions,
  type ImportPlace,
  type PersonImport,
  startPerson,
  takeRow,
} from './person-import.ts'
import { readExport } from './read-export.ts'
import type { Report } from './report.ts'
import { sortRows } from './sort-rows.ts'

/** Who claims an e-mail address; these rows sort before all others. */
interface EmailClaim {
  readonly kind: 'email'
  readonly username: string
  readonly email: string
}

type Sorted = LegacyRow | EmailClaim

/**
 * Imports an export user by user: the account, the opening entries, closed orders, and last the profile, with which the
 * user can sign in. Each step finds what an interrupted run has written, so that a repeated run ends with the same.
 */
export async function importLegacy(
  place: ImportPlace,
  options: ImportOptions,
  report: Report,
): Promise<void> {
  /** Of several users with one e-mail address, the first by name is imported. */
  const losers = new Set<string>()
  let claim: EmailClaim | undefined
  let current: PersonImport | undefined
  for await (const row of sortRows(keyed(options.directory, report), options.sorting)) {
    if (row.kind === 'email') {
      if (row.email !== claim?.email) claim = row
      else if (row.username !== claim.username) losers.add(row.username)
      continue
    }
    if (row.username !== current?.person.username) {
      if (current) await finishPerson(current)
      current = startPerson(row.username, { place, options, losers, report })
    }
    await takeRow(current, row)
  }
  if (current) await finishPerson(current)
}

const separator = '\u0000'

async function* keyed(
  directory: string,
  report: Report,
): AsyncGenerator<readonly [string, Sorted]> {
  for await (const found of readExport(directory)) {
    report.read()
    try {
      const row = classify(found)
      const { kind, username, at, attributes } = row
      const order = [username, String(rowKinds.indexOf(kind)), attributes['created_at'] ?? '', at]
      yield [order.join(separator), row]
      if (kind === 'user' && typeof attributes['email'] === 'string') {
        const email = attributes['email'].toLowerCase()
        yield [[separator, email, username].join(separator), { kind: 'email', username, email }]
      }
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error
      report.refuse(found, error.reason, error.message)
    }
  }
}
