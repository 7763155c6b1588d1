/** The state of a scan, and how ranges of the reply are copied to the body. */
import { space } from '../../json-bytes.ts'
import { afterSpace, byteAt, startsWith } from './leaf.ts'
import { unfit, type ObjectNode, type ValueNode } from './nodes.ts'

export interface Scan {
  readonly bytes: Buffer
  at: number
  /** The begin of the bytes that are copied next. */
  from: number
  out: Buffer
  /** How much of `out` is written. */
  size: number
  /** How much of it is the data, once that has ended. */
  dataSize: number | undefined
  /** The values that are open: what each is, and how many of its members or items have been written. */
  readonly nodes: (ValueNode | undefined)[]
  readonly objects: (ObjectNode | undefined)[]
  readonly counts: number[]
  /** Whether a member or an item has been read that stays. */
  readonly isBegun: boolean[]
  depth: number
}

export function push(
  scan: Scan,
  node: ValueNode | undefined,
  object: ObjectNode | undefined,
): void {
  const { depth } = scan
  scan.nodes[depth] = node
  scan.objects[depth] = object
  scan.counts[depth] = 0
  scan.isBegun[depth] = false
  scan.depth = depth + 1
}

export function skipByte(scan: Scan, byte: number): void {
  if (byteAt(scan.bytes, scan.at) !== byte) unfit()
  scan.at += 1
}

export function skipText(scan: Scan, text: Buffer): void {
  if (!startsWith(scan.bytes, scan.at, text)) unfit()
  scan.at += text.length
}

/** Leaves out white space. */
export function skipSpace(scan: Scan): void {
  if (byteAt(scan.bytes, scan.at) > space) return
  flush(scan, scan.at)
  scan.at = afterSpace(scan.bytes, scan.at)
  scan.from = scan.at
}

/** Copies the bytes up to a position. */
export function flush(scan: Scan, to: number): void {
  const { bytes, from, size } = scan
  if (to > from) {
    makeRoom(scan, to - from)
    bytes.copy(scan.out, size, from, to)
    scan.size = size + to - from
  }
  scan.from = to
}

/** Writes bytes in place of what follows. */
export function writeBytes(scan: Scan, text: Buffer): void {
  flush(scan, scan.at)
  makeRoom(scan, text.length)
  text.copy(scan.out, scan.size)
  scan.size += text.length
}

function makeRoom(scan: Scan, count: number): void {
  const { out, size } = scan
  if (size + count <= out.length) return
  scan.out = Buffer.allocUnsafe((size + count) * 2)
  out.copy(scan.out, 0, 0, size)
}
