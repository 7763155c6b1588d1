/**
 * Reads the answers of HTTP/1.1 servers (RFC 9112), one after the other. It is strict: what two readers could understand
 * in two ways is refused.
 */

export interface AnswerHead {
  readonly status: number
  readonly contentEncoding: string | undefined
  readonly cacheControl: string | undefined
  /** The number of bytes that follow, where the server has said it. */
  readonly length: number | undefined
  /** How long the connection may be kept for another request, in milliseconds; zero: it must not. */
  readonly keptForMs: number
}

/** Who is told what arrives. */
export interface AnswerSink {
  onHead(head: AnswerHead): void
  /** The bytes are valid during this call only. */
  onBody(bytes: Buffer): void
}

/** The server does not speak HTTP/1.1, or says more than fits. */
export class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer'
}

const mostHeadBytes = 16 * 1024
const mostLineBytes = 4 * 1024

type Part = 'head' | 'body' | 'chunk size' | 'chunk' | 'chunk end' | 'trailers' | 'rest' | 'nothing'

export class AnswerReader {
  private part: Part = 'head'
  /** The bytes of the body, or of its chunk, that are to come. */
  private left = 0
  private trailerBytes = 0
  /** The begin of a head or of a line whose end has not arrived. */
  private held: Buffer | undefined

  /** The answer has ended. */
  get isOver(): boolean {
    return this.part === 'nothing'
  }

  /** The answer ends where its connection does. */
  get endsWithConnection(): boolean {
    return this.part === 'rest'
  }

  /** Gets ready for the next answer. */
  reset(): void {
    this.part = 'head'
    this.trailerBytes = 0
    this.held = undefined
  }

  /** Reads on, and returns whether bytes are left over behind the end of the answer. */
  read(arrived: Buffer, sink: AnswerSink): boolean {
    const { held } = this
    this.held = undefined
    const bytes = held ? Buffer.concat([held, arrived]) : arrived
    let at = 0
    while (at < bytes.length && !this.isOver) {
      const next = this.readPart(bytes, at, sink)
      if (next === undefined) {
        this.held = Buffer.from(bytes.subarray(at))
        return false
      }
      at = next
    }
    return at < bytes.length
  }

  /** Returns where the next part begins; undefined where the end of this one has not arrived. */
  private readPart(bytes: Buffer, at: number, sink: AnswerSink): number | undefined {
    switch (this.part) {
      case 'head':
        return this.readHead(bytes, at, sink)
      case 'body':
        return this.readSized(bytes, at, sink, 'nothing')
      case 'chunk':
        return this.readSized(bytes, at, sink, 'chunk end')
      case 'chunk size':
        return this.readChunkSize(bytes, at)
      case 'chunk end':
        return this.readChunkEnd(bytes, at)
      case 'trailers':
        return this.readTrailer(bytes, at)
      case 'rest':
      case 'nothing':
        sink.onBody(at === 0 ? bytes : bytes.subarray(at))
        return bytes.length
    }
  }

  private readHead(bytes: Buffer, at: number, sink: AnswerSink): number | undefined {
    const end = bytes.indexOf('\r\n\r\n', at, 'latin1')
    if ((end === -1 ? bytes.length : end) - at > mostHeadBytes) {
      throw new InvalidAnswer('The head of the answer is too long.')
    }
    if (end === -1) return undefined
    const { head, isChunked } = parseHead(bytes.toString('latin1', at, end + 2))
    // Any other answer below 200 announces the real one.
    if (head.status >= 200) {
      sink.onHead(head)
      this.left = head.length ?? 0
      this.part = partAfter(head, isChunked)
    }
    return end + 4
  }

  private readSized(bytes: Buffer, at: number, sink: AnswerSink, next: Part): number {
    const end = Math.min(bytes.length, at + this.left)
    this.left -= end - at
    if (this.left === 0) this.part = next
    sink.onBody(bytes.subarray(at, end))
    return end
  }

  private readChunkSize(bytes: Buffer, at: number): number | undefined {
    const end = endOfLine(bytes, at)
    if (end === undefined) return undefined
    const [, size] = chunkSize.exec(bytes.toString('latin1', at, end)) ?? []
    if (size === undefined) throw new InvalidAnswer('The size of a chunk cannot be read.')
    this.left = parseInt(size, 16)
    this.part = this.left === 0 ? 'trailers' : 'chunk'
    return end + 2
  }

