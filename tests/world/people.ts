import { systemClock, toIso } from '@cnop/kit/clock'
import { connect, type Db } from '@cnop/kit/dynamo'
import { sortableIds } from '@cnop/kit/ids'
import { usd } from '@cnop/kit/money'
import { beginImport, finishImport, planImportedUser } from '@cnop/user/operator'
import { type Client, createClient } from './client.ts'
import { openFilled } from './journal.ts'

const yearMs = 365 * 86_400_000

/** All users have one password. Its hash is of the previous system, so that thousands of users cost no hashing. */
const password = 'Correct-Horse-2026'
const passwordHash = '$2y$04$jWSiKLOMy9IUpBTAkKI2FOeSB.2352Zfxf8CEHUvE7tMJBwQIrg8C'

const nameOf = (place: number): string => `grown_${place}`

async function addUser(db: Db, username: string, entries: number, sinceMs: number): Promise<void> {
  const ledger = {
    db,
    table: 'ledger',
    now: systemClock,
    newId: sortableIds(systemClock),
    limits: { deposit: usd('0.00'), withdrawal: usd('0.00'), redPocketHoldMs: 0 },
    log: { warn: () => undefined, error: () => undefined },
  }
  const deps = { store: { db, table: 'users' }, ledger, now: systemClock }
  const createdAt = toIso(sinceMs)
  const profile = { email: `${username}@example.com`, firstName: 'Ada', lastName: 'Trader' }
  const dates = { createdAt, updatedAt: createdAt, dateOfBirth: undefined, phone: undefined }
  const legacy = { username, ...profile, ...dates, marketingConsent: false }
  const user = planImportedUser(legacy, systemClock())
  if (entries > 0) await openFilled(db, username, { entries, sinceMs })
  else await beginImport(deps, user)
  await finishImport(deps, user, passwordHash)
}

/** Writes users who are a year old into an embedded store; the first ones have these numbers of journal entries. */
export async function addPeople(
  endpoint: string,
  users: number,
  entries: readonly number[],
): Promise<void> {
  const db = connect({ mode: 'embedded', region: 'us-west-2', endpoint })
  const sinceMs = systemClock() - yearMs
  try {
    for (let place = 0; place < users; place += 1) {
      await addUser(db, nameOf(place), entries[place] ?? 0, sinceMs)
    }
  } finally {
    db.close()
  }
}

export interface Person extends Client {
  readonly token: string
  /** For a further sign-in. */
  readonly secrets: { readonly username: string; readonly password: string }
}

export const signInDocument = /* GraphQL */ `
  mutation ($input: SignInInput!) {
    signIn(input: $input) {
      accessToken
    }
  }
`

/** Signs a user in, once: sessions of a user are limited, and a first sign-in replaces the old hash. */
export async function signInAs(origin: string, place: number): Promise<Person> {
  const secrets = { username: nameOf(place), password }
  const { data, codes } = await createClient(origin).ask<{ signIn: { accessToken: string } }>(
    signInDocument,
    { input: secrets },
  )
  if (!data) throw new Error(`${secrets.username} was not signed in: ${codes.join(', ')}`)
  const { accessToken: token } = data.signIn
  return { ...createClient(origin, token), token, secrets }
}
