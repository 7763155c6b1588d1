import { maskError } from '@cnop/kit/masking'
import type { GraphQLFormattedError } from 'graphql'
import {
  describeLiteral,
  describeVariable,
  withoutValue,
  withoutWritten,
} from './describe-input.ts'

/** Internal codes that would reveal which usernames exist: both become one public code. */
const outwardCodes: Readonly<Record<string, { code: string; message: string }>> = {
  USER_NOT_FOUND: {
    code: 'INVALID_CREDENTIALS',
    message: 'The username or the password is wrong.',
  },
  WRONG_PASSWORD: {
    code: 'INVALID_CREDENTIALS',
    message: 'The username or the password is wrong.',
  },
  // Its internal details say whether a refresh token was reused.
  SESSION_ENDED: {
    code: 'SESSION_ENDED',
    message: 'The session was signed out, revoked or has expired. Sign in again.',
  },
}

/** Codes of libraries, mapped to ours. */
const ownCodes: Readonly<Record<string, string>> = {
  INTERNAL_SERVER_ERROR: 'INTERNAL',
  DOWNSTREAM_SERVICE_ERROR: 'SUBGRAPH_UNAVAILABLE',
}

function translate(error: GraphQLFormattedError, document?: string): GraphQLFormattedError {
  const named = nameCode(error, document)
  const code = named.extensions?.['code']
  const outward = typeof code === 'string' ? outwardCodes[code] : undefined
  if (!outward) return named
  const details = repeatedPassword(error)
  const message = details ? 'The current password is wrong.' : outward.message
  return { ...error, message, extensions: { code: outward.code, ...(details && { details }) } }
}

/** A signed-in user who confirms a password may learn which field was wrong: it reveals nothing about other accounts. */
function repeatedPassword({ extensions }: GraphQLFormattedError): object | undefined {
  const details = extensions?.['details'] as { readonly field?: unknown } | undefined
  return details?.field === 'currentPassword' ? details : undefined
}

/** Transient failures without an effect: clients may retry after a second. */
const passing = new Set<unknown>(['SUBGRAPH_UNAVAILABLE', 'STORE_UNAVAILABLE', 'OVERLOADED'])
const soon = { retryAfterSeconds: '1' }

function detailsOf(
  code: unknown,
  error: GraphQLFormattedError,
  document: string | undefined,
): object | undefined {
  if (passing.has(code)) return soon
  if (code === 'BAD_USER_INPUT') return describeVariable(error.message)
  return code === 'GRAPHQL_VALIDATION_FAILED' ? describeLiteral(error, document) : undefined
}

/** The message without the values that it repeats: one may be a secret in the wrong place. */
function messageOf(code: unknown, { message }: GraphQLFormattedError): string {
  if (code === 'GRAPHQL_PARSE_FAILED') return withoutWritten(message)
  const isOfInput = code === 'BAD_USER_INPUT' || code === 'GRAPHQL_VALIDATION_FAILED'
  return isOfInput ? withoutValue(message) : message
}

/** Maps a library's code to ours, and adds the details that the code requires. */
export function nameCode(error: GraphQLFormattedError, document?: string): GraphQLFormattedError {
  const given = error.extensions?.['code']
  const code = typeof given === 'string' ? (ownCodes[given] ?? given) : given
  const details = error.extensions?.['details'] ?? detailsOf(code, error, document)
  return {
    ...error,
    message: messageOf(code, error),
    extensions: { ...error.extensions, code, ...(details != null && { details }) },
  }
}

/** Like `normaliseErrors`, with internal codes: the REST contract distinguishes unknown users from wrong passwords. */
export function nameErrors(
  errors: readonly GraphQLFormattedError[],
  requestId: string,
): GraphQLFormattedError[] {
  return errors.map((error) => maskError(nameCode(error), requestId))
}

/**
 * Gives every error its public form: a known code, path, service name and request id, nothing internal. `document` is the
 * text that a request error is about.
 */
export function normaliseErrors(
  errors: readonly GraphQLFormattedError[],
  requestId: string,
  document?: string,
): GraphQLFormattedError[] {
  return errors.map((error) => maskError(translate(error, document), requestId))
}
