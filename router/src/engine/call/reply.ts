/**
 * Reads the reply of a subgraph into data and errors. Text that is ASCII without a backslash is marked as plain: none
 * of its strings needs escaping when it is written again.
 */
import { isAscii } from 'node:buffer'
import type { GraphQLFormattedError } from 'graphql'
import { holdsInfinite, isData, isList, type Data, jsonText, parseJson } from '../data.ts'
import { backslash } from '../json-bytes.ts'
import { SubgraphFault, type Reply } from '../transport.ts'
import { costOf } from '../write/cost.ts'
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
  /** Reads a large reply again. */
  readonly again?: () => ReplyContent | Promise<ReplyContent>
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
const mostAtOnce = 256 * 1024

/** Copies of a longer one take long. */
const mostCopied = 2 * 1024 * 1024

/** The same, and a large reply does not keep others waiting. */
export function readReplyInTurns(
  service: string,
  reply: Reply,
): ReplyContent | Promise<ReplyContent> {
  if ('value' in reply || lengthOf(reply) <= mostAtOnce) return readReply(service, reply)
  const bytes = 'bytes' in reply ? withoutMark(reply.bytes) : Buffer.from(reply.text)
  const isPlain = isAscii(bytes) && !bytes.includes(backslash)
  return parseInTurns(bytes).then(
    (value) => ({
      ...contentOf(service, reply, value, isPlain),
      ...(bytes.length > mostCopied && { again: () => readReplyInTurns(service, reply) }),
    }),
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

/** What the errors of one reply may hold, in values, of which a long text is several: the rest is left out. */
const mostErrorWork = 20_000
/** A message is copied several times until it is sent. */
const longestMessage = 64 * 1024
const shortMessage = 200

/**
 * Malformed errors are normalised: a value that is not an object becomes one, with its text as the message. Errors are
 * serialised by the server, so they do not preserve long integers.
 */
function readErrors(errors: unknown): Partial<GraphQLFormattedError>[] {
  if (errors === undefined || errors === null) return []
  const list = isList(errors) ? errors : [errors]
  let left = mostErrorWork
  return list.slice(0, mostErrors).map((error) => {
    const { message, ...rest } = isData(error) ? error : { message: error }
    const longest = left > 0 ? longestMessage : shortMessage
    const text = typeof message === 'string' ? { message: shortened(message, longest) } : {}
    left -= costOf(text, Math.max(left, 0))
    const cost = costOf(rest, Math.max(left, 0))
    // JSON has no text for an infinite number, and null would be another value.
    if (cost > left || holdsInfinite(rest)) return { ...text, ...essence(rest) }
    left -= cost
    return JSON.parse(jsonText({ ...text, ...rest })) as Partial<GraphQLFormattedError>
  })
}

/** The place and the code of an error, where those are short. */
function essence({ path, extensions }: Data): Data {
  const code = isData(extensions) ? extensions['code'] : undefined
  const isShort = isList(path) && costOf(path, mostPath) <= mostPath
  return {
    ...(isShort && { path }),
    ...(typeof code === 'string' && code.length <= shortMessage && { extensions: { code } }),
  }
}

const mostPath = 100

function shortened(message: string, longest: number): string {
  return message.length > longest ? `${message.slice(0, longest)}…` : message
}

type TextReply = Exclude<Reply, { readonly value: unknown }>

function decode(reply: TextReply): { text: string; isPlain: boolean } {
  if ('text' in reply) return { text: reply.text, isPlain: !needsEscape.test(reply.text) }
  const bytes = withoutMark(reply.bytes)
  const isOneByte = isAscii(bytes)
  const text = bytes.toString(isOneByte ? 'latin1' : 'utf8')
  return { text, isPlain: isOneByte && !bytes.includes(backslash) }
}

/** Some servers begin with a mark that the text is UTF-8; JSON has none, and readers may ignore it (RFC 8259, section 8.1). */
export function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
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
