import { randomBytes } from 'node:crypto'
import { type Clock, toIso } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import { type ChainHead, chainStart, chainRecord, toLine } from './chain.ts'
import { openChainFile } from './chain-file.ts'
import type { AuditExtra, RecordEvent, SecurityEvent } from './event.ts'
import { findLastHead } from './last-head.ts'
import { openEventTally } from './tally.ts'

/** The chain of this process. */
export interface AuditTrail {
  readonly directory: string
  /** The name of the chain and of its file. */
  readonly process: string
  readonly record: RecordEvent
  counts(): AuditCounts
  /** Writes the counted events and the end of the process, and closes the file. */
  close(): Promise<void>
}

export interface AuditCounts {
  /** Records by `action` and `outcome`. */
  readonly recorded: readonly { action: string; outcome: string; events: number }[]
  /** Events that could not be written. */
  readonly lost: number
  readonly isWritable: boolean
}

interface TrailOptions {
  readonly directory: string
  /** What kind of process it is: `router`, or the name of a command. */
  readonly name: string
  readonly now: Clock
  readonly log: Log
}

/** After a crash of the machine, at most this much of a chain is missing; a crash of the process loses nothing. */
const flushMs = 1_000
const tallyMs = 60_000

/** `20261122T002501123Z-router-9f3a61`: names sort by the time at which their processes began. */
function nameProcess(name: string, nowMs: number): string {
  return `${toIso(nowMs).replaceAll(/[-:.]/g, '')}-${name}-${randomBytes(3).toString('hex')}`
}

function describePrevious(directory: string): AuditExtra {
  const previous = findLastHead(directory)
  if (!previous) return {}
  const { process, head } = previous
  return {
    previous_process: process,
    previous_sequence: head.sequence,
    previous_hash: head.hash,
  }
}

/**
 * Opens the trail of a process: a chain in its own file, whose first record names the head of the previous chain.
 * A record is written to the file before the response that it describes is sent.
 */
export function openAuditTrail({ directory, name, now, log }: TrailOptions): AuditTrail {
  const process = nameProcess(name, now())
  const start = {
    action: 'process.start',
    outcome: 'ok',
    extra: describePrevious(directory),
  } as const
  const chain = openChain({ directory, process, now, log, start })
  const tally = openEventTally()
  const record: RecordEvent = (event) => {
    if (tally.admit(event)) chain.add(event)
  }
  const closeTally = (): void => {
    for (const event of tally.close()) chain.add(event)
  }
  const flushing = setInterval(() => void chain.flush(), flushMs)
  const tallying = setInterval(closeTally, tallyMs)
  flushing.unref()
  tallying.unref()
  return {
    directory,
    process,
    record,
    counts: chain.counts,
    close: async () => {
      clearInterval(flushing)
      clearInterval(tallying)
      closeTally()
      chain.add({ action: 'process.stop', outcome: 'ok' })
      await chain.flush()
      chain.close()
    },
  }
}

interface ChainOptions extends Omit<TrailOptions, 'name'> {
  readonly process: string
  /** The first record, whenever it can be written. */
  readonly start: SecurityEvent
}

/** Appends to the file of one chain; throws on failure. */
function openAppender({ directory, process, now }: Omit<ChainOptions, 'log' | 'start'>) {
  const file = openChainFile(directory, process)
  const recorded = new Map<string, number>()
  let head: ChainHead = chainStart
  let flushed: ChainHead = chainStart
  return {
    isEmpty: () => head.sequence === 0,
    append: (event: SecurityEvent): void => {
      const record = chainRecord(event, { process, timestamp: toIso(now()) }, head)
      file.append(toLine(record))
      head = { sequence: record.sequence, hash: record.hash }
      const key = `${event.action} ${event.outcome}`
      recorded.set(key, (recorded.get(key) ?? 0) + record.count)
    },
    flush: async (): Promise<void> => {
      if (head === flushed) return
      const reached = head
      await file.flush(reached)
      flushed = reached
    },
    listRecorded: (): AuditCounts['recorded'] =>
      [...recorded].map(([key, events]) => {
        const [action = '', outcome = ''] = key.split(' ')
        return { action, outcome, events }
      }),
    close: () => {
      file.close()
    },
  }
}

/** One chain. Events that cannot be written are counted, and recorded as a gap once writing works again. */
function openChain({ directory, process, now, log, start }: ChainOptions) {
  const { append, flush, isEmpty, listRecorded, close } = openAppender({ directory, process, now })
  let unrecorded = 0
  let lost = 0
  let isWritable = true

  function fail(error: unknown, missing: number): void {
    unrecorded += missing
    lost += missing
    // One log line per outage; the metric counts the lost events.
    if (isWritable) {
      const message = 'The audit trail cannot be written; events are being lost.'
      log.error({ action: 'audit.unwritable', error, extra: { directory } }, message)
    }
    isWritable = false
  }

  function add(event?: SecurityEvent): void {
    try {
      if (isEmpty()) append(start)
      if (unrecorded > 0) append({ action: 'audit.gap', outcome: 'failed', count: unrecorded })
      unrecorded = 0
      if (event) append(event)
      isWritable = true
    } catch (error) {
      fail(error, event ? (event.count ?? 1) : 0)
    }
  }
  add()

  return {
    add,
    close,
    flush: () =>
      flush().catch((error: unknown) => {
        log.error({ action: 'audit.unflushed', error }, 'The audit trail cannot be flushed.')
      }),
    counts: (): AuditCounts => ({ recorded: listRecorded(), lost, isWritable }),
  }
}
