import { canonicalJson, hashText } from '@cnop/kit/canonical-json'
import { z } from 'zod'
import { type AuditRecord, auditActions, type SecurityEvent } from './event.ts'

/** The position of the last record of a chain. */
export interface ChainHead {
  readonly sequence: number
  readonly hash: string
}

/** The predecessor of the first record of a chain. */
export const chainStart: ChainHead = { sequence: 0, hash: '0'.repeat(64) }

export type RecordContent = Omit<AuditRecord, 'hash'>

const toText = (record: RecordContent): string => canonicalJson({ ...record })

const hashRecord = (record: RecordContent): string => hashText(toText(record))

/** A record as one line of its file, without the line break. */
export const toLine = (record: AuditRecord): string => toText(record)

/** Appends an event to a head. */
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

/** Parses a line of a chain; undefined when it is not a record. The hash is not verified. */
export function readLine(line: string): AuditRecord | undefined {
  try {
    return record.parse(JSON.parse(line)) as AuditRecord
  } catch {
    return undefined
  }
}

/** Verifies a line that follows a head. Returns the record, or what is wrong with it. */
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

/** What is wrong with the place of a record: a process starts once, and nothing follows its end. */
export function checkOrder(
  { action }: Pick<AuditRecord, 'action'>,
  before: Pick<AuditRecord, 'action'> | undefined,
): string | undefined {
  if ((action === 'process.start') !== (before === undefined)) {
    return before ? 'starts the process again' : 'does not start the process'
  }
  return before?.action === 'process.stop' ? 'follows the end of the process' : undefined
}
