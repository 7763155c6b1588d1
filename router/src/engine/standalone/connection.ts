/**
 * One kept-alive connection. It carries one request at a time, and is not used again once anything about it was strange. All
 * connections are read into one buffer.
 */
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { buildConnector } from 'undici'
import { AnswerReader, defaultKeptMs, type AnswerHead, type AnswerSink } from './answer-reader.ts'

/** A request on its way. */
export interface Exchange extends AnswerSink {
  /** The request as it is sent; `body` apart where it is not ASCII. */
  readonly text: string
  readonly body: string
  /** Where it has been sent. */
  connection: Connection | undefined
  onEnd(): void
  /** There will be no (whole) answer. */
  onFailure(error: Error): void
}

export interface ConnectionOwner {
  readonly origin: URL
  onConnected(connection: Connection): void
  onNotConnected(error: Error): void
  /** It may be used again. */
  onFree(connection: Connection): void
  onGone(connection: Connection): void
}

function endedEarly(): Error {
  return Object.assign(new Error('The other side closed the connection.'), { code: 'ECONNRESET' })
}

/** What is read is used or copied before anything else is read. */
const sharedBuffer = Buffer.allocUnsafeSlow(64 * 1024)

/** It never keeps the process running: a request in progress has a timer that does. */
export class Connection {
  private readonly owner: ConnectionOwner
  private readonly reader = new AnswerReader()
  /** The only request that it is for. */
  private readonly alone: Exchange | undefined
  private socket: Socket | undefined
  private exchange: Exchange | undefined
  private isConnected = false
  private isGone = false
  private keptForMs = 0
  private freshUntil = 0

  constructor(owner: ConnectionOwner, alone: Exchange | undefined) {
    this.owner = owner
    this.alone = alone
    if (!alone) return
    this.exchange = alone
    alone.connection = this
  }

  isFresh(now: number): boolean {
    return now < this.freshUntil && this.socket?.destroyed === false
  }

  connect(timeout: number, connectSecurely: buildConnector.connector): void {
    const { protocol, hostname, host, port } = this.owner.origin
    const isSecure = protocol === 'https:'
    const onread = { buffer: sharedBuffer, callback: this.onRead }
    const connect = isSecure ? connectSecurely : buildConnector({ timeout, onread })
    // An address of IPv6 is in brackets.
    const address = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
    connect({ hostname: address, host, port, protocol }, (error, socket) => {
      if (error) this.end(error)
      else this.use(socket, isSecure)
    })
  }

  private use(socket: Socket, isSecure: boolean): void {
    this.socket = socket.unref()
    if (this.isGone) {
      socket.destroy()
      return
    }
    this.isConnected = true
    this.freshUntil = performance.now() + defaultKeptMs
    if (isSecure) socket.on('data', this.onData)
    socket.once('end', () => this.onEnd())
    socket.once('error', (error) => this.end(error))
    socket.once('close', () => this.end(endedEarly()))
    if (this.alone) this.start(this.alone)
    else this.owner.onConnected(this)
  }

  start(exchange: Exchange): void {
    const { socket } = this
    this.exchange = exchange
    exchange.connection = this
    this.reader.reset()
    if (!socket) return
    if (exchange.body === '') socket.write(exchange.text, 'latin1')
    else {
      socket.cork()
      socket.write(exchange.text, 'latin1')
      socket.write(exchange.body, 'utf8')
      socket.uncork()
    }
  }

  private readonly onRead = (count: number): boolean => {
    this.onData(sharedBuffer.subarray(0, count))
    return true
  }

  private readonly onData = (bytes: Buffer): void => {
    const { exchange } = this
    if (!exchange || this.isGone) {
      this.drop()
      return
    }
    try {
      const hasMore = this.reader.read(bytes, this)
      if (this.reader.isOver && this.exchange === exchange) this.finish(exchange, hasMore)
    } catch (error) {
      this.end(error as Error)
    }
  }

  onHead(head: AnswerHead): void {
    this.keptForMs = head.keptForMs
    this.exchange?.onHead(head)
  }

  onBody(bytes: Buffer): void {
    this.exchange?.onBody(bytes)
  }

  private finish(exchange: Exchange, hasMore: boolean): void {
    this.exchange = undefined
    exchange.connection = undefined
    const { socket, keptForMs } = this
    // A server that answers before it has read the request may not read the next one either.
    const isKept = !this.alone && !hasMore && keptForMs > 0 && socket?.writableLength === 0
    if (isKept) {
      this.freshUntil = performance.now() + keptForMs
      this.owner.onFree(this)
    } else this.drop()
    exchange.onEnd()
  }

  private onEnd(): void {
    const { exchange } = this
    if (exchange && this.reader.endsWithConnection) this.finish(exchange, true)
    else this.end(endedEarly())
  }

  /** Ends it from this side. */
  drop(reason?: Error): void {
    if (!reason && this.exchange) this.exchange.connection = undefined
    if (!reason) this.exchange = undefined
    this.end(reason ?? endedEarly())
  }

  private end(error: Error): void {
    if (this.isGone) return
    this.isGone = true
    const { exchange } = this
    this.exchange = undefined
    this.socket?.destroy()
    if (exchange) {
      exchange.connection = undefined
      exchange.onFailure(error)
    }
    if (!this.isConnected && !this.alone) this.owner.onNotConnected(error)
    this.owner.onGone(this)
  }
}
