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
