import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { splitLines } from './split-lines.ts'

type Keyed = readonly [key: string, json: string]

type KeyedSource = AsyncGenerator<Keyed, undefined>

export interface SortOptions {
  /** How many rows are held in memory. */
  readonly rowsInMemory?: number
  /** How many sorted files are read at once. */
  readonly mostFiles?: number
}

const byKey = ([a]: Keyed, [b]: Keyed): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Gives rows in the order of their keys, with memory that does not depend on their number: sorted parts are written
 * to temporary files and merged. Rows are JSON. Nothing is given before all rows were read.
 */
export async function* sortRows<Row>(
  rows: AsyncIterable<readonly [key: string, row: Row]>,
  { rowsInMemory = 20_000, mostFiles = 64 }: SortOptions = {},
): AsyncGenerator<Row> {
  // Readable by this user only, as mkdtemp makes it: rows contain hashes of passwords.
  const directory = await mkdtemp(join(tmpdir(), 'cnop-sort-'))
  let files: string[] = []
  let part: Keyed[] = []
  let count = 0
  const save = async (sorted: Iterable<Keyed> | AsyncIterable<Keyed>): Promise<string> => {
    const file = join(directory, String((count += 1)))
    await pipeline(Readable.from(toLines(sorted)), createWriteStream(file))
    return file
  }
  try {
    for await (const [key, row] of rows) {
      part.push([key, JSON.stringify(row)])
      if (part.length < rowsInMemory) continue
      files.push(await save(part.sort(byKey)))
      part = []
      if (files.length < mostFiles) continue
      const merged = await save(merge(files.map(readKeyed)))
      await Promise.all(files.map((file) => rm(file)))
      files = [merged]
    }
    const sources = [...files.map(readKeyed), fromMemory(part.sort(byKey))]
    for await (const [, json] of merge(sources)) yield JSON.parse(json) as Row
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function* toLines(rows: Iterable<Keyed> | AsyncIterable<Keyed>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}

async function* readKeyed(file: string): AsyncGenerator<Keyed, undefined> {
  for await (const line of splitLines(createReadStream(file, 'utf8')))
    yield JSON.parse(line) as Keyed
  return undefined
}

// eslint-disable-next-line @typescript-eslint/require-await -- merge reads files and memory in the same way.
async function* fromMemory(rows: readonly Keyed[]): AsyncGenerator<Keyed, undefined> {
  yield* rows
  return undefined
}

/** Merges sorted sources. There are few, so the least head is found by looking at all of them. */
async function* merge(sources: readonly KeyedSource[]): AsyncGenerator<Keyed, undefined> {
  const heads: { row: Keyed; source: KeyedSource }[] = []
  for (const source of sources) {
    const { value } = await source.next()
    if (value) heads.push({ row: value, source })
  }
  while (heads.length > 0) {
    const least = heads.reduce((a, b) => (byKey(b.row, a.row) < 0 ? b : a))
    yield least.row
    const { value } = await least.source.next()
    if (value) least.row = value
    else heads.splice(heads.indexOf(least), 1)
  }
  return undefined
}
