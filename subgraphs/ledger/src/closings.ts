import type { Key } from '@cnop/kit/dynamo'
import { queryPage, readItems } from '@cnop/kit/read'
import type { LedgerPlace } from './balances.ts'
import type { ExpectedClosing, StoredClosing } from './check-closings.ts'
import type { Closing, ClosingKind } from './closing.ts'
import { parseClosing } from './item.ts'
import { blockSk, closingKey, closingPrefixes, highestSequence, partition } from './keys.ts'

const rowsPerCall = 200
const keysPerCall = 100
const lastDay = '9999-12-31'

interface ClosingRange {
  readonly between: readonly [string, string]
  readonly newestFirst: boolean
  /** How many rows the first call asks for, where few are enough. */
  readonly expected?: number
}

async function* readRows(
  { db, table }: LedgerPlace,
  username: string,
  { between, newestFirst, expected = rowsPerCall }: ClosingRange,
): AsyncGenerator<Closing> {
  const range = { table, pk: partition(username), between, newestFirst }
  let limit = Math.min(expected, rowsPerCall)
  let after: Key | undefined
  do {
    const page = await queryPage(db, { ...range, limit, after })
    yield* page.items.map(parseClosing)
    after = page.last
    limit = rowsPerCall
  } while (after)
}

const dayRange = (from: string, to: string) =>
  [closingPrefixes.day + from, closingPrefixes.day + to] as const

export interface DayQuestion {
  readonly fromDay: string
  /** The newest day by default. */
  readonly toDay?: string
  readonly days: number
}

async function first(rows: AsyncIterable<Closing>): Promise<Closing | undefined> {
  for await (const row of rows) return row
  return undefined
}

/**
 * The closings of the days from `fromDay` to `toDay`, newest first, and behind them the last one before these days. `days` is
 * how many there are at most.
 */
export async function* readDayClosings(
  place: LedgerPlace,
  username: string,
  { fromDay, toDay = lastDay, days }: DayQuestion,
): AsyncGenerator<Closing> {
  const query = { between: dayRange('', toDay), newestFirst: true, expected: days + 1 }
  for await (const row of readRows(place, username, query)) {
    yield row
    if (row.day < fromDay) return
  }
}

/** The closings of the blocks that end behind a sequence, newest first. */
export const readBlockClosings = (
  place: LedgerPlace,
  username: string,
  after: bigint,
): AsyncGenerator<Closing> =>
  readRows(place, username, {
    between: [blockSk(after + 1n), blockSk(highestSequence)],
    newestFirst: true,
  })

/** The last closing of a day before `day`: nothing of that day or later is counted. */
export const readClosingBefore = (
  place: LedgerPlace,
  username: string,
  day: string,
): Promise<Closing | undefined> => first(readDayClosingsUntil(place, username, day))

async function* readDayClosingsUntil(
  place: LedgerPlace,
  username: string,
  day: string,
): AsyncGenerator<Closing> {
  const query = { between: dayRange('', day), newestFirst: true, expected: 2 }
  for await (const row of readRows(place, username, query)) if (row.day < day) yield row
}

/** The first closing of `day` or a later one: every entry until the end of that day is counted. */
export const readClosingOf = (
  place: LedgerPlace,
  username: string,
  day: string,
): Promise<Closing | undefined> =>
  first(
    readRows(place, username, {
      between: dayRange(day, lastDay),
      newestFirst: false,
      expected: 1,
    }),
  )

/** The closings that a journal makes, as they are stored, in the same order. */
export async function readExpected(
  { db, table }: LedgerPlace,
  username: string,
  expected: readonly ExpectedClosing[],
): Promise<readonly (Closing | undefined)[]> {
  const rows: (Closing | undefined)[] = []
  for (let start = 0; start < expected.length; start += keysPerCall) {
    const part = expected.slice(start, start + keysPerCall)
    const keys = part.map((each) => ({ table, key: closingKey(username, each.kind, each) }))
    rows.push(...(await readItems(db, keys)).map((item) => item && parseClosing(item)))
  }
  return rows
}

/** Every closing of a user, for verification. */
export async function* streamClosings(
  place: LedgerPlace,
  username: string,
): AsyncGenerator<StoredClosing> {
  const kinds: readonly ClosingKind[] = ['day', 'block']
  for (const kind of kinds) {
    const prefix = closingPrefixes[kind]
    const between = [prefix, `${prefix}~`] as const
    for await (const row of readRows(place, username, { between, newestFirst: false })) {
      yield { kind, row }
    }
  }
}
