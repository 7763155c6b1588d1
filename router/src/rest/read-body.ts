import { raw, type Request, type RequestHandler, type Response } from 'express'
import { Refusal } from '../errors/refusal.ts'
import { checkJson, refuseOtherThanUtf8 } from '../guard/json-body.ts'

/** The body of a request: none, JSON, or content that is not declared as JSON. */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'other' }

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g
/** A double holds any decimal of so many significant digits. */
const exactDigits = 15

/** Numbers with more digits become strings, so that rules for amounts see the digits that were sent. */
const keepDigits = (json: string): string =>
  json.replaceAll(stringOrNumber, (token) => {
    const [coefficient = ''] = token.split(/[eE]/)
    const digits = coefficient.replaceAll(/[-.]/g, '').replace(/^0+/, '')
    return token.startsWith('"') || digits.length <= exactDigits ? token : `"${token}"`
  })

function parse(bytes: Buffer): unknown {
  const text = bytes.toString()
  try {
    const value: unknown = JSON.parse(text)
    return /\d[\d.]{15}/.test(text) ? JSON.parse(keepDigits(text)) : value
  } catch {
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
    checkJson(value)
    return isJson(request) ? { kind: 'json', value } : { kind: 'other' }
  }
}
