import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, findOnPath, freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'
import { type EmbeddedEngine, startEmbedded } from '@cnop/kit/embedded'
import { createLog } from '@cnop/kit/log'
import { type RedisProcess, startRedisProcess } from '@cnop/kit/redis-process'
import { compilePrograms } from '@cnop/ops/split/programs'
import type { SubgraphName } from '@cnop/schema/read'
import { drillEnvironment } from './environment.ts'
import { textOf, until } from './phases.ts'

type Kind = SubgraphName | 'router'

/** One process of the platform, without a supervisor. */
export interface Member {
  readonly name: string
  readonly kind: Kind
  readonly port: number
  pid(): number
  /** Returns when it is ready. */
  start(signal: AbortSignal): Promise<void>
  /** Ends it with SIGTERM; returns how it ended. */
  drain(): Promise<string>
  kill(): Promise<string>
  stop(): Promise<void>
}

/** Routers behind a balancer, copies of each subgraph, a store and a Redis. */
export interface Platform {
  readonly origin: string
  readonly members: readonly Member[]
  readonly engine: EmbeddedEngine
  readonly redis: RedisProcess
  readonly env: Readonly<Record<string, string>>
  /** Waits until the balancer sends requests to these routers, as a deployment does before it goes on. */
  untilRouted(routers: readonly Member[], signal: AbortSignal): Promise<void>
  /** Waits until a router reports that every copy is healthy. */
  untilHealthy(signal: AbortSignal): Promise<void>
  stop(): Promise<void>
}

export interface Shape {
  /** Subgraphs with copies of their own; the routers host the others. */
  readonly remote: readonly SubgraphName[]
  /** Only the first copy and the first router are started; the others are for replacements. */
  readonly isSingle: boolean
  readonly env?: Readonly<Record<string, string>>
}

const flags = ['--max-semi-space-size=64', '--max-old-space-size=512']
const startsAtOnce = 3
const patienceMs = 15_000

interface Place {
  readonly name: string
  readonly kind: Kind
  readonly port: number
  readonly env: Readonly<Record<string, string>>
}

async function untilReady(
  port: number,
  path: string,
  child: Child,
  signal: AbortSignal,
): Promise<void> {
  let how: string | undefined
  void child.ended.then((end) => (how = end))
  const isReady = async (): Promise<boolean> => {
    if (how !== undefined) throw new Error(`A process ended (${how}): ${child.lastOutput()}`)
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal }).catch(() => undefined)
    await answer?.body?.cancel()
    return answer?.ok === true
  }
  await until(isReady, () => `the process at port ${port} is not ready`, signal)
}

function createMember({ name, kind, port, env }: Place, program: string): Member {
  let child: Child | undefined
  const end = async (signal: NodeJS.Signals): Promise<string> => {
    child?.process.kill(signal)
    return (await child?.ended) ?? 'never started'
  }
  return {
    name,
    kind,
    port,
    pid: () => child?.pid ?? 0,
    start: async (signal) => {
      child = await startChild(process.execPath, [...flags, program], { env })
      await untilReady(port, kind === 'router' ? '/ready' : '/internal/ready', child, signal)
    },
    drain: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    stop: async () => {
      child?.process.kill('SIGCONT')
      if (child) await stopChild(child, patienceMs)
    },
  }
}

/** Marks a router down that answers `/ready` with anything but 200, and sends its requests to the other one. */
function balancerConfiguration(
  port: number,
  reportPort: number,
  routers: readonly Member[],
): string {
  return `global
  maxconn 1000
defaults
  mode http
  timeout connect 1s
  timeout client 10m
  timeout server 10m
  timeout check 10s
  option redispatch
  retries 3
frontend report
  bind 127.0.0.1:${reportPort}
  stats enable
  stats uri /
listen routers
  bind 127.0.0.1:${port}
  balance leastconn
  option httpchk GET /ready
  default-server check inter 300ms fall 2 rise 1 slowstart 5s
${routers.map((router) => `  server ${router.name} 127.0.0.1:${router.port}`).join('\n')}
`
}

