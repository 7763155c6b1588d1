import { toIso, utcDay } from '@cnop/kit/clock'
import { decodeCursor, encodeCursor } from '@cnop/kit/cursor'
import { BadInput } from '@cnop/kit/errors'
import { queryPage } from '@cnop/kit/read'
import { type LedgerPlace, readEntries, readJournal } from './balances.ts'
import type { JournalEntry } from './chain.ts'
import { readClosingBefore, readClosingOf } from './closings.ts'
import { type EntryKind, tradeKinds } from './entry.ts'
import { highestSequence, indexPrefix, indexSk, partition, sequenceOf } from './keys.ts'

export interface EntryQuery {
  readonly username: string
  readonly first: number
  /** The cursor of an earlier page. */
  readonly after?: string | null | undefined
  readonly kinds?: readonly EntryKind[] | null | undefined
  readonly assetId?: string | null | undefined
  /** Entries from this moment on. */
  readonly fromMs?: number | undefined
  /** Entries before this moment. */
  readonly toMs?: number | undefined
}

export interface EntryPage {
  readonly entries: readonly JournalEntry[]
  readonly hasNextPage: boolean
  /** The cursor of the next page; absent on the last page. */
  readonly endCursor: string | undefined
}

/** The sequences that a page may come from. */
interface Bounds {
  /** The last entry before them. */
  readonly after: bigint
  readonly through: bigint
}

/**
 * A page of a journal, newest first, at a cost that does not depend on the length of the journal: a filter by kind or
 * asset reads the index, a range of time begins at the closing of its days. A new entry moves no page.
 */
export async function listEntries(place: LedgerPlace, query: EntryQuery): Promise<EntryPage> {
  const { first } = query
  const bounds = await readBounds(place, query)
  const isWanted = isWithin(query)
  const entries: JournalEntry[] = []
  for await (const entry of readWanted(place, query, bounds)) {
    if (!isWanted(entry)) continue
    if (entries.length === first) return { entries, hasNextPage: true, ...endOf(entries) }
    entries.push(entry)
  }
  return { entries, hasNextPage: false, ...endOf(entries) }
}

function endOf(entries: readonly JournalEntry[]): Pick<EntryPage, 'endCursor'> {
  const last = entries.at(-1)
  return { endCursor: last && encodeCursor([last.sequence.toString()]) }
}

const dayMs = 86_400_000

const isMidnight = (ms: number): boolean => ms % dayMs === 0

/** Whether an entry is within a range of time. What a range that begins at a midnight begins with, its bounds say. */
function isWithin({ fromMs = 0, toMs = Infinity }: EntryQuery): (entry: JournalEntry) => boolean {
  const first = isMidnight(fromMs) ? -Infinity : fromMs
  return ({ createdAt }) => Date.parse(createdAt) >= first && Date.parse(createdAt) < toMs
}

/**
 * A day of the journal has what was entered before a later day began: an old entry that a slow clock dated before the last one
 * belongs to the day of that, so that the entries of a day follow each other, and add up.
 */
async function readBounds(
  place: LedgerPlace,
  { username, after, fromMs, toMs }: EntryQuery,
): Promise<Bounds> {
  const cursor = cursorSequence(after)
  const [before, until] = await Promise.all([
    fromMs === undefined ? 0n : firstBound(place, username, fromMs),
    toMs === undefined ? highestSequence : lastBound(place, username, toMs),
  ])
  const end = cursor === undefined ? highestSequence : cursor - 1n
  return { after: before, through: until < end ? until : end }
}

async function firstBound(place: LedgerPlace, username: string, ms: number): Promise<bigint> {
  if (isMidnight(ms)) return lastBefore(place, username, ms)
  return (await readClosingBefore(place, username, utcDay(ms)))?.sequence ?? 0n
}

async function lastBound(place: LedgerPlace, username: string, ms: number): Promise<bigint> {
  if (isMidnight(ms)) return lastBefore(place, username, ms)
  return (await readClosingOf(place, username, utcDay(ms)))?.sequence ?? highestSequence
}

/** The last entry before a midnight; the last one possible, where nothing was entered behind the midnight. */
async function lastBefore(place: LedgerPlace, username: string, ms: number): Promise<bigint> {
  const closed = await readClosingBefore(place, username, utcDay(ms))
  if (closed) return closed.until < toIso(ms) ? highestSequence : closed.sequence
  const [first] = await readEntries(place, username, [1n])
  return first && first.createdAt >= toIso(ms) ? 0n : highestSequence
}

function readWanted(
  place: LedgerPlace,
  { username, first, kinds, assetId }: EntryQuery,
  bounds: Bounds,
): AsyncIterable<JournalEntry> {
  // One entry more than the page shows whether there is a next one.
  const expected = first + 1
  if (!kinds && !assetId) {
    return readJournal(place, username, { ...bounds, newestFirst: true, expected })
  }
  const wanted = assetId ? tradeKinds.filter((kind) => kinds?.includes(kind) ?? true) : kinds
  const prefixes = [...new Set(wanted)].map((kind) => indexPrefix(kind, assetId ?? undefined))
  return readIndexed(place, { username, prefixes, expected, bounds })
}

interface IndexQuery {
  readonly username: string
  readonly prefixes: readonly string[]
  readonly expected: number
  readonly bounds: Bounds
}

const mostPerBatch = 100

/** The entries of several prefixes in one order: each is read as far as the page could need it. */
async function* readIndexed(
  place: LedgerPlace,
  { username, prefixes, expected, bounds }: IndexQuery,
): AsyncGenerator<JournalEntry> {
  const limit = Math.min(expected, mostPerBatch)
  let { through } = bounds
  while (through > bounds.after && prefixes.length > 0) {
    const range = { username, limit, bounds: { ...bounds, through } }
    const found = await Promise.all(prefixes.map((prefix) => readIndex(place, prefix, range)))
    const newest = found.flat().sort((a, b) => (a > b ? -1 : 1))
    const sequences = newest.slice(0, limit)
    const entries = await readEntries(place, username, sequences)
    yield* entries
    const last = sequences.at(-1)
    if (last === undefined || newest.length < limit) return
    through = last - 1n
  }
}

async function readIndex(
  { db, table }: LedgerPlace,
  prefix: string,
  { username, limit, bounds }: { username: string; limit: number; bounds: Bounds },
): Promise<bigint[]> {
  const between = [indexSk(prefix, bounds.after + 1n), indexSk(prefix, bounds.through)] as const
  const query = { table, pk: partition(username), between, limit, newestFirst: true }
  const { items } = await queryPage(db, query)
  return items.map(({ sk }) => sequenceOf(String(sk)))
}

function cursorSequence(after: string | null | undefined): bigint | undefined {
  if (after == null) return undefined
  const [text = ''] = decodeCursor(after, 1)
  if (!/^[1-9]\d{0,11}$/.test(text)) throw new BadInput('after', 'is not a cursor of this list')
  return BigInt(text)
}
