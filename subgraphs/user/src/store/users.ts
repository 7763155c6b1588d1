import { toIso } from '@cnop/kit/clock'
import type { Item, Store } from '@cnop/kit/dynamo'
import { readItem, readItems } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { z } from 'zod'
import { EmailTaken, UsernameTaken } from '../domain/errors.ts'
import type { ProfileChange, User, UserRole } from '../domain/user.ts'
import { emailClaimKey, profileKey } from './keys.ts'

/** A user with what only sign-in may see. */
export interface Credentials {
  readonly user: User
  readonly passwordHash: string
  /** Counts changes of password and of role; a session of another count has ended. */
  readonly generation: bigint
}

const userRow = z.object({
  username: z.string(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  phone: z.string().optional(),
  dateOfBirth: z.string().optional(),
  marketingConsent: z.boolean(),
  role: z.enum(['CUSTOMER', 'ADMIN']),
  createdAt: z.string(),
  updatedAt: z.string(),
  passwordHash: z.string(),
  generation: z.bigint(),
})

export function parseCredentials(item: Item): Credentials {
  const { passwordHash, generation, phone, dateOfBirth, ...user } = userRow.parse(item)
  return { user: { ...user, phone, dateOfBirth }, passwordHash, generation }
}

/** Profiles in the order asked, in one call; undefined for an unknown name. */
export async function readUsers(
  { db, table }: Store,
  usernames: readonly string[],
): Promise<(User | undefined)[]> {
  const items = await readItems(
    db,
    usernames.map((username) => ({ table, key: profileKey(username) })),
  )
  return items.map((item) => item && parseCredentials(item).user)
}

/** Whether the names of a new account are taken; checked before the expensive hash. */
export async function readClaims(
  { db, table }: Store,
  { username, email }: User,
): Promise<{ isUsernameTaken: boolean; isEmailTaken: boolean }> {
  const [profile, claim] = await readItems(db, [
    { table, key: profileKey(username) },
    { table, key: emailClaimKey(email) },
  ])
  return { isUsernameTaken: profile !== undefined, isEmailTaken: claim !== undefined }
}

const absent = 'attribute_not_exists(pk)'

export const claimEmail = (table: string, email: string, username: string): Write => ({
  put: {
    TableName: table,
    Item: { ...emailClaimKey(email), username },
    ConditionExpression: absent,
  },
  refused: () => new EmailTaken(),
})

/** A user with password hash and generation; undefined for an unknown name. */
export async function readCredentials(
  { db, table }: Store,
  username: string,
): Promise<Credentials | undefined> {
  const item = await readItem(db, table, profileKey(username))
  return item && parseCredentials(item)
}

/** Whether a user exists and has this salted hash, which no other sign-up or change of password can have made. */
export async function hasPasswordHash(
  store: Store,
  username: string,
  passwordHash: string,
): Promise<boolean> {
  const credentials = await readCredentials(store, username)
  return credentials?.passwordHash === passwordHash
}

/** The profile with its claim on the username, then the claim on the e-mail address. */
export function openUserWrites(table: string, user: User, passwordHash: string): readonly Write[] {
  return [putProfile(table, user, passwordHash), claimEmail(table, user.email, user.username)]
}

/** The profile alone: the import claims the e-mail address before. */
export const putProfile = (table: string, user: User, passwordHash: string): Write => ({
  put: {
    TableName: table,
    Item: { ...profileKey(user.username), ...user, passwordHash, generation: 0n },
    ConditionExpression: absent,
  },
  refused: () => new UsernameTaken(),
})

/** The profile that has a name, and who claimed an e-mail address. */
export async function readHolders(
  { db, table }: Store,
  { username, email }: Pick<User, 'username' | 'email'>,
): Promise<{ profile: User | undefined; emailOwner: string | undefined }> {
  const [profile, claim] = await readItems(db, [
    { table, key: profileKey(username) },
    { table, key: emailClaimKey(email) },
  ])
  return {
    profile: profile && parseCredentials(profile).user,
    emailOwner: claim && String(claim['username']),
  }
}

/** Marks a refused write whose user was given another password, hash or role meanwhile: read and decide again. */
export class CredentialsChanged extends Error {
  override readonly name = 'CredentialsChanged'
}

const unchanged = 'passwordHash = :verified AND generation = :generation'

const credentialsChanged = () =>
  new CredentialsChanged('The password or the role was changed by another command.')

/**
 * Holds a sign-in to the password and the generation that it verified, and replaces the hash when today's cost is
 * another one. Without the generation, a sign-in that races a change of role would open a session with the old role.
 */
export function confirmPasswordWrite(
  table: string,
  { user, passwordHash, generation }: Credentials,
  rehashed: string | undefined,
): Write {
  const step = {
    TableName: table,
    Key: profileKey(user.username),
    ConditionExpression: unchanged,
  }
  const values = { ':verified': passwordHash, ':generation': generation }
  if (rehashed === undefined) {
    const check = { ...step, ExpressionAttributeValues: values }
    return { check, refused: credentialsChanged }
  }
  return {
    update: {
      ...step,
      UpdateExpression: 'SET passwordHash = :rehashed',
      ExpressionAttributeValues: { ...values, ':rehashed': rehashed },
    },
    refused: credentialsChanged,
  }
}

/** Puts a new password in force, unless the password or the role was changed meanwhile. */
export function replacePasswordWrite(
  table: string,
  { user, passwordHash, generation }: Credentials,
  newHash: string,
  nowMs: number,
): Write {
  return {
    update: {
      TableName: table,
      Key: profileKey(user.username),
      UpdateExpression: 'SET passwordHash = :new, generation = :next, updatedAt = :now',
      ConditionExpression: unchanged,
      ExpressionAttributeValues: {
        ':new': newHash,
        ':next': generation + 1n,
        ':now': toIso(nowMs),
        ':verified': passwordHash,
        ':generation': generation,
      },
    },
    refused: credentialsChanged,
  }
}

/** Marks a refused change of profile whose e-mail address or password was changed meanwhile: read and decide again. */
export class ProfileChanged extends Error {
  override readonly name = 'ProfileChanged'
}

/** What a change of profile is based on. */
interface ProfileBasis {
  readonly nowMs: number
  /** The password that was checked for it: it must still be in force, and its outdated hash is replaced. */
  readonly checked:
    { readonly credentials: Credentials; readonly rehashed: string | undefined } | undefined
}

/** The changed fields, and the transfer of the claim when the e-mail address changes. */
export function changeProfileWrites(
  table: string,
  user: User,
  change: ProfileChange,
  { nowMs, checked }: ProfileBasis,
): readonly Write[] {
  const rehashed = checked?.rehashed
  const fields = {
    ...change,
    updatedAt: toIso(nowMs),
    ...(rehashed !== undefined && { passwordHash: rehashed }),
  }
  const { ExpressionAttributeValues, ...assignment } = assign(fields)
  const profile: Write = {
    update: {
      TableName: table,
      Key: profileKey(user.username),
      ...assignment,
      ConditionExpression: `email = :before${checked ? ' AND passwordHash = :verified' : ''}`,
      ExpressionAttributeValues: {
        ...ExpressionAttributeValues,
        ':before': user.email,
        ...(checked && { ':verified': checked.credentials.passwordHash }),
      },
    },
    refused: () => new ProfileChanged('The profile was changed by another request.'),
  }
  if (change.email === undefined || change.email === user.email) return [profile]
  const release: Write = { delete: { TableName: table, Key: emailClaimKey(user.email) } }
  return [profile, claimEmail(table, change.email, user.username), release]
}

/** SET for every value, REMOVE for every undefined one. */
function assign(fields: Readonly<Record<string, unknown>>) {
  const names = Object.keys(fields)
  const set = names.filter((name) => fields[name] !== undefined)
  const remove = names.filter((name) => fields[name] === undefined)
  const sets = `SET ${set.map((name) => `#${name} = :${name}`).join(', ')}`
  const removes = remove.length > 0 ? ` REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : ''
  return {
    UpdateExpression: sets + removes,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(set.map((name) => [`:${name}`, fields[name]])),
  }
}

/** Gives a user a role and raises the generation, so that every session with the old role has ended. */
export function changeRoleWrite(
  table: string,
  { user, generation }: Credentials,
  role: UserRole,
  nowMs: number,
): Write {
  return {
    update: {
      TableName: table,
      Key: profileKey(user.username),
      UpdateExpression: 'SET #role = :role, generation = :next, updatedAt = :now',
      ConditionExpression: 'generation = :generation',
      ExpressionAttributeNames: { '#role': 'role' },
      ExpressionAttributeValues: {
        ':role': role,
        ':generation': generation,
        ':next': generation + 1n,
        ':now': toIso(nowMs),
      },
    },
    refused: credentialsChanged,
  }
}
