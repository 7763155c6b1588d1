import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InvariantViolation } from './errors.ts'

type Stack = DynamoDBClient['middlewareStack']

/** One call to the store, for metrics. */
export interface StoreCall {
  /** The API's name of the operation, such as `TransactWriteItems`. */
  readonly command: string
  readonly durationMs: number
  /** Absent when the call succeeded. */
  readonly error?: unknown
}

export function observeCalls(stack: Stack, observe: (call: StoreCall) => void): void {
  stack.add(
    (next, context) => async (args) => {
      const command = operationOf(context)
      const startedAt = performance.now()
      try {
        const result = await next(args)
        observe({ command, durationMs: performance.now() - startedAt })
        return result
      } catch (error) {
        observe({ command, durationMs: performance.now() - startedAt, error })
        throw error
      }
    },
    { step: 'initialize', priority: 'high', name: 'observeCalls' },
  )
}

/**
 * Refuses to write a fraction: it could not be read back, because every number is read as a bigint.
 */
export function refuseFractions(stack: Stack): void {
  stack.add(
    (next) => (args) => {
      refuseFractionIn(args.input)
      return next(args)
    },
    { step: 'initialize', name: 'refuseFractions' },
  )
}

function refuseFractionIn(value: unknown): void {
  if (typeof value === 'number' && Math.floor(value) !== value) {
    throw new InvariantViolation(`${value} is not a whole number, and the store keeps no other.`)
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  const parts = value instanceof Map || value instanceof Set ? value.values() : Object.values(value)
  for (const part of parts) refuseFractionIn(part)
}

/**
 * Removes the client-request token that the SDK adds to each transaction. The embedded engine scans all tokens of the
 * last ten minutes on every call and loses them at a restart, so they are slow and protect nothing; the guard row of a
 * transaction provides idempotency.
 */
export function stripRequestToken(stack: Stack): void {
  stack.add(
    (next, context) => (args) => {
      if (operationOf(context) === 'TransactWriteItems') withoutToken(args.request as Outgoing)
      return next(args)
    },
    { step: 'build', priority: 'high', name: 'stripRequestToken' },
  )
}

/**
 * Marks a refused connection at its origin. It is the only connection failure that certainly transferred nothing, and
 * the SDK does not always preserve its code.
 */
export function nameRefusedConnection(stack: Stack): void {
  stack.add(
    (next) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        const code = 'ECONNREFUSED'
        if ((error as NodeJS.ErrnoException).code !== code) throw error
        throw Object.assign(new Error('The store does not listen.', { cause: error }), { code })
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'nameRefusedConnection' },
  )
}

interface Outgoing {
  body: string | Uint8Array
  headers: Record<string, string>
}

/** A text within JSON has no bare quotation marks, so that this is a member of the request itself, which is never its only one. */
const requestToken = /,"ClientRequestToken":"[^"]*"|"ClientRequestToken":"[^"]*",/

function withoutToken(request: Outgoing): void {
  const { body } = request
  // The SDK's bytes are a subclass that warns when it is treated as text, so they are viewed plainly.
  const text =
    typeof body === 'string'
      ? body
      : Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')
  request.body = Buffer.from(text.replace(requestToken, ''))
  if ('content-length' in request.headers) {
    request.headers['content-length'] = String(request.body.length)
  }
}

/** `TransactWriteItems`, whether the command came from the plain or from the document client. */
export function operationOf(context: { readonly commandName?: string }): string {
  return (context.commandName ?? '').replace(/Command$/, '')
}
