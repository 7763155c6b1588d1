import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Child, findOnPath, freeLoopbackPort, startChild, stopChild } from '@cnop/kit/child'
import { type EmbeddedEngine, startEmbedded } from '@cnop/kit/embedded'
import { createLog } from '@cnop/kit/log'
import { type RedisProcess, startRedisProcess } from '@cnop/kit/redis-process'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { drillEnvironment } from './environment.ts'

type Kind = SubgraphName | 'router'

/** One process of the platform, without a supervisor. */
export interface Member {
  readonly name: string
  readonly kind: Kind
  readonly port: number
  pid(): number
  /** Replaces it as a deployment does; returns how the old process ended. */
  roll(): Promise<string>
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** Routers behind a balancer, copies of each subgraph, a store and a Redis. */
export interface Platform {
  readonly origin: string
  readonly members: readonly Member[]
  readonly engine: EmbeddedEngine
  readonly redis: RedisProcess
  readonly env: Readonly<Record<string, string>>
  /** Waits until the balancer sends requests to every router, as a deployment does before it goes on. */
  untilRouted(): Promise<void>
  stop(): Promise<void>
}

export interface Shape {
  readonly routers: number
  readonly copies: number
}

const flags = ['--import', 'tsx', '--max-semi-space-size=64', '--max-old-space-size=512']
const root = new URL('../../', import.meta.url).pathname
const startsAtOnce = 3
const startingPriority = 15
/** Only root may raise a priority again. */
const mayRestorePriority = process.getuid?.() === 0
const patienceMs = 15_000

async function untilReady(port: number, path: string, child: Child): Promise<void> {
  let end: string | undefined
  void child.ended.then((how) => (end = how))
  for (;;) {
    const isReady = await fetch(`http://127.0.0.1:${port}${path}`)
      .then(({ ok }) => ok)
      .catch(() => false)
    if (isReady) return
    if (end !== undefined) throw new Error(`A process ended (${end}): ${child.lastOutput()}`)
    await delay(100)
  }
}

function createMember(
  name: string,
  kind: Kind,
  port: number,
  env: Readonly<Record<string, string>>,
): Member {
  const entry = kind === 'router' ? 'router/src/main.ts' : `subgraphs/${kind}/src/main.ts`
  let child: Child | undefined
  const start = async (): Promise<void> => {
    child = await startChild(process.execPath, [...flags, `${root}${entry}`], { env })
    // Elsewhere it would start on a machine of its own, without the CPU of the processes that serve.
    if (mayRestorePriority) setPriority(child.pid, startingPriority)
    await untilReady(port, kind === 'router' ? '/ready' : '/internal/ready', child)
    if (mayRestorePriority) setPriority(child.pid, 0)
  }
  return {
    name,
    kind,
    port,
    pid: () => child?.pid ?? 0,
    start,
    roll: async () => {
      const old = child
      old?.process.kill('SIGTERM')
      const how = await old?.ended
      await start()
      return how ?? 'never started'
    },
    kill: async () => {
      child?.process.kill('SIGKILL')
      await child?.ended
    },
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
  timeout check 3s
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
  default-server check inter 300ms fall 2 rise 2
${routers.map((router) => `  server ${router.name} 127.0.0.1:${router.port}`).join('\n')}
`
}

async function startBalancer(directory: string, routers: readonly Member[]) {
  const binary = findOnPath('haproxy')
  if (!binary) throw new Error('The drill needs haproxy: install it (apt-get install haproxy).')
  const [port, reportPort] = [await freeLoopbackPort(), await freeLoopbackPort()]
  const file = join(directory, 'haproxy.cfg')
  writeFileSync(file, balancerConfiguration(port, reportPort, routers))
  const child = await startChild(binary, ['-db', '-f', file])
  await untilReady(port, '/ready', child)
  const isRouted = async (): Promise<boolean> => {
    const report = await (await fetch(`http://127.0.0.1:${reportPort}/;csv`)).text()
    return routers.every(({ name }) => new RegExp(`^routers,${name},.*,UP,`, 'm').test(report))
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    untilRouted: async () => {
      while (!(await isRouted())) await delay(100)
    },
    stop: () => stopChild(child),
  }
}

/** The variables that connect the processes. */
async function connectProcesses({ routers, copies }: Shape) {
  const places: { name: string; kind: Kind; port: number; own: Record<string, string> }[] = []
  const shared: Record<string, string> = {}
  for (const kind of subgraphNames) {
    const prefix = kind.toUpperCase()
    const urls: string[] = []
    for (let count = 1; count <= copies; count++) {
      const port = await freeLoopbackPort()
      urls.push(`http://127.0.0.1:${port}`)
      const own = { [`${prefix}_PORT`]: String(port) }
      places.push({ name: `${kind}-${count}`, kind, port, own })
    }
    shared[`${prefix}_URL`] = urls.join()
    shared[`${prefix}_SEAL_KEYS`] = `drill:${randomBytes(32).toString('base64url')}`
  }
  for (let count = 1; count <= routers; count++) {
    const [port, name] = [await freeLoopbackPort(), `router-${count}`]
    places.push({
      name,
      kind: 'router',
      port,
      own: { ROUTER_PORT: String(port), ROUTER_NAME: name },
    })
  }
  return { places, shared }
}

async function startAll(members: readonly Member[]): Promise<void> {
  const left = [...members]
  const work = async (): Promise<void> => {
    for (let member = left.shift(); member; member = left.shift()) await member.start()
  }
  await Promise.all(Array.from({ length: startsAtOnce }, work))
}

export async function startPlatform(shape: Shape): Promise<Platform> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-drill-'))
  const log = createLog('drill', { level: 'silent', filePath: undefined })
  const engine = await startEmbedded({ directory: join(directory, 'store'), log })
  const redis = await startRedisProcess()
  const { places, shared } = await connectProcesses(shape)
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    ...drillEnvironment,
    ...shared,
    STORE: 'endpoint',
    DYNAMODB_ENDPOINT: engine.endpoint,
    REDIS_URL: redis.url,
    DATA_DIRECTORY: directory,
  }
  const members = places.map(({ name, kind, port, own }) =>
    createMember(name, kind, port, { ...env, ...own, AUDIT_PATH: join(directory, name) }),
  )
  const stopAll = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.stop()))
    await redis.stop()
    await engine.stop()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    // The first one creates the tables and the development keys.
    const [first, ...rest] = members.filter(({ kind }) => kind !== 'router')
    await first?.start()
    await startAll(rest)
    const routers = members.filter(({ kind }) => kind === 'router')
    await startAll(routers)
    const balancer = await startBalancer(directory, routers)
    const stop = async (): Promise<void> => {
      await balancer.stop()
      await stopAll()
    }
    const { origin, untilRouted } = balancer
    return { origin, untilRouted, members, engine, redis, env, stop }
  } catch (error) {
    await stopAll()
    throw error
  }
}
