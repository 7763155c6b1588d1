import { Redis } from 'ioredis'
import type { Log } from './log.ts'
import { currentScope } from './tracing/scope.ts'
import { inSpan } from './tracing/span.ts'

export type RedisLog = Pick<Log, 'info' | 'warn'>

export interface RedisConnection {
  readonly client: Redis
  /** Pings Redis; returns false instead of failing or waiting. */
  isHealthy(): Promise<boolean>
  close(): Promise<void>
}

const connectTimeoutMs = 2_000
const commandTimeoutMs = 2_000
const longestPauseMs = 1_000
/** How long the client waits for the server to close the connection. */
const disconnectTimeoutMs = 200

/**
 * Connects to Redis. When it is down, commands fail at once instead of queueing, and the connection
 * is retried without limit; a start without Redis is degraded, not refused.
 */
export async function openRedis(url: string, log: RedisLog): Promise<RedisConnection> {
  const client = createClient(url, log)
  try {
    await client.connect()
  } catch {
    // The error listener has logged it; the client keeps trying.
  }
  return {
    client,
    isHealthy: () => isHealthy(client),
    close: () => closeClient(client),
  }
}

/** An unconnected client. A subscribed client can do nothing else, so the bus creates its own. */
export function createClient(url: string, log: RedisLog): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    autoResubscribe: false,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    disconnectTimeout: disconnectTimeoutMs,
    retryStrategy: (attempt) => Math.min(attempt * 50, longestPauseMs),
  })
  noteCommands(client)
  let isDown = false
  client.on('error', (error: Error) => {
    // One line per outage: the client reports every attempt.
    if (!isDown) log.warn({ error }, 'Redis is not reachable.')
    isDown = true
  })
  client.on('ready', () => {
    if (isDown) log.info({}, 'Redis is back.')
    isDown = false
  })
  return client
}

/** Makes a span of every command that a recorded request causes: its name, never a key or a value. */
function noteCommands(client: Redis): void {
  const send = client.sendCommand.bind(client)
  client.sendCommand = (command, stream) => {
    const sent = send(command, stream)
    if (!currentScope()?.trace) return sent
    const attributes = { 'db.system.name': 'redis' }
    // The sender of the command handles its failure; here it only marks the span.
    inSpan(`redis.${command.name}`, attributes, () => command.promise).catch(() => undefined)
    return sent
  }
}

async function isHealthy(client: Redis): Promise<boolean> {
  try {
    await client.ping()
    return true
  } catch {
    return false
  }
}

export async function closeClient(client: Redis): Promise<void> {
  if (client.status === 'ready') await client.quit().catch(() => undefined)
  client.disconnect()
}
