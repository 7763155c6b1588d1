import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { toIso } from '@cnop/kit/clock'
import { isConditionFailed, type Item, type Store } from '@cnop/kit/dynamo'
import { queryPage, readItems } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { z } from 'zod'
import { SessionEnded, SessionNotFound } from '../domain/errors.ts'
import { isOpen, type Session } from '../domain/session.ts'
import { profileKey, sessionKey, sessionPrefix, userPartition } from './keys.ts'
import { type Credentials, parseCredentials } from './users.ts'

const sessionRow = z.object({
  id: z.string(),
  username: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string(),
  refreshableUntil: z.string(),
  accessExpiresAt: z.string(),
  lifetime: z.enum(['SHORT', 'LONG']),
  generation: z.bigint(),
  userAgent: z.string().optional(),
  familyHash: z.string(),
  currentHash: z.string(),
  previousHash: z.string().optional(),
  spentAt: z.string(),
  spentBy: z.string().optional(),
  salt: z.string(),
})

const seconds = (iso: string): bigint => BigInt(Math.floor(Date.parse(iso) / 1_000))

/** What a refresh changes. `expiresAt` is the time to live, so the end of the session has another name here. */
const refreshFields = ({ lastUsedAt, expiresAt, accessExpiresAt, refresh }: Session) => ({
  lastUsedAt,
  refreshableUntil: expiresAt,
  accessExpiresAt,
  expiresAt: seconds(expiresAt),
  familyHash: refresh.familyHash,
  currentHash: refresh.currentHash,
  previousHash: refresh.previousHash,
  spentAt: toIso(refresh.spentAtMs),
  spentBy: refresh.spentBy,
  salt: refresh.salt,
})

function sessionItem(session: Session): Item {
  const { id, username, createdAt, lifetime, generation, userAgent } = session
  const own = { id, username, createdAt, lifetime, generation, userAgent }
  return { ...sessionKey(username, id), ...own, ...refreshFields(session) }
}

function parseSession(item: Item): Session {
  const row = sessionRow.parse(item)
  return {
    id: row.id,
    username: row.username,
    createdAt: row.createdAt,
    lastUsedAt: row.lastUsedAt,
    expiresAt: row.refreshableUntil,
    accessExpiresAt: row.accessExpiresAt,
    lifetime: row.lifetime,
    generation: row.generation,
    userAgent: row.userAgent,
    refresh: {
      familyHash: row.familyHash,
      currentHash: row.currentHash,
      previousHash: row.previousHash,
      spentAtMs: Date.parse(row.spentAt),
      spentBy: row.spentBy,
      salt: row.salt,
    },
  }
}

export const putSessionWrite = (table: string, session: Session): Write => ({
  put: {
    TableName: table,
    Item: sessionItem(session),
    ConditionExpression: 'attribute_not_exists(pk)',
  },
})

/** A session and its user, as one read. Whether the session is still open is for the caller to judge. */
export async function readSession(
  { db, table }: Store,
  username: string,
  sessionId: string,
): Promise<{ session: Session | undefined; credentials: Credentials | undefined }> {
  const [session, profile] = await readItems(db, [
    { table, key: sessionKey(username, sessionId) },
    { table, key: profileKey(username) },
  ])
  return {
    session: session && parseSession(session),
    credentials: profile && parseCredentials(profile),
  }
}

const pageLimit = 100
const maxPages = 20

/** A user's open sessions, newest first: ids sort by time. */
export async function listSessions(
  { db, table }: Store,
  username: string,
  nowMs: number,
): Promise<readonly Session[]> {
  const sessions: Session[] = []
  const query = { table, pk: userPartition(username), skPrefix: sessionPrefix, limit: pageLimit }
  let page = await queryPage(db, { ...query, newestFirst: true })
  for (let pages = 1; ; pages++) {
    sessions.push(...page.items.map(parseSession).filter((session) => isOpen(session, nowMs)))
    if (!page.last || pages >= maxPages) return sessions
    page = await queryPage(db, { ...query, newestFirst: true, after: page.last })
  }
}

/** Saves a refresh. False when another refresh of the same token came first, or the session has ended. */
export async function saveRefresh(
  { db, table }: Store,
  session: Session,
  spentHash: string,
): Promise<boolean> {
  const fields = refreshFields(session)
  const names = Object.keys(fields)
  const command = new UpdateCommand({
    TableName: table,
    Key: sessionKey(session.username, session.id),
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: '#currentHash = :spent',
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
      ':spent': spentHash,
    },
  })
  try {
    await db.documents.send(command)
    return true
  } catch (error) {
    if (isConditionFailed(error)) return false
    throw error
  }
}

/** Takes the session that changes the password along to the new generation. */
export const keepSessionWrite = (table: string, session: Session): Write => ({
  update: {
    TableName: table,
    Key: sessionKey(session.username, session.id),
    UpdateExpression: 'SET generation = :generation',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':generation': session.generation + 1n },
  },
  refused: () => new SessionEnded(),
})

export const deleteSessionWrite = (table: string, session: Session): Write => ({
  delete: {
    TableName: table,
    Key: sessionKey(session.username, session.id),
    ConditionExpression: 'attribute_exists(pk)',
  },
  refused: () => new SessionNotFound(),
})
