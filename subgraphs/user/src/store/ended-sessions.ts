import { toIso } from '@cnop/kit/clock'
import type { Key, Store } from '@cnop/kit/dynamo'
import { queryPage } from '@cnop/kit/read'
import type { Write } from '@cnop/kit/transact'
import { z } from 'zod'
import { endedPartition, endedSessionKey, endedSk, oldEndedPartition } from './keys.ts'

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

const hourMs = 3_600_000
/** How far the clock of another process may be ahead. */
export const clockSkewMs = 60_000
const usualLimit = 1_000

export interface EndedPage {
  /** In the order of ending. */
  readonly sessions: readonly EndedSession[]
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined
}

/**
 * Sessions that ended since an instant, or behind the place where the last page ended. Only the hours from then on are read.
 * Rows past their time are harmless: their tokens are refused anyway.
 */
export async function listEndedSessions(
  store: Store,
  { from, nowMs, limit = usualLimit }: { from: string; nowMs: number; limit?: number },
): Promise<EndedPage> {
  const sessions: EndedSession[] = []
  for (const pk of partitionsFrom(from, nowMs + clockSkewMs)) {
    const left = limit - sessions.length
    const { items, last } = await readPartition(store, pk, from, left)
    sessions.push(...items)
    const end = sessions.at(-1)
    const isFull = last !== undefined || sessions.length === limit
    if (isFull && end) return { sessions, next: `${endedSk(end.endedAt, end.sessionId)}~` }
  }
  return { sessions, next: undefined }
}

/** The denylist of releases without hours; its rows expire within the life of an access token. */
export const listOldEndedSessions = async (store: Store, from: string): Promise<EndedPage> => ({
  sessions: (await readPartition(store, oldEndedPartition, from, oldLimit)).items,
  next: undefined,
})

const oldLimit = 10_000

async function readPartition({ db, table }: Store, pk: string, from: string, limit: number) {
  const sessions: EndedSession[] = []
  let after: Key | undefined
  do {
    const query = { table, pk, between: [from, '~'] as const, newestFirst: false, after }
    const { items, last } = await queryPage(db, { ...query, limit: limit - sessions.length })
    for (const item of items) {
      const { refusedUntil, ...row } = endedRow.parse(item)
      sessions.push({ ...row, expiresAt: refusedUntil })
    }
    after = last
  } while (after && sessions.length < limit)
  return { items: sessions, last: after }
}

function partitionsFrom(from: string, untilMs: number): readonly string[] {
  const firstMs = Date.parse(`${from.slice(0, 13)}:00:00.000Z`)
  const partitions: string[] = []
  for (let ms = firstMs; ms <= untilMs; ms += hourMs) partitions.push(endedPartition(toIso(ms)))
  return partitions
}
