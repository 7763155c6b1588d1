import { isIPv4, isIPv6 } from 'node:net'
import { join } from 'node:path'
import { makeDirectory } from './directories.ts'
import {
  type DestinationStream,
  type Logger,
  type LoggerOptions,
  multistream,
  pino,
  stdSerializers,
} from 'pino'
import { namedError } from './config.ts'
import { OutcomeUnknown, StoreUnavailable } from './errors.ts'

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

const debugLevel = pino.levels.values['debug'] ?? 20

/**
 * A JSON logger in the field standard of the platform: timestamp, level, service, request_id, action, message,
 * and optionally user, duration_ms, client_ip and extra. Secrets are redacted by name.
 */
export function createLog(
  service: string,
  options: LogOptions,
  destination?: DestinationStream,
): Log {
  // The logger's level decides; a stream of several filters below info by default.
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
      formatters: { level: (label) => ({ level: label }), log: (fields) => capFields(fields) },
      serializers: { error: (error: unknown) => capText(describeError(error), 0) },
      hooks: { logMethod: quietenOutages },
      redact: { paths: secretPaths, censor: '[redacted]' },
    },
    streams.length === 1 && streams[0] ? streams[0].stream : multistream(streams),
  )
  const log = root.child({ service })
  roots.set(log, root)
  return log
}

/** Longer texts are truncated: client input, such as an operation name, must not fill the disk. */
const longestText = 500
const longestStack = 4_000
/** Fields of fields, lists in them and the like, are capped to this depth; what is below is left out. */
const deepest = 4
const mostMembers = 50

const cut = (text: string, longest: number): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}…`

const capFields = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      name === 'error' ? value : capText(value, 1),
    ]),
  )

/** Shortens every text in a value. */
function capText(value: unknown, depth: number, longest = longestText): unknown {
  if (typeof value === 'string') return cut(value, longest)
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value
  if (value instanceof Error) return capText(describeError(value), depth)
  if (depth >= deepest) return '…'
  if (Array.isArray(value)) {
    return value.slice(0, mostMembers).map((member) => capText(member, depth + 1))
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, mostMembers)
      .map(([name, member]) => [
        cut(name, longestText),
        capText(member, depth + 1, name === 'stack' ? longestStack : longestText),
      ]),
  )
}

const describeError = (error: unknown): unknown =>
  error instanceof Error ? stdSerializers.err(error) : error

/** Maps a logger to its root, so that the lines of a hosted service name one service. */
const roots = new WeakMap<Log, Log>()

/** The log of one service within a process that may host several. */
export function serviceLog(log: Log, service: string): Log {
  return (roots.get(log) ?? log).child({ service })
}

/**
 * While the store is down, jobs and requests fail again and again. The outage is logged once when it begins and
 * once when it ends; its consequences are logged at debug level.
 */
const quietenOutages: NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> = function (
  args,
  method,
  level,
) {
  const [fields] = args as readonly unknown[]
  const error = (fields as { error?: unknown } | undefined)?.error
  const isStoreLost = error instanceof StoreUnavailable || error instanceof OutcomeUnknown
  const isOutage = isStoreLost && level > debugLevel
  if (!isOutage) method.apply(this, args)
  else if (this.isLevelEnabled('debug')) this.debug(...args)
}

const files = new Set<ReturnType<typeof pino.destination>>()

function openLogFile(filePath: string, service: string): DestinationStream {
  const directory = join(filePath, service)
  try {
    makeDirectory(directory)
  } catch (error) {
    throw namedError('LOG_FILE_PATH', error)
  }
  const file = pino.destination({ dest: join(directory, `${service}.log`), sync: false })
  files.add(file)
  return file
}

/** Opens the log files again under their names, after a rotation has moved them. */
export function reopenLogFiles(): void {
  for (const file of files) file.reopen()
}

/** The network of a client address: what a log line may show of it. */
export function maskAddress(address: string): string | undefined {
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`
  if (!isIPv6(address)) return undefined
  const [head = ''] = address.split('::')
  const groups = head.split(':').filter((group) => group !== '')
  return `${groups.slice(0, 3).join(':')}::/48`
}
