/**
 * Reads the reply of a subgraph into data and errors. Text that is ASCII without a backslash is marked as plain: none
 * of its strings needs escaping when it is written again.
 */
import { isAscii } from 'node:buffer'
import type { GraphQLFormattedError } from 'graphql'
import { isData, isList, type Data, jsonText, parseJson } from '../data.ts'
import { SubgraphFault, type Reply } from '../transport.ts'

export interface ReplyContent {
  readonly data: Data | undefined
  readonly errors: readonly Partial<GraphQLFormattedError>[]
  /** No string of the reply needs escaping in JSON. */
  readonly isPlain: boolean
  /** Other requests read the same objects: they are copied before they are written to. */
  isShared: boolean
  readonly cacheControl: string | null | undefined
}

const backslash = 0x5c
const needsEscape = /[^\x20-\x7e]|\\/

/** `parse` reads the text: the stock executor cannot write the long integers that ours keeps. */
export function readReply(
  service: string,
  reply: Reply,
  parse: (text: string) => unknown = parseJson,
): ReplyContent {
  const { value, isPlain } = decode(service, reply, parse)
  if (!isResult(value)) throw unreadable(service)
  const { data, errors } = value
  return {
    data: isData(data) ? data : undefined,
    errors: readErrors(errors),
    isPlain,
    isShared: false,
    cacheControl: reply.cacheControl,
  }
}

/** Whether a value is the result of a GraphQL request: it has data, or says why it has none. */
export function isResult(value: unknown): value is Data {
  if (!isData(value)) return false
  const { data, errors } = value
  return (
    isData(data) || (isList(errors) ? errors.length > 0 : errors !== undefined && errors !== null)
  )
}

/**
 * Malformed errors are normalised: a value that is not an object becomes one, with its text as the message. Errors are
 * serialised by the server, so they do not preserve long integers.
 */
function readErrors(errors: unknown): Partial<GraphQLFormattedError>[] {
  if (errors === undefined || errors === null) return []
  const list = isList(errors) ? errors : [errors]
  return list.map((error) => {
    if (isData(error)) return JSON.parse(jsonText(error)) as Partial<GraphQLFormattedError>
    return typeof error === 'string' ? { message: error } : {}
  })
}

function decode(
  service: string,
  reply: Reply,
  parse: (text: string) => unknown,
): { value: unknown; isPlain: boolean } {
  if ('value' in reply) return { value: reply.value, isPlain: false }
  const isBytes = 'bytes' in reply
  const isOneByte = isBytes && isAscii(reply.bytes)
  const text = isBytes ? reply.bytes.toString(isOneByte ? 'latin1' : 'utf8') : reply.text
  const isPlain = isBytes
    ? isOneByte && !reply.bytes.includes(backslash)
    : !needsEscape.test(reply.text)
  try {
    return { value: parse(text), isPlain }
  } catch (cause) {
    throw unreadable(service, cause)
  }
}

export function unreadable(service: string, cause?: unknown): SubgraphFault {
  return new SubgraphFault(
    `The service "${service}" sent a reply that cannot be read.`,
    'SUBGRAPH_UNAVAILABLE',
    cause,
  )
}
