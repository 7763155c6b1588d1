import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { freeLoopbackPort } from '@cnop/kit/child'
import { type EmbeddedEngine, startEmbedded } from '@cnop/kit/embedded'
import { namingSource } from '@cnop/kit/config'
import { createLog } from '@cnop/kit/log'
import { storeDirectory } from '@cnop/kit/open-platform'
import { startRedisProcess, type RedisProcess } from '@cnop/kit/redis-process'
import { refusalText } from '@cnop/kit/run'
import { checkPort } from '@cnop/kit/serve'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { compilePrograms, type ProgramName } from './programs.ts'
import { type SupervisedService, superviseService } from './service.ts'

export interface SplitOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The port of each process; a missing one is a free port. */
  readonly ports?: Readonly<Partial<Record<SubgraphName | 'router' | 'web', number>>>
  readonly onLine: (name: string, line: string) => void
  /** Restarts a Redis that ends. A harness that ends it itself wants it to stay away. */
  readonly keepsRedis?: boolean
  /** Overrides the store address of the services: a harness inserts a proxy. */
  readonly reachStore?: (endpoint: string) => Promise<string>
}

/** Six processes, a store and a Redis with one supervisor. */
export interface Split {
  readonly origin: string
  readonly webOrigin: string
  /** What connects the processes, for operators' commands: addresses and keys. */
  readonly shared: Readonly<Record<string, string>>
  /** The address of each subgraph, on the loopback interface. */
  readonly urls: Readonly<Record<SubgraphName, string>>
  readonly services: readonly SupervisedService[]
  readonly engine: EmbeddedEngine
  readonly redis: RedisProcess
  stop(): Promise<void>
}

const readyDeadlineMs = 120_000
const redisPauseMs = 1_000

type Names = SubgraphName | 'router' | 'web'

async function choosePorts(given: SplitOptions['ports'] = {}): Promise<Record<Names, number>> {
  const names: readonly Names[] = [...subgraphNames, 'router', 'web']
  const ports = new Map<Names, number>()
  for (const name of names) {
    const port = given[name] === 0 ? undefined : given[name]
    // A process that finds its port in use would only be started again and again.
    if (port !== undefined) await checkPort(port, '127.0.0.1', `${name.toUpperCase()}_PORT`)
    ports.set(name, port ?? (await freeLoopbackPort()))
  }
  return Object.fromEntries(ports) as Record<Names, number>
}

/** The variables that connect the processes: addresses, signature keys, stores. */
function shareEnvironment(ports: Record<Names, number>, endpoint: string, redis: RedisProcess) {
  const keys = subgraphNames.map((name) => [
    `${name.toUpperCase()}_SEAL_KEYS`,
    `split:${randomBytes(32).toString('base64url')}`,
  ])
  const places = subgraphNames.flatMap((name) => [
    [`${name.toUpperCase()}_PORT`, String(ports[name])],
    [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${ports[name]}`],
  ])
  return {
    ...(Object.fromEntries([...keys, ...places]) as Record<string, string>),
    STORE: 'endpoint',
    DYNAMODB_ENDPOINT: endpoint,
    REDIS_URL: redis.url,
    ROUTER_PORT: String(ports.router),
    WEB_PORT: String(ports.web),
  }
}

/** Starts everything concurrently and waits until all of it is healthy. */
export async function startSplit(options: SplitOptions): Promise<Split> {
  const { env, ports: given, onLine, reachStore } = options
  const programOf = await compilePrograms()
  const ports = await choosePorts(given)
  const directory = storeDirectory(env['DATA_DIRECTORY']?.trim() || '.data')
  const log = createLog('supervisor', { level: 'warn', filePath: undefined })
  const engine = await namingSource('DATA_DIRECTORY', () => startEmbedded({ directory, log }))
  const redis = await startRedisProcess()
  const endpoint = (await reachStore?.(engine.endpoint)) ?? engine.endpoint
  const shared = shareEnvironment(ports, endpoint, redis)
  const names: readonly ProgramName[] = [...subgraphNames, 'router']
  const services = await Promise.all(
    names.map((name) =>
      superviseService({
        name,
        program: programOf(name),
        env: { ...env, ...shared },
        onLine: (line) => onLine(name, line),
      }),
    ),
  )
  const origin = `http://127.0.0.1:${ports.router}`
  const stopping = new AbortController()
  if (options.keepsRedis) void keepRedis(redis, stopping.signal, onLine)
  const stop = async (): Promise<void> => {
    stopping.abort()
    await Promise.all(services.map((service) => service.stop()))
    await redis.stop()
    await engine.stop()
  }
  try {
    await waitUntilHealthy(origin)
  } catch (error) {
    await stop()
    throw error
  }
  const at = (port: number): string => `http://127.0.0.1:${port}`
  const urls = Object.fromEntries(
    subgraphNames.map((name) => [name, at(ports[name])]),
  ) as Split['urls']
  return { origin, webOrigin: at(ports.web), shared, urls, services, engine, redis, stop }
}

/** Starts Redis again whenever it ends. What it held is lost, as with any restart of it. */
async function keepRedis(
  redis: RedisProcess,
  stopping: AbortSignal,
  onLine: SplitOptions['onLine'],
): Promise<void> {
  for (;;) {
    const how = await redis.ended()
    if (stopping.aborted) return
    onLine('redis', `ended (${how}); starting again`)
    try {
      await redis.restart()
    } catch (error) {
      onLine('redis', refusalText(error))
      await delay(redisPauseMs)
    }
  }
}

interface HealthBody {
  readonly status: string
}

async function readStatus(origin: string): Promise<string> {
  try {
    const response = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(2_000) })
    return ((await response.json()) as HealthBody).status
  } catch {
    return 'the router does not answer'
  }
}

/** Waits for a healthy response. After the deadline, the error names what is missing. */
async function waitUntilHealthy(origin: string): Promise<void> {
  const deadline = performance.now() + readyDeadlineMs
  for (;;) {
    const status = await readStatus(origin)
    if (status === 'healthy') return
    if (performance.now() > deadline) {
      throw new Error(`Not ready within ${readyDeadlineMs / 1000} s: ${status}.`)
    }
    await delay(100)
  }
}
