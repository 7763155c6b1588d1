/**
 * The kept-alive connections to one server: a bounded number, with requests waiting for one that is free. Of a pool of
 * undici, the requests and answers alone took most of the CPU of a small query.
 */
import { performance } from 'node:perf_hooks'
import { PassingMap } from '@cnop/kit/passing-map'
import { buildConnector } from 'undici'
import { Connection, type ConnectionOwner, type Exchange } from './connection.ts'

export interface ConnectionsOptions {
  readonly most: number
  readonly connectTimeoutMs: number
}

export class Connections implements ConnectionOwner {
  readonly origin: URL
  private readonly options: ConnectionsOptions
  private readonly connectSecurely: buildConnector.connector
  private readonly all = new Set<Connection>()
  /** The one that was used last is used first. */
  private readonly idle: Connection[] = []
  private readonly waiting = new PassingMap<Exchange, true>()
  private connecting = 0
  private isPlanned = false
  private closed: Error | undefined
  private onEmpty: (() => void) | undefined
  private sweeper: NodeJS.Timeout | undefined

  constructor(origin: URL, options: ConnectionsOptions) {
    this.origin = origin
    this.options = options
    this.connectSecurely = buildConnector({ timeout: options.connectTimeoutMs })
  }

  /** Sends a request over a connection that is free, or waits for one. */
  send(exchange: Exchange): void {
    if (this.closed) exchange.onFailure(this.closed)
    else {
      this.waiting.set(exchange, true)
      this.plan()
    }
  }

  /** Sends over a connection of its own, which cannot have been closed while idle. */
  sendAlone(exchange: Exchange): void {
    if (this.closed) exchange.onFailure(this.closed)
    else this.open(exchange)
  }

  /** A request that has not been sent is not sent any more. */
  forget(exchange: Exchange): void {
    this.waiting.delete(exchange)
    if (exchange.connection) exchange.connection.drop()
    else this.closeWhenEmpty()
  }

  /** Ends it when its requests have ended. */
  leave(): Promise<void> {
    return new Promise((resolve) => {
      this.onEmpty = resolve
      for (const connection of this.idle.splice(0)) connection.drop()
      this.closeWhenEmpty()
    })
  }

  close(): void {
    const reason = (this.closed ??= new Error('The service is not called any more.'))
    clearInterval(this.sweeper)
    for (const exchange of [...this.waiting.keys()]) exchange.onFailure(reason)
    this.waiting.clear()
    for (const connection of [...this.all]) connection.drop(reason)
    this.closeWhenEmpty()
  }

  /**
   * Requests of one turn are sent at its end. By then bytes that an idle connection has received unasked, or its end, have
   * been read: they would be taken for the answer.
   */
  private plan(): void {
    if (this.isPlanned) return
    this.isPlanned = true
    setImmediate(sendPlanned, this)
  }

  sendWaiting(): void {
    this.isPlanned = false
    for (const exchange of this.waiting.keys()) {
      const connection = this.takeIdle()
      if (!connection) break
      this.waiting.delete(exchange)
      connection.start(exchange)
    }
    const room = this.options.most - this.all.size
    const wanted = Math.min(this.waiting.size - this.connecting, room)
    for (let count = 0; count < wanted; count += 1) this.open()
  }

  private takeIdle(): Connection | undefined {
    for (let next = this.idle.pop(); next; next = this.idle.pop()) {
      if (next.isFresh(performance.now())) return next
      next.drop()
    }
    return undefined
  }

  private open(alone?: Exchange): void {
    const connection = new Connection(this, alone)
    this.all.add(connection)
    if (!alone) this.connecting += 1
    this.sweeper ??= setInterval(sweep, sweepEveryMs, this).unref()
    connection.connect(this.options.connectTimeoutMs, this.connectSecurely)
  }

  onConnected(connection: Connection): void {
    this.connecting -= 1
    this.onFree(connection)
  }

  /** One request fails with each connection that is not made. */
  onNotConnected(error: Error): void {
    this.connecting -= 1
    const [first] = this.waiting.keys()
    if (!first) return
    this.waiting.delete(first)
    first.onFailure(error)
    if (this.waiting.size > 0) this.plan()
  }

  onFree(connection: Connection): void {
    if (this.onEmpty && this.waiting.size === 0) {
      connection.drop()
      return
    }
    this.idle.push(connection)
    if (this.waiting.size > 0) this.plan()
  }

  onGone(connection: Connection): void {
    this.all.delete(connection)
    const at = this.idle.indexOf(connection)
    if (at >= 0) this.idle.splice(at, 1)
    if (this.waiting.size > 0) this.plan()
    else this.closeWhenEmpty()
  }

  /** Closes what has been idle for too long. */
  sweepIdle(): void {
    const now = performance.now()
    for (const connection of this.idle.filter((each) => !each.isFresh(now))) connection.drop()
    if (this.all.size > 0) return
    clearInterval(this.sweeper)
    this.sweeper = undefined
  }

  private closeWhenEmpty(): void {
    if (!this.onEmpty || this.all.size + this.waiting.size > 0) return
    this.closed ??= new Error('The service is not called any more.')
    this.onEmpty()
  }
}

const sweepEveryMs = 1_000

function sendPlanned(connections: Connections): void {
  connections.sendWaiting()
}

function sweep(connections: Connections): void {
  connections.sweepIdle()
}
