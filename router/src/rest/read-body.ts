import { raw, type Request, type RequestHandler, type Response } from 'express'
import { refuseDeep } from '../guard/json-depth.ts'
import { Refusal, unsupportedCharset } from '../errors/refusal.ts'

/** The body of a request: none, JSON, or content that is not declared as JSON. */
export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'other' }

const decoder = new TextDecoder('utf-8', { fatal: true })

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
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

/** Decoding another charset as UTF-8 would alter the content. */
function isUtf8({ headers }: Request): boolean {
  const [, charset] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(headers['content-type'] ?? '') ?? []
  return charset === undefined || /^utf-?8$/i.test(charset) || /^us-ascii$/i.test(charset)
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
    if (!isUtf8(request)) throw unsupportedCharset()
    const value = parse(bytes)
    refuseDeep(value)
    return isJson(request) ? { kind: 'json', value } : { kind: 'other' }
  }
}
