import type { Clock } from '@cnop/kit/clock'

export interface BlockRules {
  /** An address with this many failed sign-ins is blocked. */
  readonly maxFailures: number
  /** Failures are forgotten this long after the first. */
  readonly windowMs: number
  readonly blockMs: number
}

/**
 * What an address may do: proceed; wait, because pending attempts could use up the rest; only try fewer at once; or
 * nothing until its block ends.
 */
export type Reservation =
  | { readonly kind: 'reserved' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'excess'; readonly left: number }
  /** `isNew`: it was not blocked, although it had used up its failures. */
  | { readonly kind: 'blocked'; readonly msLeft: number; readonly isNew: boolean }

export interface Block {
  readonly ip: string
  readonly secondsLeft: number
}

/**
 * Failed sign-ins by address. Attempts are counted before they run and given back when they succeed, so that no
 * number of attempts at once gets past the limit.
 */
export interface IpBlocks {
  reserve(ip: string, attempts: number): Promise<Reservation>
  /** Settles reserved attempts; returns the length of the block in milliseconds when they caused one. */
  settle(ip: string, attempts: number, failures: number): Promise<number | undefined>
  list(): Promise<readonly Block[]>
  set(ip: string, seconds: number): Promise<void>
  /** Removes the block and the failures that led to it; true if there was a block. */
  clear(ip: string): Promise<boolean>
}

interface Record {
  failures: number
  pending: number
  failuresEndAt: number
  blockedUntil: number
}

/** Above this count, idle addresses are dropped. */
const mostAddresses = 50_000

/** The counts of one process; each call decides synchronously, so that calls cannot interleave. */
export function memoryBlocks(rules: BlockRules, now: Clock): IpBlocks {
  const records = new Map<string, Record>()
  const find = (ip: string): Record => {
    const record = records.get(ip) ?? { failures: 0, pending: 0, failuresEndAt: 0, blockedUntil: 0 }
    if (record.failuresEndAt <= now()) {
      record.failures = record.pending
      record.failuresEndAt = now() + rules.windowMs
    }
    if (records.size > mostAddresses) dropIdle(records, now())
    records.set(ip, record)
    return record
  }
  const block = (record: Record, forMs: number): void => {
    record.blockedUntil = now() + forMs
    record.failuresEndAt = record.blockedUntil
  }
  return {
    reserve: (ip, attempts) => Promise.resolve(reserve(find(ip), attempts, rules, now(), block)),
    settle: (ip, attempts, failures) => {
      const record = find(ip)
      record.pending = Math.max(0, record.pending - attempts)
      record.failures = Math.max(failures, record.failures - attempts + failures)
      if (failures > 0 && record.failures - record.pending >= rules.maxFailures) {
        if (record.blockedUntil <= now()) {
          block(record, rules.blockMs)
          return Promise.resolve(rules.blockMs)
        }
      }
      return Promise.resolve(undefined)
    },
    list: () =>
      Promise.resolve(
        [...records].flatMap(([ip, { blockedUntil }]) =>
          blockedUntil > now()
            ? [{ ip, secondsLeft: Math.ceil((blockedUntil - now()) / 1000) }]
            : [],
        ),
      ),
    set: (ip, seconds) => {
      find(ip).blockedUntil = now() + seconds * 1000
      return Promise.resolve()
    },
    clear: (ip) => {
      const wasBlocked = (records.get(ip)?.blockedUntil ?? 0) > now()
      records.delete(ip)
      return Promise.resolve(wasBlocked)
    },
  }
}

function reserve(
  record: Record,
  attempts: number,
  { maxFailures, blockMs }: BlockRules,
  nowMs: number,
  block: (record: Record, forMs: number) => void,
): Reservation {
  if (record.blockedUntil > nowMs) {
    return { kind: 'blocked', msLeft: record.blockedUntil - nowMs, isNew: false }
  }
  const left = maxFailures - (record.failures - record.pending)
  if (left <= 0) {
    block(record, blockMs)
    return { kind: 'blocked', msLeft: blockMs, isNew: true }
  }
  if (attempts > left) return { kind: 'excess', left }
  if (record.failures + attempts > maxFailures) return { kind: 'busy' }
  record.failures += attempts
  record.pending += attempts
  return { kind: 'reserved' }
}

function dropIdle(records: Map<string, Record>, nowMs: number): void {
  for (const [ip, { blockedUntil, failuresEndAt, pending }] of records) {
    if (blockedUntil <= nowMs && failuresEndAt <= nowMs && pending === 0) records.delete(ip)
  }
}
