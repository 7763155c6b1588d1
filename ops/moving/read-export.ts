import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { splitLines } from './split-lines.ts'

/** The scalar attributes of a row; a number is its text. */
export type Attributes = Readonly<Record<string, string | boolean>>

/** A row of an export, and where it is: `file:number of the row`. Without attributes when it is no row. */
export interface ExportRow {
  readonly at: string
  readonly attributes: Attributes | undefined
}

const exportFile = /^(?!manifest-).*\.(?:json|jsonl)(?:\.gz)?$/

/** Every row of a directory: exports to S3 (a row a line, also gzipped) and outputs of `aws dynamodb scan`. */
export async function* readExport(directory: string): AsyncGenerator<ExportRow> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && exportFile.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (files.length === 0)
    throw new Error(`${directory} has no file of an export (.json, .json.gz).`)
  for (const file of files) {
    let number = 0
    const name = relative(directory, file)
    try {
      for await (const text of readTexts(file)) {
        number += 1
        yield { at: `${name}:${number}`, attributes: parseRow(text) }
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new Error(`${name}, after row ${number}: ${reason}`, { cause: error })
    }
  }
}

const line = /^\s*\{\s*"Item"\s*:/

async function* readTexts(file: string): AsyncGenerator<string> {
  if (await beginsWith(file, line)) {
    for await (const text of splitLines(open(file))) if (text.trim() !== '') yield text
  } else yield* splitItems(open(file))
}

function open(file: string): NodeJS.ReadableStream {
  const bytes = createReadStream(file)
  const plain = file.endsWith('.gz')
    ? // An error of either stream ends the other one, and the reader gets it.
      pipeline(bytes, createGunzip(), () => undefined)
    : bytes
  return plain.setEncoding('utf8')
}

async function beginsWith(file: string, pattern: RegExp): Promise<boolean> {
  for await (const chunk of open(file)) return pattern.test(String(chunk))
  return false
}

/** The text of each object in the array of `{ "Items": [ … ] }`, without holding the array. */
async function* splitItems(chunks: AsyncIterable<string | Buffer>): AsyncGenerator<string> {
  const nesting = trackNesting()
  let depth = 0
  let item = ''
  for await (const chunk of chunks) {
    const text = String(chunk)
    let begin = 0
    for (let place = 0; place < text.length; place += 1) {
      const step = nesting(text.charCodeAt(place))
      if (step === 0) continue
      if (step === 1 && depth === itemDepth) begin = place
      depth += step
      if (step === 1 || depth !== itemDepth) continue
      yield item + text.slice(begin, place + 1)
      item = ''
    }
    if (depth > itemDepth) item += text.slice(begin)
  }
  // What a truncated file ends with is no row.
  if (item !== '') yield item
}

const [quote, backslash] = [0x22, 0x5c]
const steps: Readonly<Record<number, 1 | -1>> = { 0x7b: 1, 0x5b: 1, 0x7d: -1, 0x5d: -1 }

/** For each character of JSON in turn: whether an object or array begins (1) or ends (-1) with it. */
function trackNesting(): (code: number) => 1 | -1 | 0 {
  let inside: 'json' | 'string' | 'escape' = 'json'
  return (code) => {
    if (inside === 'escape') inside = 'string'
    else if (inside === 'string') {
      if (code === backslash) inside = 'escape'
      if (code === quote) inside = 'json'
    } else if (code === quote) inside = 'string'
    else return steps[code] ?? 0
    return 0
  }
}

/** Inside the object and its array. */
const itemDepth = 2

interface Typed {
  readonly S?: unknown
  readonly N?: unknown
  readonly BOOL?: unknown
}

function parseRow(text: string): Attributes | undefined {
  try {
    const parsed = JSON.parse(text) as { Item?: object }
    const row = (parsed.Item ?? parsed) as Readonly<Record<string, Typed>>
    const scalars = Object.entries(row).flatMap(([name, { S, N, BOOL }]) => {
      const value = S ?? N ?? BOOL
      return typeof value === 'string' || typeof value === 'boolean' ? [[name, value] as const] : []
    })
    return Object.fromEntries(scalars)
  } catch {
    return undefined
  }
}
