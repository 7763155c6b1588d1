/** Walks through the values of a reply in the order of the operation, and checks each. */
import {
  closeBrace,
  closeBracket,
  colon,
  comma,
  openBrace,
  openBracket,
  quote,
} from '../../json-bytes.ts'
import { nextAnyMember, readAnything } from './anything.ts'
import { flush, push, skipByte, skipSpace, skipText, writeBytes, type Scan } from './copy.ts'
import {
  afterSpace,
  byteAt,
  endOfNumber,
  endOfString,
  integerText,
  numberText,
  startsWith,
} from './leaf.ts'
import { anyObject, unfit, type MemberNode, type ObjectNode, type ValueNode } from './nodes.ts'

const typenameName = Buffer.from('"__typename"')
const commaText = Buffer.from(',')
const words = {
  null: Buffer.from('null'),
  true: Buffer.from('true'),
  false: Buffer.from('false'),
}
const letterF = 0x66
const letterN = 0x6e
const letterT = 0x74

/** What comes next; undefined at the end. */
export function nextNode(scan: Scan): ValueNode | undefined {
  while (scan.depth > 0) {
    const object = scan.objects[scan.depth - 1]
    const node = object ? nextMemberOf(scan, object) : nextItem(scan)
    if (node) return node
    scan.depth -= 1
  }
  return undefined
}

function nextMemberOf(scan: Scan, object: ObjectNode): ValueNode | undefined {
  return object === anyObject ? nextAnyMember(scan) : nextMember(scan, object)
}

function nextItem(scan: Scan): ValueNode | undefined {
  const top = scan.depth - 1
  skipSpace(scan)
  if (byteAt(scan.bytes, scan.at) === closeBracket) {
    scan.at += 1
    return undefined
  }
  if (scan.isBegun[top] === true) skipByte(scan, comma)
  scan.isBegun[top] = true
  return scan.nodes[top]?.item
}

/** Reads the name of the next member; undefined at the end of the object. */
function nextMember(scan: Scan, object: ObjectNode): ValueNode | undefined {
  const top = scan.depth - 1
  let isAfterComma = skipComma(scan, top)
  for (;;) {
    const member = object.members[countOf(scan, top)]
    const mayFollow = isAfterComma || scan.isBegun[top] !== true
    if (member && mayFollow && startsWith(scan.bytes, scan.at, member.name)) {
      return readName(scan, top, member)
    }
    if (member?.constant) addConstant(scan, top, member.constant, isAfterComma)
    else if (mayFollow && startsWith(scan.bytes, scan.at, typenameName)) {
      dropTypename(scan, object, isAfterComma)
      isAfterComma = skipComma(scan, top)
    } else {
      endObject(scan, member, isAfterComma)
      return undefined
    }
  }
}

/** The comma before a member; the first one has none. */
function skipComma(scan: Scan, top: number): boolean {
  skipSpace(scan)
  if (scan.isBegun[top] !== true || byteAt(scan.bytes, scan.at) !== comma) return false
  scan.at += 1
  skipSpace(scan)
  return true
}

function endObject(scan: Scan, missing: MemberNode | undefined, isAfterComma: boolean): void {
  if (missing || isAfterComma) unfit()
  skipByte(scan, closeBrace)
}

function countOf({ counts }: Scan, top: number): number {
  return counts[top] ?? 0
}

function readName(scan: Scan, top: number, { name, output, value }: MemberNode): ValueNode {
  const count = countOf(scan, top)
  // Only constants were written before the first member that was read.
  if (count > 0 && scan.isBegun[top] !== true) writeBytes(scan, commaText)
  if (output) {
    writeBytes(scan, output)
    scan.from = scan.at + name.length
  }
  scan.at += name.length
  skipSpace(scan)
  skipByte(scan, colon)
  scan.counts[top] = count + 1
  scan.isBegun[top] = true
  return value
}

function addConstant(scan: Scan, top: number, text: Buffer, isAfterComma: boolean): void {
  const count = countOf(scan, top)
  if (count > 0 && !isAfterComma) writeBytes(scan, commaText)
  writeBytes(scan, text)
  if (isAfterComma) writeBytes(scan, commaText)
  scan.counts[top] = count + 1
}

