import {
  backslash,
  closeBrace,
  closeBracket,
  comma,
  openBrace,
  openBracket,
  quote,
} from '../engine/json-bytes.ts'
import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal, unsupportedBody } from '../errors/refusal.ts'

/** Valid requests nest a few levels; recursive code downstream fails at some thousands. */
const mostLevels = 64
/** What a type checks value by value takes time that is linear to their number. */
const mostValues = 50_000
const mostMembers = 10_000

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const loneSurrogate = /\p{Surrogate}/u
const unicodeFault = 'has text that is not Unicode'

/** Counts values down, and recurses no deeper than the limit of levels. */
function findFault(value: unknown, levels: number, left: { values: number }): string | undefined {
  left.values -= 1
  if (left.values < 0) return `may hold at most ${mostValues} values`
  if (typeof value === 'string') return loneSurrogate.test(value) ? unicodeFault : undefined
  if (!isObject(value)) return undefined
  if (levels === mostLevels) return `may be nested at most ${mostLevels} levels deep`
  return Array.isArray(value)
    ? findFaultIn(value, levels, left)
    : findFaultOfObject(value, levels, left)
}

function findFaultOfObject(
  value: object,
  levels: number,
  left: { values: number },
): string | undefined {
  const names = Object.keys(value)
  if (names.length > mostMembers) return `an object may have at most ${mostMembers} members`
  if (names.some((name) => loneSurrogate.test(name))) return unicodeFault
  return findFaultIn(Object.values(value), levels, left)
}

function findFaultIn(
  values: readonly unknown[],
  levels: number,
  left: { values: number },
): string | undefined {
  for (const each of values) {
    const fault = findFault(each, levels + 1, left)
    if (fault !== undefined) return fault
  }
  return undefined
}

/**
 * Refuses parsed JSON that is nested more deeply or holds more values than any request needs, and text with half of a surrogate pair (`"\ud800"`): it has
 * no UTF-8, so that no store keeps it.
 */
export function checkJson(value: unknown): void {
  const reason = findFault(value, 0, { values: mostValues })
  if (reason !== undefined) {
    throw new Refusal('BAD_REQUEST', `JSON: ${reason}`, { details: { field: 'body', reason } })
  }
}

const blanks: readonly (number | undefined)[] = [0x20, 0x09, 0x0a, 0x0d]

/** Where the string ends that begins at a quote; -1 for one without an end. */
function endOfString(bytes: Buffer, begin: number): number {
  for (let end = bytes.indexOf(quote, begin + 1); end !== -1; end = bytes.indexOf(quote, end + 1)) {
    let first = end
    while (bytes[first - 1] === backslash) first -= 1
    if ((end - first) % 2 === 0) return end
  }
  return -1
}

/** The name of a member, whose characters may be written in several ways; undefined for a malformed one. */
function readMemberName(bytes: Buffer, begin: number, end: number): string | undefined {
  const text = bytes.toString('utf8', begin, end + 1)
  if (!text.includes('\\')) return text.slice(1, -1)
  try {
    return JSON.parse(text) as string
  } catch {
    return undefined
  }
}

/** What a byte opens or closes, as a change of the number of levels. */
function levelsBy(byte: number | undefined): number {
  if (byte === openBrace || byte === openBracket) return 1
  return byte === closeBrace || byte === closeBracket ? -1 : 0
}

/** Where the outermost object begins; -1 for another value. */
function beginOfObject(bytes: Buffer): number {
  let place = 0
  while (blanks.includes(bytes[place])) place += 1
  return bytes[place] === openBrace ? place : -1
}

/** The first name that the outermost object has twice. Malformed JSON is not judged here. */
export function findRepeatedMember(bytes: Buffer): string | undefined {
  const names = new Set<string>()
  const begin = beginOfObject(bytes)
  let levels = begin === -1 ? 0 : 1
  let isName = true
  for (let place = begin + 1; levels > 0 && place < bytes.length; place += 1) {
    const byte = bytes[place]
    levels += levelsBy(byte)
    if (byte === comma) isName = levels === 1
    if (byte !== quote) continue
    const end = endOfString(bytes, place)
    if (end === -1) return undefined
    if (isName) {
      const name = readMemberName(bytes, place, end)
      if (name === undefined || names.has(name)) return name
      names.add(name)
    }
    isName = false
    place = end
  }
  return undefined
}

/**
 * Refuses a body whose outermost object has a member twice. Which one counts differs between readers (RFC 8259, section 4), so
 * that another one on the way, such as a filter, may have judged the other. No client of GraphQL over HTTP sends one.
 */
export function refuseRepeatedMember(bytes: Buffer): void {
  const name = findRepeatedMember(bytes)
  if (name === undefined) return
  const reason = 'must appear once'
  throw new Refusal('BAD_REQUEST', `JSON: a member ${reason}`, {
    details: { field: name.slice(0, mostNameLength), reason },
  })
}

/** What a refusal repeats of a name. */
const mostNameLength = 50

const encodings = ['identity', 'gzip', 'deflate', 'br']

/** Why the headers of a body refuse it: JSON is UTF-8 (RFC 8259), and not every compression is read. */
export function findUnreadable(headers: IncomingHttpHeaders): Refusal | undefined {
  if (!encodings.includes(encodingOf(headers))) {
    return unsupportedBody('content-encoding', 'must be identity, gzip, deflate or br')
  }
  const type = headers['content-type'] ?? ''
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type) ?? []
  return /^(?:utf-?8|us-ascii)$/i.test(charset)
    ? undefined
    : unsupportedBody('content-type', 'the charset must be utf-8')
}

export const encodingOf = (headers: IncomingHttpHeaders): string =>
  headers['content-encoding']?.toLowerCase() || 'identity'

/** Refuses a body that is not UTF-8: decoding it would alter the content. */
export function refuseOtherThanUtf8(bytes: Buffer): void {
  if (!isUtf8(bytes)) throw new Refusal('BAD_REQUEST', 'The request body is not valid UTF-8.')
}
