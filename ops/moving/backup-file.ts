import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { pipeline as finishPipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { splitLines } from './split-lines.ts'
import { parts } from './tables.ts'

/**
 * A backup is gzipped lines of JSON: a header, `[part, row]` for each row in DynamoDB JSON, and an end with the number of
 * rows and the SHA-256 of all lines before it.
 */
const header = z.strictObject({
  format: z.literal('cnop-backup'),
  version: z.literal(1),
  createdAt: z.string(),
  versions: z.strictObject({ ledger: z.number().optional(), inventory: z.number().optional() }),
})
export type Header = Omit<z.infer<typeof header>, 'format' | 'version'>

const row = z.tuple([z.enum(parts), z.record(z.string(), z.unknown())])
export type BackupRow = z.infer<typeof row>

const end = z.strictObject({ rows: z.number(), sha256: z.string() })

export class BadBackup extends Error {
  override readonly name = 'BadBackup'

  constructor(path: string, why: string) {
    super(`${path} is not a complete backup: ${why}. Nothing was written.`)
  }
}

/** Writes a backup; a file of this name appears when it is complete. */
export async function writeBackupFile(
  path: string,
  head: Header,
  rows: AsyncIterable<readonly [part: string, item: object]>,
): Promise<{ rows: number; sha256: string }> {
  const part = `${path}.part`
  const hash = createHash('sha256')
  let result = { rows: 0, sha256: '' }
  const line = (value: unknown): string => {
    const text = JSON.stringify(value)
    hash.update(text)
    return `${text}\n`
  }
  async function* lines(): AsyncGenerator<string> {
    yield line({ format: 'cnop-backup', version: 1, ...head })
    let count = 0
    for await (const each of rows) {
      count += 1
      yield line(each)
    }
    result = { rows: count, sha256: hash.digest('hex') }
    yield `${JSON.stringify(result)}\n`
  }
  try {
    // Hashes of passwords and personal data are in it.
    const file = createWriteStream(part, { mode: 0o600, flush: true })
    await finishPipeline(Readable.from(lines()), createGzip(), file)
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  return result
}

function readLines(path: string): AsyncGenerator<string> {
  const text = pipeline(createReadStream(path), createGunzip(), () => undefined)
  return splitLines(text.setEncoding('utf8'))
}

/** Reads all of a backup and compares it with its checksum; throws BadBackup where they differ. */
export async function checkBackupFile(path: string): Promise<Header> {
  try {
    const { first, last, rows, sha256 } = await readEnds(path)
    const head = header.parse(JSON.parse(first))
    const found = end.parse(JSON.parse(last))
    if (found.rows !== rows || found.sha256 !== sha256)
      throw new Error('its checksum is another one')
    return head
  } catch (error) {
    const isParsed = error instanceof z.ZodError || error instanceof SyntaxError
    const why =
      error instanceof Error && !isParsed ? error.message : 'a line is missing or malformed'
    throw new BadBackup(path, why)
  }
}

/** The first and the last line, and the checksum of all but the last. */
async function readEnds(path: string) {
  const hash = createHash('sha256')
  let first = ''
  let last = ''
  let lines = 0
  for await (const text of readLines(path)) {
    if (lines === 0) first = text
    else hash.update(last)
    last = text
    lines += 1
  }
  return { first, last, rows: lines - 2, sha256: hash.digest('hex') }
}

/** The rows of a backup that was checked. */
export async function* readBackupRows(path: string): AsyncGenerator<BackupRow> {
  let isHeader = true
  for await (const text of readLines(path)) {
    const value: unknown = JSON.parse(text)
    if (!isHeader && Array.isArray(value)) yield row.parse(value)
    isHeader = false
  }
}
