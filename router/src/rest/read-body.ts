import { randomUUID } from 'node:crypto'
import { raw, type Request, type RequestHandler, type Response } from 'express'
import { Refusal } from '../errors/refusal.ts'
import { checkJson, refuseOtherThanUtf8 } from '../guard/json-body.ts'
import { isLong, longNumber } from './decimal.ts'

/** The body of a request: none, JSON, or content that is not declared as JSON. */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'other' }

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g
/** No other number can be one that no double holds. */
const mayBeLong = /[\d.]{16}|\de/i
/** Random per process, so that no text begins with it. */
const mark = `${randomUUID()}:`

const markLong = (token: string): string =>
  token.startsWith('"') || !isLong(token) ? token : `"${mark}${token}"`

const unmark = (_name: string, value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(mark) ? longNumber(value.slice(mark.length)) : value

/** Keeps the digits of numbers that no double holds: the rules for amounts judge what was sent, and no other field takes one. */
function parseExactly(text: string): unknown {
  const marked = text.replaceAll(stringOrNumber, markLong)
  // A body that is nothing but a number has no field to keep the digits for.
  return /^\s*"/.test(marked) ? JSON.parse(text) : JSON.parse(marked, unmark)
}

function parse(bytes: Buffer): unknown {
  const text = bytes.toString()
  try {
    const value: unknown = JSON.parse(text)
    checkJson(value)
    return mayBeLong.test(text) ? parseExactly(text) : value
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal('BAD_REQUEST', 'The request body is not well-formed JSON.')
  }
}

/**
 * A missing type counts as JSON, for compatibility, but not from a browser: there a request without a type
 * needs no preflight, so a page of another origin could send it.
 */
function isJson(request: Request): boolean {
  if (request.headers['content-type'] === undefined) return request.headers.origin === undefined
  return Boolean(request.is(['application/json', '+json']))
}

const isKnown = (error: unknown): boolean =>
  error instanceof Refusal || (error instanceof Error && 'type' in error)

/** Creates a body reader that is bounded and distinguishes a missing body from an empty object. */
export function createBodyReader(
  maxBytes: number,
  bound: (read: RequestHandler) => RequestHandler,
): (request: Request, response: Response) => Promise<Body> {
  const readBytes = bound(raw({ type: () => true, limit: maxBytes }))
  return async (request, response) => {
    await new Promise<void>((resolve, reject) => {
      void readBytes(request, response, (error?: unknown) => {
        if (error === undefined) resolve()
        // A failure without a type is a damaged compressed body.
        else reject(error instanceof Error && isKnown(error) ? error : new Refusal('BAD_REQUEST'))
      })
    })
    const bytes: unknown = request.body
    if (!Buffer.isBuffer(bytes) || bytes.length === 0) return { kind: 'none' }
    refuseOtherThanUtf8(bytes)
    const value = parse(bytes)
    return isJson(request) ? { kind: 'json', value } : { kind: 'other' }
  }
}
