import { canonicalJson, hashText } from '@cnop/kit/canonical-json'
import { z } from 'zod'
import { type AuditRecord, auditActions, type SecurityEvent } from './event.ts'

/** Where a chain has got to. */
export interface ChainHead {
  readonly sequence: number
  readonly hash: string
}

/** What the first record of a chain follows. */
export const chainStart: ChainHead = { sequence: 0, hash: '0'.repeat(64) }

export type RecordContent = Omit<AuditRecord, 'hash'>

const toText = (record: RecordContent): string => canonicalJson({ ...record })

const hashRecord = (record: RecordContent): string => hashText(toText(record))

/** A record as it stands in its file, without the line's end. */
export const toLine = (record: AuditRecord): string => toText(record)

/** Puts an event into its place behind a head. */
export function chainRecord(
  event: SecurityEvent,
  place: { readonly process: string; readonly timestamp: string },
  head: ChainHead,
): AuditRecord {
  const sequence = head.sequence + 1
  const content = { count: 1, ...event, ...place, sequence, previous: head.hash }
  return { ...content, hash: hashRecord(content) }
}

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const record = z.strictObject({
  sequence: z.int().min(1),
  timestamp: z.iso.datetime(),
  process: z.string(),
  action: z.enum(auditActions),
  outcome: z.enum(['ok', 'failed', 'refused', 'blocked', 'unknown']),
  code: z.string().optional(),
  user: z.string().optional(),
  client_ip: z.string().optional(),
  request_id: z.string().optional(),
  user_agent: z.string().optional(),
  extra: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  count: z.int().min(1),
  previous: hash,
  hash,
})

/** Reads a line of a chain; undefined for what no process of ours has written. Its hash is not looked at. */
export function readLine(line: string): AuditRecord | undefined {
  try {
    return record.parse(JSON.parse(line)) as AuditRecord
  } catch {
    return undefined
  }
}

/** What is wrong with a line that stands behind a head in the file of a process, or the record. */
export function checkLine(
  line: string,
  head: ChainHead,
  process: string,
): { readonly record: AuditRecord } | { readonly wrong: string } {
  const found = readLine(line)
  if (!found) return { wrong: 'is no record' }
  if (found.process !== process) return { wrong: `belongs to ${found.process}` }
  if (found.sequence !== head.sequence + 1) {
    return { wrong: `has the number ${found.sequence} where ${head.sequence + 1} belongs` }
  }
  if (found.previous !== head.hash) return { wrong: 'does not follow the record before it' }
  const { hash: given, ...content } = found
  if (given !== hashRecord(content) || toLine(found) !== line) {
    return { wrong: 'does not match its hash' }
  }
  return { record: found }
}
