/**
 * Reads the reply of a subgraph into data and errors. Text that is ASCII without a backslash is marked as plain: none
 * of its strings needs escaping when it is written again.
 */
import { isAscii } from 'node:buffer'
import type { GraphQLFormattedError } from 'graphql'
import { isData, isList, type Data } from '../data.ts'
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

export function readReply(service: string, reply: Reply): ReplyContent {
  const { value, isPlain } = decode(service, reply)
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
  return isData(value) && (isData(value['data']) || readErrors(value['errors']).length > 0)
}

/** Malformed errors are errors too: what is no object becomes one, with its text as the message. */
function readErrors(errors: unknown): Partial<GraphQLFormattedError>[] {
  if (errors === undefined || errors === null) return []
  const list = isList(errors) ? errors : [errors]
  return list.map((error) => {
    if (isData(error)) return error
    return typeof error === 'string' ? { message: error } : {}
  })
}

function decode(service: string, reply: Reply): { value: unknown; isPlain: boolean } {
  if ('value' in reply) return { value: reply.value, isPlain: false }
  if ('text' in reply) {
    return { value: parseText(service, reply.text), isPlain: !needsEscape.test(reply.text) }
  }
  const { bytes } = reply
  if (!isAscii(bytes)) {
    return { value: parseText(service, bytes.toString('utf8')), isPlain: false }
  }
  const isPlain = !bytes.includes(backslash)
  return { value: parseText(service, bytes.toString('latin1')), isPlain }
}

function parseText(service: string, text: string): unknown {
  try {
    return JSON.parse(text)
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
