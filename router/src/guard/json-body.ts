import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal, unsupportedBody } from '../errors/refusal.ts'

/** Valid requests nest a few levels; recursive code downstream fails at some thousands. */
const mostLevels = 64

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const loneSurrogate = /\p{Surrogate}/u

const isBroken = (value: unknown): boolean => typeof value === 'string' && loneSurrogate.test(value)

/** The values of an array; the names and values of an object. */
const partsOf = (parent: object): unknown[] =>
  Array.isArray(parent) ? parent : (Object.entries(parent).flat() as unknown[])

/** Looks at parsed JSON level by level, so that no depth can exhaust the stack. */
function findFault(value: unknown): string | undefined {
  let level = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (level.some(isBroken)) return 'has text that is not Unicode'
    const parents = level.filter(isObject)
    if (depth === mostLevels && parents.length > 0) {
      return `may be nested at most ${mostLevels} levels deep`
    }
    level = parents.flatMap(partsOf)
  }
  return undefined
}

/**
 * Refuses parsed JSON that is nested more deeply than any request needs, and text with half of a surrogate pair (`"\ud800"`): it has
 * no UTF-8, so that no store keeps it.
 */
export function checkJson(value: unknown): void {
  const reason = findFault(value)
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
