import { isUtf8 } from 'node:buffer'
import { Refusal, unsupportedCharset } from '../errors/refusal.ts'

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

/** Refuses a body that is not UTF-8, as JSON is (RFC 8259): decoding it would alter the content. */
export function refuseOtherThanUtf8(contentType: string | undefined, bytes: Buffer): void {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType ?? '') ?? []
  if (!/^(?:utf-?8|us-ascii)$/i.test(charset)) throw unsupportedCharset()
  if (!isUtf8(bytes)) throw new Refusal('BAD_REQUEST', 'The request body is not valid UTF-8.')
}
