/**
 * Reads the reply of a subgraph into data and errors. Text that is ASCII without a backslash is marked as plain: none
 * of its strings needs escaping when it is written again.
 */
import { isAscii } from 'node:buffer'
import type { GraphQLFormattedError } from 'graphql'
import { isData, isList, type Data, jsonText, parseJson } from '../data.ts'
import { backslash } from '../json-bytes.ts'
import { SubgraphFault, type Reply } from '../transport.ts'
import type { Scanner } from '../write/scan/scanner.ts'
import { mostErrors } from './errors.ts'
import { parseInTurns } from './parse-large.ts'

export interface ReplyContent {
  readonly data: Data | undefined
  /** The body of the response, in place of data: nothing of the reply was parsed. */
  readonly scanned?: Buffer
  readonly errors: readonly Partial<GraphQLFormattedError>[]
  /** The length of its text. */
  readonly size: number
  /** No string of the reply needs escaping in JSON. */
  readonly isPlain: boolean
  /** Other requests read the same objects: they are copied before they are written to. */
  isShared: boolean
  readonly cacheControl: string | null | undefined
}

const needsEscape = /[^\x20-\x7e]|\\/

/** `parse` reads the text: the stock executor cannot write the long integers that ours keeps. */
export function readReply(
  service: string,
  reply: Reply,
  parse: (text: string) => unknown = parseJson,
): ReplyContent {
  if ('value' in reply) return contentOf(service, reply, reply.value, false)
  const { text, isPlain } = decode(reply)
  return contentOf(
    service,
    reply,
    readable(service, () => parse(text)),
    isPlain,
  )
}

/** Longer texts are parsed in turns, which takes more CPU; one of this length takes half a turn. */
const mostAtOnce = 512 * 1024

/** The same, and a large reply does not keep others waiting. */
export function readReplyInTurns(
  service: string,
  reply: Reply,
): ReplyContent | Promise<ReplyContent> {
  if ('value' in reply || lengthOf(reply) <= mostAtOnce) return readReply(service, reply)
  const { text, isPlain } = decode(reply)
  return parseInTurns(text).then(
    (value) => contentOf(service, reply, value, isPlain),
    (cause: unknown) => {
      throw unreadable(service, cause)
    },
  )
}

/** The same, unless the scanner of the operation can pass the reply on. */
export function readOrScan(
  service: string,
  reply: Reply,
  scanner: Scanner | undefined,
): ReplyContent | Promise<ReplyContent> {
  if (!scanner || !('bytes' in reply)) return readReplyInTurns(service, reply)
  const scanned = scanner.scan(reply.bytes)
  if (!(scanned instanceof Promise)) return scannedOr(service, reply, scanned)
  return scanned.then((body) => scannedOr(service, reply, body))
}

function scannedOr(
  service: string,
  reply: TextReply,
  scanned: Buffer | undefined,
): ReplyContent | Promise<ReplyContent> {
  if (!scanned) return readReplyInTurns(service, reply)
  const { cacheControl } = reply
  const size = lengthOf(reply)
  return {
    data: undefined,
    scanned,
    errors: [],
    size,
    isPlain: false,
    isShared: false,
    cacheControl,
  }
}

function lengthOf(reply: TextReply): number {
  return 'bytes' in reply ? reply.bytes.length : reply.text.length
}

function contentOf(service: string, reply: Reply, value: unknown, isPlain: boolean): ReplyContent {
  if (!isResult(value)) throw unreadable(service)
  const { data, errors } = value
  return {
    data: isData(data) ? data : undefined,
    errors: readErrors(errors),
    size: 'value' in reply ? 0 : lengthOf(reply),
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
  return list.slice(0, mostErrors).map((error) => {
    if (typeof error === 'string') return { message: shortened(error) }
    if (!isData(error)) return {}
    const { message } = error
    const kept = typeof message === 'string' ? { ...error, message: shortened(message) } : error
    return JSON.parse(jsonText(kept)) as Partial<GraphQLFormattedError>
  })
}

/** A message is copied several times until it is sent. */
const longestMessage = 64 * 1024

function shortened(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message
}

type TextReply = Exclude<Reply, { readonly value: unknown }>

function decode(reply: TextReply): { text: string; isPlain: boolean } {
  const isBytes = 'bytes' in reply
  const isOneByte = isBytes && isAscii(reply.bytes)
  const text = isBytes ? reply.bytes.toString(isOneByte ? 'latin1' : 'utf8') : reply.text
  const isPlain = isBytes
    ? isOneByte && !reply.bytes.includes(backslash)
    : !needsEscape.test(reply.text)
  return { text, isPlain }
}

function readable(service: string, parse: () => unknown): unknown {
  try {
    return parse()
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
