import { open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import type { Activity } from '@cnop/kit/activity'
import type { Clock } from '@cnop/kit/clock'
import type { Log } from '@cnop/kit/log'
import { repeat } from '@cnop/kit/repeat'
import { z } from 'zod'
import { chainPath, verifiedPath } from './chain-file.ts'
import { chainStart, checkLine, checkOrder } from './chain.ts'
import { auditActions } from './event.ts'
import { listChains } from './last-head.ts'
import type { AuditTrail } from './trail.ts'

/** How far a chain was verified: its last verified record, and where the next one begins. */
const verified = z.object({
  sequence: z.int(),
  hash: z.string(),
  action: z.enum(auditActions).optional(),
  bytes: z.int(),
})
type Verified = z.output<typeof verified>

export interface AuditVerifier {
  /** Verifies what was appended to the chains of the directory since the last round. */
  round(): Promise<void>
  /** How many chains have a record that does not verify. */
  brokenChains(): number
  /** How long records of this process may have been unverified; 0 when there are none. */
  unverifiedSeconds(): Promise<number>
  stop(): Promise<void>
}

interface VerifierOptions {
  readonly trail: Pick<AuditTrail, 'directory' | 'process'>
  readonly activity: Activity
  readonly now: Clock
  readonly log: Log
}

const roundMs = 10_000
const restMs = 300_000
/** Longer than any record, and so short that checking it does not hold up requests. */
const chunkBytes = 64 * 1024
const lineFeed = 0x0a

/**
 * Verifies what is new in the audit trail, again and again. What was verified before, and a chain that has ended, is
 * not read again: `npm run audit:verify` proves everything.
 */
export function startAuditVerifier({ trail, activity, now, log }: VerifierOptions): AuditVerifier {
  const { directory } = trail
  const known = new Map<string, Verified>()
  let broken: ReadonlySet<string> = new Set()
  let completedMs = now()

  /** False when a record does not verify, which is logged once. */
  async function verifyChain(process: string): Promise<boolean> {
    const from = known.get(process) ?? (await readVerified(directory, process))
    known.set(process, from)
    if (from.action === 'process.stop') return true
    const { to, wrong } = await readOn(directory, process, from)
    known.set(process, to)
    if (to.sequence > from.sequence) await writeVerified(directory, process, to)
    if (wrong !== undefined && !broken.has(process)) {
      const extra = { file: `${process}.jsonl`, line: to.sequence + 1, reason: wrong }
      log.error({ action: 'audit.broken', extra }, 'A record of the audit trail does not verify.')
    }
    return wrong === undefined
  }

  async function round(): Promise<void> {
    const beganAtMs = now()
    try {
      const wrong = new Set<string>()
      for (const process of listChains(directory)) {
        if (!(await verifyChain(process))) wrong.add(process)
      }
      broken = wrong
      completedMs = beganAtMs
    } catch (error) {
      log.warn({ action: 'audit.unverified', error }, 'The audit trail could not be verified.')
    }
  }

  const rounds = repeat(round, roundMs, { activity, pauseMs: restMs })
  return {
    round,
    brokenChains: () => broken.size,
    unverifiedSeconds: async () => {
      const { size } = await stat(chainPath(directory, trail.process))
      const isVerified = size <= (known.get(trail.process)?.bytes ?? 0)
      return isVerified ? 0 : (now() - completedMs) / 1_000
    },
    stop: () => rounds.stop(),
  }
}

/** The whole lines behind what was verified; a line that is being written is left for the next round. */
async function readOn(
  directory: string,
  process: string,
  from: Verified,
): Promise<{ readonly to: Verified; readonly wrong?: string }> {
  const file = await open(chainPath(directory, process), 'r')
  try {
    const { size } = await file.stat()
    if (size < from.bytes) return { to: from, wrong: 'the end is missing: it was verified before' }
    const buffer = Buffer.alloc(chunkBytes)
    let to = from
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, to.bytes)
      const lines = buffer.subarray(0, buffer.subarray(0, bytesRead).lastIndexOf(lineFeed) + 1)
      if (lines.length === 0) {
        return bytesRead < chunkBytes ? { to } : { to, wrong: 'is no record' }
      }
      for (const line of lines.toString('utf8').split('\n').slice(0, -1)) {
        const next = checkNext(line, process, to)
        if ('wrong' in next) return { to, ...next }
        to = next
      }
    }
  } finally {
    await file.close()
  }
}

function checkNext(
  line: string,
  process: string,
  before: Verified,
): Verified | { readonly wrong: string } {
  const checked = checkLine(line, before, process)
  if ('wrong' in checked) return checked
  const { sequence, hash, action } = checked.record
  const wrong = checkOrder({ action }, before.action && { action: before.action })
  if (wrong !== undefined) return { wrong }
  return { sequence, hash, action, bytes: before.bytes + Buffer.byteLength(line) + 1 }
}

/** A chain without a readable side file is verified from its beginning. */
async function readVerified(directory: string, process: string): Promise<Verified> {
  try {
    return verified.parse(JSON.parse(await readFile(verifiedPath(directory, process), 'utf8')))
  } catch {
    return { ...chainStart, bytes: 0 }
  }
}

async function writeVerified(directory: string, process: string, to: Verified): Promise<void> {
  const path = verifiedPath(directory, process)
  await writeFile(`${path}.new`, `${JSON.stringify(to)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
