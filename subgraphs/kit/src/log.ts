import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DestinationStream, type Logger, multistream, pino } from 'pino'

export type Log = Logger

export interface LogOptions {
  readonly level: string
  /** A directory: lines also go to `<path>/<service>/<service>.log` for a shipper. */
  readonly filePath: string | undefined
}

const secretPaths = [
  'password',
  'currentPassword',
  'newPassword',
  'accessToken',
  'refreshToken',
  'phrase',
  'authorization',
  'cookie',
].flatMap((name) => [name, `extra.${name}`, `extra.*.${name}`])

/**
 * A JSON logger in the field standard of the platform: timestamp, level, service, request_id, action, message,
 * and optionally user, duration_ms, client_ip and extra. Secrets are redacted by name.
 */
export function createLog(
  service: string,
  options: LogOptions,
  destination?: DestinationStream,
): Log {
  // The logger's own level decides; a stream among several would pass nothing below info by itself.
  const level = 'debug'
  const streams = destination
    ? [{ level, stream: destination }]
    : [{ level, stream: process.stdout as DestinationStream }]
  if (options.filePath) streams.push({ level, stream: openLogFile(options.filePath, service) })
  const root = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretPaths, censor: '[redacted]' },
    },
    streams.length === 1 && streams[0] ? streams[0].stream : multistream(streams),
  )
  const log = root.child({ service })
  roots.set(log, root)
  return log
}

/** A logger of a process knows the root it came from, so that a hosted service does not name two services in a line. */
const roots = new WeakMap<Log, Log>()

/** The log of one service within a process that may host several. */
export function serviceLog(log: Log, service: string): Log {
  return (roots.get(log) ?? log).child({ service })
}

function openLogFile(filePath: string, service: string): DestinationStream {
  const directory = join(filePath, service)
  mkdirSync(directory, { recursive: true })
  return pino.destination({ dest: join(directory, `${service}.log`), sync: false })
}
