/** One request to a service and its reply: bounded in size and in time, and cancelled by its signal. */
import { reasonOf, type CancelSignal } from '../cancellation.ts'
import { SubgraphFault } from '../transport.ts'
import { concatInTurns } from '../turns.ts'
import type { AnswerHead } from './answer-reader.ts'
import type { Connection, Exchange } from './connection.ts'
import type { Connections } from './connection-pool.ts'
import { isLoss } from './connections.ts'

export interface HttpReply {
  readonly status: number
  readonly contentEncoding: string | undefined
  readonly cacheControl: string | null
  readonly bytes: Buffer
}

/** The whole reply did not come in time. */
export class LateReply extends Error {
  override readonly name = 'LateReply'
}

export interface CallLimits {
  readonly service: string
  readonly mostBytes: number
  readonly timeoutMs: number
}

interface Outcome {
  /** With the reply as it was received. */
  readonly resolve: (reply: HttpReply | Promise<HttpReply>) => void
  readonly reject: (error: Error) => void
}

interface CallOptions extends Pick<Exchange, 'text' | 'body'> {
  readonly isRepeatable: boolean
  readonly signal: CancelSignal | undefined
  readonly outcome: Outcome
  readonly read: (reply: HttpReply) => HttpReply | Promise<HttpReply>
}

/** Longer replies are put together when they have arrived. */
const mostAhead = 1024 * 1024

/** One request and its reply. A class, because there are very many: it shares its functions. */
export class Call implements Exchange {
  readonly text: string
  readonly body: string
  connection: Connection | undefined
  private readonly connections: Connections
  readonly limits: CallLimits
  private readonly options: CallOptions
  private readonly onAbort: (() => void) | undefined
  private readonly timer: NodeJS.Timeout
  private readonly chunks: Buffer[] = []
  /** The body, where its length is known ahead. */
  private whole: Buffer | undefined
  private size = 0
  private head: AnswerHead | undefined
  private isRepeated = false

  constructor(connections: Connections, limits: CallLimits, options: CallOptions) {
    this.text = options.text
    this.body = options.body
    this.connections = connections
    this.limits = limits
    this.options = options
    this.timer = setTimeout(endLate, limits.timeoutMs, this)
    const { signal } = options
    if (!signal) return
    this.onAbort = () => this.end(reasonOf(signal))
    signal.addEventListener('abort', this.onAbort, { once: true })
  }

  onHead(head: AnswerHead): void {
    this.head = head
    const { length } = head
    if (length === undefined) return
    if (length > this.limits.mostBytes) this.end(tooLarge(this.limits.service))
    else if (length <= mostAhead) this.whole = Buffer.allocUnsafe(length)
  }

  onBody(bytes: Buffer): void {
    if (this.whole) bytes.copy(this.whole, this.size)
    else this.chunks.push(Buffer.from(bytes))
    this.size += bytes.length
    if (this.size > this.limits.mostBytes) this.end(tooLarge(this.limits.service))
  }

  onEnd(): void {
    this.settle()
    const { whole, chunks, size, options } = this
    const { outcome, read } = options
    if (whole) outcome.resolve(read(this.replyOf(whole.subarray(0, size))))
    else {
      outcome.resolve(concatInTurns(chunks, size).then((bytes) => read(this.replyOf(bytes))))
    }
  }

  onFailure(error: Error): void {
    const { isRepeatable, signal, outcome } = this.options
    if (isRepeatable && !this.isRepeated && !this.head && isLoss(error)) {
      this.isRepeated = true
      this.connections.sendAlone(this)
      return
    }
    this.settle()
    const isOwn = error instanceof SubgraphFault || signal?.aborted === true
    outcome.reject(isOwn ? error : unavailable(this.limits.service, error))
  }

  /** Ends it from this side; a request that waits for a connection is not sent. */
  end(reason: Error): void {
    this.isRepeated = true
    this.connections.forget(this)
    this.onFailure(reason)
  }

  private replyOf(bytes: Buffer): HttpReply {
    const { status = 0, contentEncoding, cacheControl = null } = this.head ?? {}
    return { status, contentEncoding, cacheControl, bytes }
  }

  private settle(): void {
    clearTimeout(this.timer)
    if (this.onAbort) this.options.signal?.removeEventListener('abort', this.onAbort)
  }
}

function endLate(call: Call): void {
  const { timeoutMs } = call.limits
  call.end(new LateReply(`There was no whole answer within ${timeoutMs} ms.`))
}

export function unavailable(service: string, cause: unknown): SubgraphFault {
  return new SubgraphFault(
    `The service "${service}" is unavailable.`,
    'SUBGRAPH_UNAVAILABLE',
    cause,
  )
}

function tooLarge(service: string): SubgraphFault {
  return new SubgraphFault(`The service "${service}" sent a reply that is too large.`)
}
