/** Walks through values that the result does not show: they must be JSON, and nothing of them is kept. */
import { closeBrace, colon, comma, openBrace, openBracket, quote } from '../../json-bytes.ts'
import { push, skipByte, skipSpace, skipText, type Scan } from './copy.ts'
import { afterSpace, byteAt, endOfNumber, endOfString, numberText } from './leaf.ts'
import { anyObject, anything, kinds, makeNode, unfit, type ValueNode } from './nodes.ts'

/** Nesting that the parser refuses as well. */
const mostLevels = 1_000
const words = new Map(
  ['null', 'true', 'false'].map((word) => [word.charCodeAt(0), Buffer.from(word)]),
)
/** An empty list or null: no value fits its items. */
const noErrors = makeNode(kinds.list, true, { item: makeNode(kinds.typename, false, {}) })

/** After the data: the next member of the reply; undefined at its end. */
export function nextOfReply(scan: Scan): ValueNode | undefined {
  const { bytes } = scan
  const at = afterSpace(bytes, scan.at)
  if (byteAt(bytes, at) === closeBrace) {
    if (afterSpace(bytes, at + 1) !== bytes.length) unfit()
    return undefined
  }
  scan.at = at
  skipByte(scan, comma)
  const name = readName(scan)
  // An escape may hide either name.
  if (name === 'data' || name.includes('\\')) unfit()
  return name === 'errors' ? noErrors : anything
}

/** The value of the next member of an object; undefined at its end. */
export function nextAnyMember(scan: Scan): ValueNode | undefined {
  const top = scan.depth - 1
  skipSpace(scan)
  if (scan.isBegun[top] === true) {
    if (byteAt(scan.bytes, scan.at) !== comma) {
      skipByte(scan, closeBrace)
      return undefined
    }
    scan.at += 1
  } else if (byteAt(scan.bytes, scan.at) === closeBrace) {
    scan.at += 1
    return undefined
  }
  scan.isBegun[top] = true
  readName(scan)
  return anything
}

/** A name and its colon. */
function readName(scan: Scan): string {
  skipSpace(scan)
  const from = scan.at + 1
  skipString(scan)
  const name = scan.bytes.toString('latin1', from, scan.at - 1)
  skipSpace(scan)
  skipByte(scan, colon)
  return name
}

export function readAnything(scan: Scan, node: ValueNode, first: number): void {
  if (first === quote) skipString(scan)
  else if (first === openBrace) openValue(scan, node, true)
  else if (first === openBracket) openValue(scan, node, false)
  else {
    const word = words.get(first)
    if (word) skipText(scan, word)
    else skipNumber(scan)
  }
}

function openValue(scan: Scan, node: ValueNode, isObject: boolean): void {
  if (scan.depth >= mostLevels) unfit()
  scan.at += 1
  push(scan, node, isObject ? anyObject : undefined)
}

function skipString(scan: Scan): void {
  const end = endOfString(scan.bytes, scan.at)
  if (end < 0) JSON.parse(scan.bytes.toString('utf8', scan.at, -end))
  scan.at = Math.abs(end)
}

function skipNumber(scan: Scan): void {
  const end = endOfNumber(scan.bytes, scan.at, false)
  if (end < 0) numberText(scan.bytes.toString('latin1', scan.at, -end))
  scan.at = Math.abs(end)
}