  private readChunkEnd(bytes: Buffer, at: number): number | undefined {
    if (bytes.length - at < 2) return undefined
    if (endOfLine(bytes, at) !== at) throw new InvalidAnswer('A chunk is longer than its size.')
    this.part = 'chunk size'
    return at + 2
  }

  private readTrailer(bytes: Buffer, at: number): number | undefined {
    const end = endOfLine(bytes, at)
    if (end === undefined) return undefined
    this.trailerBytes += end - at
    if (this.trailerBytes > mostHeadBytes) throw new InvalidAnswer('The trailers are too long.')
    if (end === at) this.part = 'nothing'
    return end + 2
  }
}

const chunkSize = /^([\da-f]{1,8})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/i

function endOfLine(bytes: Buffer, at: number): number | undefined {
  const end = bytes.indexOf('\r\n', at, 'latin1')
  if ((end === -1 ? bytes.length : end) - at > mostLineBytes) {
    throw new InvalidAnswer('A line of the answer is too long.')
  }
  return end === -1 ? undefined : end
}

function partAfter({ status, length }: AnswerHead, isChunked: boolean): Part {
  if (length === 0 || status === 204 || status === 304) return 'nothing'
  if (isChunked) return 'chunk size'
  return length === undefined ? 'rest' : 'body'
}

const headForm =
  /^HTTP\/1\.[01] [1-9]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?\r\n(?:[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)*$/
/** The only fields that matter here. */
const field =
  /\r\n(content-length|transfer-encoding|connection|keep-alive|content-encoding|cache-control):[\t ]*([^\r]*)/gi

type Fields = Partial<Record<string, string>>

function parseHead(text: string): { head: AnswerHead; isChunked: boolean } {
  if (!headForm.test(text)) throw new InvalidAnswer('The head of the answer is not HTTP/1.1.')
  const status = Number(text.slice(9, 12))
  if (status === 101) throw new InvalidAnswer('The server changes the protocol.')
  const fields = readFields(text)
  const isOld = text[7] === '0'
  const isChunked = readEncoding(fields, isOld)
  const length = readLength(fields['content-length'])
  if (isChunked && length !== undefined) throw new InvalidAnswer('The answer has two lengths.')
  const head = {
    status,
    contentEncoding: fields['content-encoding'],
    cacheControl: fields['cache-control'],
    length,
    keptForMs: keptFor(fields, isOld),
  }
  return { head, isChunked }
}

function readFields(text: string): Fields {
  const fields: Fields = {}
  field.lastIndex = 0
  for (let found = field.exec(text); found; found = field.exec(text)) {
    const [, name = '', value = ''] = found
    const key = name.toLowerCase()
    const before = fields[key]
    fields[key] = before === undefined ? value.trimEnd() : `${before}, ${value.trimEnd()}`
  }
  return fields
}

function readEncoding({ 'transfer-encoding': encoding }: Fields, isOld: boolean): boolean {
  if (encoding === undefined) return false
  if (isOld || encoding.toLowerCase() !== 'chunked') {
    throw new InvalidAnswer('The transfer encoding of the answer is unknown.')
  }
  return true
}

/** Two lengths are no number either. */
function readLength(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw new InvalidAnswer('The length of the answer is no number.')
  return Number(text)
}

/** As long as servers keep idle connections at least. */
export const defaultKeptMs = 4_000
const mostKeptMs = 600_000
/** A server may close a connection a little earlier than it says. */
const marginMs = 2_000

function keptFor({ connection, 'keep-alive': hint }: Fields, isOld: boolean): number {
  const options = connection?.toLowerCase()
  // Most servers say just that.
  if (options !== 'keep-alive') {
    const all = options?.split(/[\t ]*,[\t ]*/) ?? []
    if (all.includes('close') || (isOld && !all.includes('keep-alive'))) return 0
  }
  return hint === undefined ? defaultKeptMs : hintedMs(hint)
}

function hintedMs(hint: string): number {
  const [, seconds] = /(?:^|[\t ,])timeout=(\d{1,9})/i.exec(hint) ?? []
  if (seconds === undefined) return defaultKeptMs
  return Math.max(0, Math.min(Number(seconds) * 1_000 - marginMs, mostKeptMs))
}