/** Leaves out a type name that the client did not select here, and one comma beside it. */
function dropTypename(scan: Scan, { typeName }: ObjectNode, isAfterComma: boolean): void {
  const { bytes } = scan
  flush(scan, scan.at)
  if (isAfterComma) scan.size -= 1
  let at = afterSpace(bytes, scan.at + typenameName.length)
  if (byteAt(bytes, at) !== colon) unfit()
  at = afterSpace(bytes, at + 1)
  if (!startsWith(bytes, at, typeName)) unfit()
  at = afterSpace(bytes, at + typeName.length)
  if (!isAfterComma && byteAt(bytes, at) === comma) {
    at = afterSpace(bytes, at + 1)
    if (byteAt(bytes, at) !== quote) unfit()
  }
  scan.at = at
  scan.from = at
}

export function readValue(scan: Scan, node: ValueNode): void {
  skipSpace(scan)
  const first = byteAt(scan.bytes, scan.at)
  if (first === letterN && node.isNullable) {
    skipText(scan, words.null)
    return
  }
  readers[node.kind]?.(scan, node, first)
}

type Reader = (scan: Scan, node: ValueNode, first: number) => void

/** By kind. */
const readers: readonly Reader[] = [
  (scan, node) => openObject(scan, node, node.typeName),
  (scan, node) => openObject(scan, node, typeNameAt(scan.bytes, scan.at)),
  openList,
  (scan, node) => skipText(scan, node.text ?? unfit()),
  (scan, _node, first) => readBoolean(scan, first),
  (scan) => readNumber(scan, true),
  (scan) => readNumber(scan, false),
  readString,
  (scan, _node, first) => (first === quote ? readString(scan) : readNumber(scan, true)),
  readEnum,
  (scan, _node, first) => readCustom(scan, first),
  readAnything,
]

function openList(scan: Scan, node: ValueNode): void {
  skipByte(scan, openBracket)
  push(scan, node, undefined)
}

/** Lists and objects of custom scalars are parsed. */
function readCustom(scan: Scan, first: number): void {
  if (first === quote) readString(scan)
  else if (first === letterT || first === letterF) readBoolean(scan, first)
  else readNumber(scan, false)
}

function readBoolean(scan: Scan, first: number): void {
  skipText(scan, first === letterT ? words.true : words.false)
}

function readString(scan: Scan): void {
  const end = endOfString(scan.bytes, scan.at)
  if (end > 0) scan.at = end
  else rewrite(scan, -end, (text) => JSON.stringify(JSON.parse(text)))
}

function readEnum(scan: Scan, { values }: ValueNode): void {
  const { bytes, at } = scan
  const end = endOfString(bytes, at)
  if (end < 0 || values?.has(bytes.toString('latin1', at + 1, end - 1)) !== true) unfit()
  scan.at = end
}

function readNumber(scan: Scan, isInteger: boolean): void {
  const end = endOfNumber(scan.bytes, scan.at, isInteger)
  if (end > 0) scan.at = end
  else rewrite(scan, -end, isInteger ? integerText : numberText)
}

/** Writes a leaf anew whose text is not the one that JSON.stringify makes. */
function rewrite(scan: Scan, end: number, textOf: (text: string) => string): void {
  const given = scan.bytes.toString('utf8', scan.at, end)
  const text = textOf(given)
  if (text !== given) {
    writeBytes(scan, Buffer.from(text))
    scan.from = end
  }
  scan.at = end
}

/** The name of the concrete type, which must come first. */
function typeNameAt(bytes: Buffer, open: number): string {
  if (byteAt(bytes, open) !== openBrace) unfit()
  const name = afterSpace(bytes, open + 1)
  if (!startsWith(bytes, name, typenameName)) unfit()
  const between = afterSpace(bytes, name + typenameName.length)
  if (byteAt(bytes, between) !== colon) unfit()
  const at = afterSpace(bytes, between + 1)
  const end = endOfString(bytes, at)
  return end > 0 ? bytes.toString('latin1', at + 1, end - 1) : unfit()
}

function openObject(scan: Scan, node: ValueNode, typeName: string): void {
  skipByte(scan, openBrace)
  push(scan, node, node.objectOf?.(typeName))
}
