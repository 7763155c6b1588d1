import { toIso } from '@cnop/kit/clock'
import type { Key, Store } from '@cnop/kit/dynamo'
import { queryPage } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { z } from 'zod'
import { endedPartition, endedSessionKey } from './keys.ts'

/** A session whose access tokens are refused although they have not expired. */
export interface EndedSession {
  readonly sessionId: string
  readonly username: string
  readonly endedAt: string
  /** When the last access token of the session has expired, and with it the denylist's row. */
  readonly expiresAt: string
}

const endedRow = z.object({
  sessionId: z.string(),
  username: z.string(),
  endedAt: z.string(),
  refusedUntil: z.string(),
})

export const putEndedSessionWrite = (table: string, ended: EndedSession): Write => ({
  put: {
    TableName: table,
    Item: {
      ...endedSessionKey(ended.endedAt, ended.sessionId),
      sessionId: ended.sessionId,
      username: ended.username,
      endedAt: ended.endedAt,
      refusedUntil: ended.expiresAt,
      expiresAt: BigInt(Math.ceil(Date.parse(ended.expiresAt) / 1_000)),
    },
  },
})

const pageLimit = 1_000
const maxPages = 1_000

/**
 * Sessions that ended since an instant, oldest first. A poll asks from a little before its last one, because
 * a row may become readable after a younger one. Rows past their time are harmless: their tokens are refused anyway.
 */
export async function listEndedSessions(
  { db, table }: Store,
  sinceMs: number,
): Promise<readonly EndedSession[]> {
  const ended: EndedSession[] = []
  const between = [toIso(sinceMs), '~'] as const
  let after: Key | undefined
  for (let page = 1; page <= maxPages; page++) {
    const query = {
      table,
      pk: endedPartition,
      between,
      limit: pageLimit,
      newestFirst: false,
      after,
    }
    const { items, last } = await queryPage(db, query)
    for (const item of items) {
      const { refusedUntil, ...row } = endedRow.parse(item)
      ended.push({ ...row, expiresAt: refusedUntil })
    }
    if (!last) break
    after = last
  }
  return ended
}
