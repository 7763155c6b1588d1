import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { toIso } from '@cnop/kit/clock'
import type { Db, Item } from '@cnop/kit/dynamo'
import { readItem, readItems } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { z } from 'zod'
import { EmailTaken, UserNotFound, UsernameTaken, WrongPassword } from '../domain/errors.ts'
import type { ProfileChange, User, UserRole } from '../domain/user.ts'
import { emailClaimKey, profileKey } from './keys.ts'

/** A user with what only sign-in may see. */
export interface Credentials {
  readonly user: User
  readonly passwordHash: string
  /** Counts changes of password; a session of another count has ended. */
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

/** Profiles in the order asked, in one call; undefined for a name that nobody has. */
export async function readUsers(
  db: Db,
  table: string,
  usernames: readonly string[],
): Promise<(User | undefined)[]> {
  const items = await readItems(
    db,
    usernames.map((username) => ({ table, key: profileKey(username) })),
  )
  return items.map((item) => item && parseCredentials(item).user)
}

/** A user with the password hash; undefined for a name that nobody has. */
export async function readCredentials(
  db: Db,
  table: string,
  username: string,
): Promise<Credentials | undefined> {
  const item = await readItem(db, table, profileKey(username))
  return item && parseCredentials(item)
}

/** Which of a new account's two names are taken, before a password is hashed for nothing. */
export async function readClaims(
  db: Db,
  table: string,
  { username, email }: User,
): Promise<{ isUsernameTaken: boolean; isEmailTaken: boolean }> {
  const [profile, claim] = await readItems(db, [
    { table, key: profileKey(username) },
    { table, key: emailClaimKey(email) },
  ])
  return { isUsernameTaken: profile !== undefined, isEmailTaken: claim !== undefined }
}

const absent = 'attribute_not_exists(pk)'

const claimEmail = (table: string, email: string, username: string): Write => ({
  put: {
    TableName: table,
    Item: { ...emailClaimKey(email), username },
    ConditionExpression: absent,
  },
  refused: () => new EmailTaken(),
})

/** Whether a user exists and has this salted hash, which no other sign-up or change of password can have made. */
export async function hasPasswordHash(
  db: Db,
  table: string,
  username: string,
  passwordHash: string,
): Promise<boolean> {
  return (await readCredentials(db, table, username))?.passwordHash === passwordHash
}

/** The profile with its claim on the username, then the claim on the e-mail address. */
export function openUserWrites(table: string, user: User, passwordHash: string): readonly Write[] {
  return [
    {
      put: {
        TableName: table,
        Item: { ...profileKey(user.username), ...user, passwordHash, generation: 0n },
        ConditionExpression: absent,
      },
      refused: () => new UsernameTaken(),
    },
    claimEmail(table, user.email, user.username),
  ]
}

/** Holds a sign-in to the password that it verified, and replaces its hash when today's cost is another one. */
export function confirmPasswordWrite(
  table: string,
  { user, passwordHash }: Credentials,
  rehashed: string | undefined,
): Write {
  const step = {
    TableName: table,
    Key: profileKey(user.username),
    ConditionExpression: 'passwordHash = :verified',
  }
  const refused = () => new WrongPassword()
  if (rehashed === undefined) {
    return { check: { ...step, ExpressionAttributeValues: { ':verified': passwordHash } }, refused }
  }
  return {
    update: {
      ...step,
      UpdateExpression: 'SET passwordHash = :rehashed',
      ExpressionAttributeValues: { ':verified': passwordHash, ':rehashed': rehashed },
    },
    refused,
  }
}

/** Puts a new password in force, unless another one was meanwhile. */
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
      UpdateExpression: 'SET passwordHash = :new, generation = :generation, updatedAt = :now',
      ConditionExpression: 'passwordHash = :verified',
      ExpressionAttributeValues: {
        ':new': newHash,
        ':generation': generation + 1n,
        ':now': toIso(nowMs),
        ':verified': passwordHash,
      },
    },
    refused: () => new WrongPassword(),
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

/** The changed fields, and the move of the claim when the e-mail address is another one. */
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

/** Gives a user a role; their tokens carry it from the next refresh on. */
export async function saveRole(
  db: Db,
  table: string,
  username: string,
  role: UserRole,
): Promise<void> {
  const command = new UpdateCommand({
    TableName: table,
    Key: profileKey(username),
    UpdateExpression: 'SET #role = :role',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#role': 'role' },
    ExpressionAttributeValues: { ':role': role },
  })
  try {
    await db.documents.send(command)
  } catch (error) {
    if ((error as Error).name === 'ConditionalCheckFailedException') throw new UserNotFound()
    throw error
  }
}
