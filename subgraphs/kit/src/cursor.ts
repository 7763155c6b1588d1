import { decodeBase64Url } from './base64url.ts'
import { BadInput } from './errors.ts'

/** Encodes the position of the last entry of a page as an opaque cursor. */
export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** Decodes a cursor; refuses anything that does not have exactly this many parts. */
export function decodeCursor(cursor: string, length: number): readonly string[] {
  const parts = parseCursor(cursor)
  if (
    !Array.isArray(parts) ||
    parts.length !== length ||
    !parts.every((part) => typeof part === 'string')
  ) {
    throw new BadInput('after', 'is not a cursor of this list')
  }
  return parts
}

function parseCursor(cursor: string): unknown {
  if (cursor.length > 512) return undefined
  try {
    return JSON.parse(decodeBase64Url(cursor)?.toString('utf8') ?? '')
  } catch {
    return undefined
  }
}

/** Checks a page size against its bounds. */
export function pageSize(first: number | null | undefined, max: number, fallback: number): number {
  const size = first ?? fallback
  if (!Number.isInteger(size) || size < 1 || size > max)
    throw new BadInput('first', `must be 1 to ${max}`)
  return size
}
