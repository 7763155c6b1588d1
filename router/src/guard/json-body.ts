import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import { Refusal, unsupportedBody } from '../errors/refusal.ts'

/** Valid requests nest a few levels; recursive code downstream fails at some thousands. */
const mostLevels = 64

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Whether parsed JSON is nested too deeply. It goes level by level, so that no depth can exhaust the stack. */
function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isObject)
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === mostLevels) return true
    level = level.flatMap((parent) => Object.values(parent).filter(isObject))
  }
  return false
}

/** Refuses parsed JSON that is nested more deeply than any request needs. */
export function refuseDeep(value: unknown): void {
  if (isTooDeep(value)) {
    throw new Refusal('BAD_REQUEST', `JSON may be nested at most ${mostLevels} levels deep.`)
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