async function startBalancer(
  directory: string,
  routers: readonly Member[],
  signal: AbortSignal,
): Promise<Pick<Platform, 'origin' | 'untilRouted' | 'untilHealthy' | 'stop'>> {
  const binary = findOnPath('haproxy')
  if (!binary) throw new Error('The drill needs haproxy: install it (apt-get install haproxy).')
  const [port, reportPort] = [await freeLoopbackPort(), await freeLoopbackPort()]
  const file = join(directory, 'haproxy.cfg')
  writeFileSync(file, balancerConfiguration(port, reportPort, routers))
  const child = await startChild(binary, ['-db', '-f', file])
  await untilReady(port, '/ready', child, signal)
  const origin = `http://127.0.0.1:${port}`
  const isRouted = async (wanted: readonly Member[]): Promise<boolean> => {
    const report = await (await fetch(`http://127.0.0.1:${reportPort}/;csv`)).text()
    return wanted.every(({ name }) => new RegExp(`^routers,${name},.*,UP,`, 'm').test(report))
  }
  const readStatus = async (): Promise<string> => {
    try {
      const answer = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(5_000) })
      return ((await answer.json()) as { status: string }).status
    } catch (error) {
      return textOf(error)
    }
  }
  return {
    origin,
    untilRouted: (wanted, given) =>
      until(
        () => isRouted(wanted),
        () => 'the balancer does not use each router',
        given,
      ),
    untilHealthy: async (given) => {
      let status = ''
      const isHealthy = async () => (status = await readStatus()) === 'healthy'
      await until(isHealthy, () => `the platform is ${status}`, given)
    },
    stop: () => stopChild(child),
  }
}

/** The variables that connect the processes. */
async function choosePlaces(remote: Shape['remote'], env: Readonly<Record<string, string>>) {
  const shared: Record<string, string> = { ...env }
  const places: Place[] = []
  for (const kind of remote) {
    const prefix = kind.toUpperCase()
    const ports = [await freeLoopbackPort(), await freeLoopbackPort()]
    shared[`${prefix}_URL`] = ports.map((port) => `http://127.0.0.1:${port}`).join()
    shared[`${prefix}_SEAL_KEYS`] = `drill:${randomBytes(32).toString('base64url')}`
    ports.forEach((port, index) => {
      const own = { [`${prefix}_PORT`]: String(port) }
      places.push({ name: `${kind}-${index + 1}`, kind, port, env: own })
    })
  }
  for (const name of ['router-1', 'router-2']) {
    const port = await freeLoopbackPort()
    const own = { ROUTER_PORT: String(port), ROUTER_NAME: name }
    places.push({ name, kind: 'router', port, env: own })
  }
  const whole = (place: Place): Place => ({ ...place, env: { ...shared, ...place.env } })
  return { places: places.map(whole), shared }
}

async function startAll(members: readonly Member[], signal: AbortSignal): Promise<void> {
  const left = [...members]
  const work = async (): Promise<void> => {
    for (let member = left.shift(); member; member = left.shift()) await member.start(signal)
  }
  await Promise.all(Array.from({ length: startsAtOnce }, work))
}

export async function startPlatform(shape: Shape, signal: AbortSignal): Promise<Platform> {
  const programOf = await compilePrograms()
  const directory = mkdtempSync(join(tmpdir(), 'cnop-drill-'))
  const log = createLog('drill', { level: 'silent', filePath: undefined })
  const engine = await startEmbedded({ directory: join(directory, 'store'), log })
  const redis = await startRedisProcess()
  const { places, shared: env } = await choosePlaces(shape.remote, {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    ...drillEnvironment,
    ...shape.env,
    STORE: 'endpoint',
    DYNAMODB_ENDPOINT: engine.endpoint,
    REDIS_URL: redis.url,
    DATA_DIRECTORY: directory,
  })
  const members = places.map((place) =>
    createMember(
      { ...place, env: { ...place.env, AUDIT_PATH: join(directory, place.name) } },
      programOf(place.kind),
    ),
  )
  const stopAll = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.stop()))
    await redis.stop()
    await engine.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    const isRouter = ({ kind }: Member): boolean => kind === 'router'
    const wanted = members.filter(({ name }) => !shape.isSingle || name.endsWith('-1'))
    // The first one creates the tables and the development keys.
    const [first, ...rest] = wanted.filter((member) => !isRouter(member))
    await first?.start(signal)
    await startAll(rest, signal)
    await startAll(wanted.filter(isRouter), signal)
    const balancer = await startBalancer(directory, members.filter(isRouter), signal)
    const stop = async (): Promise<void> => {
      await balancer.stop()
      await stopAll()
    }
    return { ...balancer, members, engine, redis, env, stop }
  } catch (error) {
    await stopAll()
    throw error
  }
}
