/**
 * Passes the only reply of an operation on to the client without building objects from it. One pass over the bytes checks
 * what the writers check (JSON, names, nulls, values) and copies ranges of bytes. It knows valid replies only, whose
 * members are in the order of the operation. Of anything else it makes nothing, and the reply is parsed.
 */
import { isUtf8 } from 'node:buffer'
import type { GraphQLSchema } from 'graphql'
import { colon, openBrace } from '../../json-bytes.ts'
import { openTurns } from '../../turns.ts'
import { nextOfReply } from './anything.ts'
import { flush, push, skipByte, skipSpace, skipText, writeBytes, type Scan } from './copy.ts'
import { objectNode, Unfit, unfit, type ObjectNode } from './nodes.ts'
import { nextNode, readValue } from './walk.ts'
import type { ObjectShape } from '../shape.ts'

export interface Scanner {
  /** Different for each operation. */
  readonly id: number
  /** The body of the response, or undefined when the reply must be parsed. */
  readonly scan: (reply: Buffer) => Buffer | undefined | Promise<Buffer | undefined>
}

const opening = Buffer.from('{"data":')
const closing = Buffer.from('}\n')
const dataName = Buffer.from('"data"')

let scanners = 0

/** Undefined where the result needs more than the reply. */
export function compileScanner(schema: GraphQLSchema, shape: ObjectShape): Scanner | undefined {
  const root = attempt(() => objectNode(schema, shape))
  if (!root) return undefined
  return {
    id: (scanners += 1),
    scan: (reply) => {
      const scan = attempt(() => open(reply, root))
      if (!scan) return undefined
      if (reply.length > mostAtOnce) return scanInTurns(scan)
      return attempt(() => {
        while (!advance(scan));
        return finish(scan)
      })
    },
  }
}

/** Longer replies are read in turns. */
const mostAtOnce = 256 * 1024
/** How many values, and bytes, are read between two looks at the clock. */
const lookEvery = 2_000
const lookAfterBytes = 128 * 1024

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof Unfit || error instanceof SyntaxError) return undefined
    throw error
  }
}

async function scanInTurns(scan: Scan): Promise<Buffer | undefined> {
  const pause = openTurns()
  for (;;) {
    const isOver = attempt(() => advance(scan))
    if (isOver === undefined) return undefined
    if (isOver) return attempt(() => finish(scan))
    await pause()
  }
}

/** Begins at the object of the data. */
function open(bytes: Buffer, root: ObjectNode): Scan {
  if (!isUtf8(bytes)) unfit()
  const out = Buffer.allocUnsafe(bytes.length + opening.length + closing.length)
  const scan: Scan = {
    bytes,
    at: 0,
    from: 0,
    out,
    size: 0,
    dataSize: undefined,
    nodes: [],
    objects: [],
    counts: [],
    isBegun: [],
    depth: 0,
  }
  skipSpace(scan)
  skipByte(scan, openBrace)
  skipSpace(scan)
  skipText(scan, dataName)
  skipSpace(scan)
  skipByte(scan, colon)
  skipSpace(scan)
  scan.from = scan.at
  scan.size = 0
  writeBytes(scan, opening)
  skipByte(scan, openBrace)
  push(scan, undefined, root)
  return scan
}

/** The reply has ended. */
function finish(scan: Scan): Buffer {
  scan.from = scan.at
  scan.size = scan.dataSize ?? unfit()
  writeBytes(scan, closing)
  return scan.out.subarray(0, scan.size)
}

/** What follows the data is not copied. */
function endData(scan: Scan): Scan {
  if (scan.dataSize === undefined) {
    flush(scan, scan.at)
    scan.dataSize = scan.size
  }
  return scan
}

/** Reads some values; true when the reply has ended. */
function advance(scan: Scan): boolean {
  const until = scan.at + lookAfterBytes
  for (let count = 0; count < lookEvery && scan.at < until; count += 1) {
    const node = nextNode(scan) ?? nextOfReply(endData(scan))
    if (!node) return true
    readValue(scan, node)
  }
  return false
}
