import { once } from 'node:events'
import type { Response } from 'express'
import { isClosed, whenClientLeaves } from '../edge/answered.ts'

export type Row = Readonly<Record<string, string | number | null>>

/** What rows are written as: a header, rows with separators, and a footer. */
export interface Format {
  readonly contentType: string
  head(columns: readonly string[], name: string): string
  readonly separator: string
  readonly tail: string
  write(columns: readonly string[], row: Row): string
}

/** Every value is a number, an enum value or an identifier, so that no cell is a formula or needs quotes. */
const csv: Format = {
  contentType: 'text/csv; charset=utf-8',
  head: (columns) => `${columns.join(',')}\r\n`,
  separator: '',
  tail: '',
  write: (columns, row) => `${columns.map((column) => String(row[column] ?? '')).join(',')}\r\n`,
}

const json: Format = {
  contentType: 'application/json; charset=utf-8',
  head: (_columns, name) => `{"${name}":[\n`,
  separator: ',\n',
  tail: '\n]}\n',
  write: (columns, row) =>
    JSON.stringify(Object.fromEntries(columns.map((name) => [name, row[name]]))),
}

export const formats = { csv, json } as const

interface Written {
  readonly format: Format
  readonly columns: readonly string[]
  /** What the list of rows is called, where the format names it. */
  readonly listName: string
}

/** Writes rows as they come, at the pace of the reader, and ends the response. */
export async function writeRows(
  response: Response,
  { format, columns, listName }: Written,
  pages: AsyncIterable<readonly Row[]>,
): Promise<void> {
  response.setHeader('Content-Type', format.contentType)
  const head = format.head(columns, listName)
  let separator = head
  const gone = whenClientLeaves(response)
  for await (const rows of pages) {
    const text = rows.map((row) => {
      const written = `${separator}${format.write(columns, row)}`
      separator = format.separator
      return written
    })
    if (isClosed(response)) return
    if (text.length > 0 && !response.write(text.join(''))) await drained(response, gone)
  }
  // The header precedes the first row; without rows it has not been written yet.
  response.end(separator === head ? head + format.tail : format.tail)
}

/** Waits until the client has received what was written, or has disconnected. */
export async function drained(response: Response, gone: AbortSignal): Promise<void> {
  try {
    await once(response, 'drain', { signal: gone })
  } catch (error) {
    if (!gone.aborted) throw error
  }
}
