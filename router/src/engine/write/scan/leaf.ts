/**
 * Leaf values in the bytes of a reply: where each ends, and whether it is written as JSON.stringify writes it. Most are,
 * and are copied.
 */
import { backslash, quote, space } from '../../json-bytes.ts'
import { isIntegerNumber } from '../../schema-types.ts'
import { unfit } from './nodes.ts'

const tab = 0x09
const lineFeed = 0x0a
const carriageReturn = 0x0d
const plus = 0x2b
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const nine = 0x39

/** Zero beyond the end: no JSON text holds it. */
export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}

/** White space and leaves that are longer are read in turns, which the scanner does between values only. */
const mostBytes = 128 * 1024

function refuseLong(start: number, end: number): void {
  if (end - start > mostBytes) unfit()
}

/** The first position that is no white space. */
export function afterSpace(bytes: Uint8Array, from: number): number {
  for (let at = from; ; at += 1) {
    const byte = byteAt(bytes, at)
    if (byte !== space && (byte < tab || byte > lineFeed) && byte !== carriageReturn) return at
    refuseLong(from, at)
  }
}

export function startsWith(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[at + index] !== expected[index]) return false
  }
  return true
}

/** One for the second character of each escape that JSON.stringify writes; a table, because a text may hold millions. */
const shortEscapes = new Uint8Array(256)
for (const each of Buffer.from('"\\bfnrt')) shortEscapes[each] = 1
const slash = 0x2f
const letterU = 0x75

/** The end of the string whose quote is at a position; negative where its text must be written anew. */
export function endOfString(bytes: Uint8Array, start: number): number {
  if (byteAt(bytes, start) !== quote) unfit()
  let isOdd = false
  let at = start + 1
  for (const until = start + mostBytes; at <= until;) {
    const byte = byteAt(bytes, at)
    if (byte === quote) return isOdd ? -at - 1 : at + 1
    if (byte === backslash) {
      const escaped = byteAt(bytes, at + 1)
      if (shortEscapes[escaped] !== 1) {
        if (escaped !== slash && escaped !== letterU) unfit()
        isOdd = true
      }
      at += 2
    } else if (byte < space) unfit()
    else at += 1
  }
  return unfit()
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine
}

function endOfDigits(bytes: Uint8Array, start: number): number {
  let at = start
  while (isDigit(byteAt(bytes, at)) && at - start <= mostBytes) at += 1
  refuseLong(start, at)
  return at
}

/** Numbers of so many digits are the shortest text of their double. */
const mostDigits = 15
/** Smaller numbers are written with an exponent. */
const mostZeros = 5

/** The end of the number at a position; negative where its text must be written anew. */
export function endOfNumber(bytes: Uint8Array, start: number, isInteger: boolean): number {
  const isNegative = byteAt(bytes, start) === minus
  const from = isNegative ? start + 1 : start
  const end = endOfInteger(bytes, from)
  const next = byteAt(bytes, end)
  if (next === point || isExponent(next)) {
    const fractionEnd = next === point ? endOfDigits(bytes, end + 1) : end
    const isKept = !isInteger && isShortFraction(bytes, from, end, fractionEnd)
    return isKept ? fractionEnd : -endOfOther(bytes, fractionEnd)
  }
  // It may be an integer that no double holds.
  if (end - from > mostDigits) unfit()
  return isNegative && byteAt(bytes, from) === zero ? -end : end
}

function endOfInteger(bytes: Uint8Array, from: number): number {
  const end = endOfDigits(bytes, from)
  if (end === from || (end - from > 1 && byteAt(bytes, from) === zero)) unfit()
  return end
}

/** Whether JSON.stringify writes the same: few digits, no exponent, no zero at the end. */
function isShortFraction(bytes: Uint8Array, from: number, at: number, end: number): boolean {
  if (end - at < 2 || end - from > mostDigits + 1) return false
  if (isExponent(byteAt(bytes, end)) || byteAt(bytes, end - 1) === zero) return false
  return byteAt(bytes, from) !== zero || zerosFrom(bytes, at + 1) <= mostZeros
}

/** The letter, small or large. */
function isExponent(byte: number): boolean {
  return (byte | space) === 0x65
}

function zerosFrom(bytes: Uint8Array, from: number): number {
  let at = from
  while (byteAt(bytes, at) === zero) at += 1
  return at - from
}

/** Whatever follows that could belong to a number; the whole is checked when it is written. */
function endOfOther(bytes: Uint8Array, start: number): number {
  let at = start
  for (;;) {
    const byte = byteAt(bytes, at)
    if (!isDigit(byte) && byte !== minus && byte !== plus && !isExponent(byte)) return at
    refuseLong(start, at)
    at += 1
  }
}

const anyNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** A number as JSON.stringify writes it. */
export function numberText(text: string): string {
  const value = Number(text)
  return anyNumber.test(text) && Number.isFinite(value) ? String(value) : unfit()
}

export function integerText(text: string): string {
  const written = numberText(text)
  return isIntegerNumber(Number(written)) ? written : unfit()
}
