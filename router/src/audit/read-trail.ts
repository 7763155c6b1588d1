import { open } from 'node:fs/promises'
import { chainPath } from './chain-file.ts'
import { readLine } from './chain.ts'
import type { AuditAction, AuditRecord } from './event.ts'
import { listChains } from './last-head.ts'

export interface AuditQuery {
  readonly action: AuditAction | undefined
  readonly user: string | undefined
  readonly ip: string | undefined
  readonly sinceMs: number | undefined
  readonly limit: number
}

export interface AuditPage {
  /** Newest first. */
  readonly events: readonly AuditRecord[]
  /** False when there may be more events: above the limit, or older than one query reads. */
  readonly isComplete: boolean
}

/** Limits of one query: the number of files, and the bytes read from the end of each. */
const mostFiles = 50
const mostBytes = 4 * 1024 * 1024

/** Finds events in all chains of a directory. */
export async function readTrail(directory: string, query: AuditQuery): Promise<AuditPage> {
  const chains = listChains(directory).reverse()
  const found: AuditRecord[] = []
  let isComplete = chains.length <= mostFiles
  for (const process of chains.slice(0, mostFiles)) {
    const { lines, isWhole } = await readEnd(chainPath(directory, process))
    isComplete &&= isWhole
    found.push(...lines.flatMap((line) => readLine(line) ?? []).filter(matches(query)))
  }
  found.sort(byNewest)
  const events = found.slice(0, query.limit)
  return { events, isComplete: isComplete && found.length <= query.limit }
}

/** The pages of several routers as one. Routers that share a directory return the same events. */
export function mergePages(pages: readonly AuditPage[], limit: number): AuditPage {
  const byHash = new Map(pages.flatMap(({ events }) => events).map((each) => [each.hash, each]))
  const events = [...byHash.values()].sort(byNewest)
  return {
    events: events.slice(0, limit),
    isComplete: events.length <= limit && pages.every(({ isComplete }) => isComplete),
  }
}

const matches =
  ({ action, user, ip, sinceMs }: AuditQuery) =>
  (record: AuditRecord): boolean =>
    (action === undefined || record.action === action) &&
    (user === undefined || record.user === user) &&
    (ip === undefined || record.client_ip === ip) &&
    (sinceMs === undefined || Date.parse(record.timestamp) >= sinceMs)

function byNewest(a: AuditRecord, b: AuditRecord): number {
  if (a.timestamp !== b.timestamp) return a.timestamp < b.timestamp ? 1 : -1
  return b.sequence - a.sequence
}

/** The complete lines at the end of a file. */
async function readEnd(path: string): Promise<{ lines: string[]; isWhole: boolean }> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - mostBytes)
    const bytes = Buffer.alloc(size - start)
    await file.read(bytes, 0, bytes.length, start)
    const lines = bytes.toString('utf8').split('\n').slice(0, -1)
    return { lines: start === 0 ? lines : lines.slice(1), isWhole: start === 0 }
  } finally {
    await file.close()
  }
}
