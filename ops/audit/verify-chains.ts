import { existsSync, readFileSync } from 'node:fs'
import {
  type AuditRecord,
  type ChainHead,
  chainPath,
  chainStart,
  checkLine,
  checkOrder,
  headPath,
  listChains,
  readLine,
} from '@cnop/router/operator'

/** The location of a fault and its reason. */
export interface Violation {
  readonly file: string
  readonly line: number
  readonly reason: string
}

export interface ChainsVerification {
  readonly chains: number
  readonly records: number
  /** Events by action and outcome. A record may represent several events. */
  readonly events: ReadonlyMap<string, number>
  readonly violations: readonly Violation[]
  /** Chains with an incomplete last line: their process was killed. */
  readonly torn: readonly string[]
  /** Chains without an end: their process is running, or was killed. */
  readonly open: readonly string[]
}

interface Chain {
  readonly process: string
  readonly file: string
  readonly records: readonly AuditRecord[]
  readonly isTorn: boolean
  readonly violation: Violation | undefined
}

interface VerifyOptions {
  /** Older chains were moved away: the oldest remaining one may name a missing one. */
  readonly isCut?: boolean
}

/** Verifies every chain of a directory, and their order as stated in their first records. */
export function verifyChains(
  directory: string,
  { isCut = false }: VerifyOptions = {},
): ChainsVerification {
  const chains = listChains(directory).map((process) => readChain(directory, process))
  const byProcess = new Map(chains.map((chain) => [chain.process, chain]))
  const violations = chains.flatMap((chain, index) => {
    const found = [
      chain.violation,
      checkHead(directory, chain),
      checkPrevious(byProcess, chain, isCut && index === 0),
    ]
    return found.flatMap((violation) => violation ?? [])
  })
  return {
    chains: chains.length,
    records: chains.reduce((sum, { records }) => sum + records.length, 0),
    events: countEvents(chains.flatMap(({ records }) => records)),
    violations,
    torn: chains.filter(({ isTorn }) => isTorn).map(({ file }) => file),
    open: chains
      .filter(({ records }) => records.at(-1)?.action !== 'process.stop')
      .map(({ file }) => file),
  }
}

function countEvents(records: readonly AuditRecord[]): Map<string, number> {
  const events = new Map<string, number>()
  for (const { action, outcome, count } of records) {
    const key = `${action} ${outcome}`
    events.set(key, (events.get(key) ?? 0) + count)
  }
  return events
}

const lineFeed = 0x0a
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Splits whole lines from the incomplete rest. */
function splitLines(bytes: Buffer): { lines: Buffer[]; rest: Buffer } {
  const lines: Buffer[] = []
  let start = 0
  for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return { lines, rest: bytes.subarray(start) }
}

function decode(bytes: Buffer): string {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return ''
  }
}

/** Reads a chain up to the first invalid line. */
function readChain(directory: string, process: string): Chain {
  const file = `${process}.jsonl`
  const { lines, rest } = splitLines(readFileSync(chainPath(directory, process)))
  const records: AuditRecord[] = []
  let head = chainStart
  const stopAt = (line: number, reason: string): Chain => {
    const violation = { file, line, reason }
    return { process, file, records, isTorn: false, violation }
  }
  for (const [index, bytes] of lines.entries()) {
    const checked = checkLine(decode(bytes), head, process)
    if ('wrong' in checked) return stopAt(index + 1, checked.wrong)
    const wrong = checkOrder(checked.record, records.at(-1))
    if (wrong !== undefined) return stopAt(index + 1, wrong)
    records.push(checked.record)
    head = checked.record
  }
  const isTorn = rest.length > 0
  if (isTorn && !canBeTorn(rest, records)) {
    return stopAt(lines.length + 1, 'is not an incomplete record')
  }
  return { process, file, records, isTorn, violation: undefined }
}

/** An interrupted write leaves the first part of a record, and nothing is written after the end of a process. */
function canBeTorn(rest: Buffer, records: readonly AuditRecord[]): boolean {
  if (records.at(-1)?.action === 'process.stop') return false
  const text = rest.toString('latin1')
  const begin = '{"action":"'
  if (!text.startsWith(begin.slice(0, text.length))) return false
  const ends = [...text.matchAll(/\}/g)].map(({ index }) => index + 1)
  return ends.every((end) => end === text.length || !isWhole(text.slice(0, end)))
}

const isWhole = (text: string): boolean => readLine(text) !== undefined

/** The head file names a record that the chain must contain. */
function checkHead(directory: string, chain: Chain): Violation | undefined {
  const path = headPath(directory, chain.process)
  if (chain.violation || !existsSync(path)) return undefined
  const named = readHead(path)
  if (!named) return { file: `${chain.process}.head`, line: 1, reason: 'names no record' }
  return checkNamed(chain, named, 'its head file')
}

function readHead(path: string): ChainHead | undefined {
  try {
    const { sequence, hash } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ChainHead>
    return typeof sequence === 'number' && typeof hash === 'string' ? { sequence, hash } : undefined
  } catch {
    return undefined
  }
}

function checkNamed(
  { file, records }: Chain,
  { sequence, hash }: ChainHead,
  by: string,
): Violation | undefined {
  const record = records[sequence - 1]
  if (!record) {
    const reason = `the end is missing: ${by} names record ${sequence}`
    return { file, line: records.length + 1, reason }
  }
  if (record.hash === hash) return undefined
  return { file, line: sequence, reason: `is not the record that ${by} names` }
}

/** The first record of a chain names the last record of the previous chain at that time, which must still exist. */
function checkPrevious(
  byProcess: ReadonlyMap<string, Chain>,
  { file, records }: Chain,
  mayBeMissing: boolean,
): Violation | undefined {
  const { previous_process: named, previous_sequence, previous_hash } = records[0]?.extra ?? {}
  if (named === undefined) return undefined
  const previous = byProcess.get(String(named))
  if (!previous) {
    return mayBeMissing
      ? undefined
      : { file, line: 1, reason: `follows ${named}, which does not exist` }
  }
  if (previous.violation) return undefined
  const head = { sequence: Number(previous_sequence), hash: String(previous_hash) }
  return checkNamed(previous, head, file)
}
