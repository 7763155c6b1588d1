import { createServer } from 'node:http'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Env } from '@cnop/kit/config'
import { freeLoopbackPort } from '@cnop/kit/child'
import { startEmbedded } from '@cnop/kit/embedded'
import type { SigningKey } from '@cnop/kit/identity'
import { createLog } from '@cnop/kit/log'
import { openPlatform } from '@cnop/kit/open-platform'
import { createSubgraphServer } from '@cnop/kit/serve'
import { startRedisProcess, type RedisProcess } from '@cnop/kit/redis-process'
import { openTracing } from '@cnop/kit/tracing/tracing'
import { loadRouterConfig } from '@cnop/router/config'
import { type RunningRouter, startRouter } from '@cnop/router/start'
import { openSubgraphs } from '@cnop/router/subgraphs'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { type Client, createClient } from './client.ts'
import { createTrader, type Trader } from './trader.ts'
import { patient } from './world.ts'

/** A subgraph on a separate port. */
export interface RemoteSubgraph {
  readonly url: string
  readonly signingKey: SigningKey
  /** Stops it and aborts its requests. */
  stop(): Promise<void>
  /** Starts it again at the same address; variables override earlier ones. */
  start(env?: Env): Promise<void>
}

/** Every subgraph over HTTP, a real Redis, and several routers: split mode in one process. */
export interface RemoteWorld {
  readonly env: Env
  readonly routers: readonly RunningRouter[]
  readonly origins: readonly string[]
  readonly redis: RedisProcess
  readonly strangers: readonly Client[]
  readonly subgraph: (name: SubgraphName, copy?: number) => RemoteSubgraph
  trader(options?: { cash?: string }): Promise<Trader>
  stop(): Promise<void>
}

interface RemoteOptions {
  readonly env?: Env
  readonly routers?: number
  /** Of each subgraph. */
  readonly copies?: number
}

const quiet = {
  ...patient,
  LOG_LEVEL: 'silent',
  WEB_ENABLED: 'false',
  ROUTER_PORT: '0',
  ROUTER_HOST: '127.0.0.1',
  SEED_DEMO_USER: 'false',
  INVENTORY_SCENARIO: 'quiet',
}

const newSigningKey = (): SigningKey => ({
  id: 'remote',
  secret: randomBytes(32).toString('base64url'),
})

/** Serves one subgraph over HTTP, and can restart it. */
function serveSubgraph(name: SubgraphName, port: number, signingKey: SigningKey, base: Env) {
  let close: (() => Promise<void>) | undefined
  return {
    url: `http://127.0.0.1:${port}`,
    signingKey,
    start: async (env: Env = {}) => {
      const own = { ...base, ...env, [`${name.toUpperCase()}_SEAL_KEYS`]: textOf(signingKey) }
      const config = loadRouterConfig(own)
      const log = createLog(name, config.store.log)
      const platform = await openPlatform(config.store, log)
      const tracing = await openTracing(name, config.store.tracing, log)
      const subgraphs = config.subgraphs.filter((place) => place.name === name)
      const [opened] = await openSubgraphs({ ...config, subgraphs }, { env: own, platform, log })
      if (!opened?.hosted) throw new Error(`${name} is not hosted in this world.`)
      const server = createServer().listen(port, '127.0.0.1')
      server.on(
        'request',
        createSubgraphServer(opened.hosted, log, tracing).listeners('request')[0] as never,
      )
      close = async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
        await opened.link.close()
        await platform.close()
        await tracing.close()
      }
    },
    stop: async () => {
      await close?.()
      close = undefined
    },
  }
}

const textOf = ({ id, secret }: SigningKey): string => `${id}:${secret}`

export async function startRemoteWorld(options: RemoteOptions = {}): Promise<RemoteWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-remote-'))
  const log = createLog('remote', { level: 'silent', filePath: undefined })
  const engine = await startEmbedded({ log })
  const redis = await startRedisProcess()
  const env: Env = {
    ...quiet,
    DATA_DIRECTORY: directory,
    STORE: 'endpoint',
    DYNAMODB_ENDPOINT: engine.endpoint,
    REDIS_URL: redis.url,
    ...options.env,
  }
  const subgraphs = new Map<SubgraphName, RemoteSubgraph[]>()
  for (const name of subgraphNames) {
    const key = newSigningKey()
    const copies: RemoteSubgraph[] = []
    for (let count = 0; count < (options.copies ?? 1); count++) {
      copies.push(serveSubgraph(name, await freeLoopbackPort(), key, env))
    }
    subgraphs.set(name, copies)
  }
  const all = [...subgraphs.values()].flat()
  await Promise.all(all.map((subgraph) => subgraph.start()))
  const places = [...subgraphs].flatMap(([name, copies]) => [
    [`${name.toUpperCase()}_URL`, copies.map(({ url }) => url).join()],
    [`${name.toUpperCase()}_SEAL_KEYS`, textOf(copies[0]!.signingKey)],
  ])
  const routerEnv: Env = { ...env, ...(Object.fromEntries(places) as Env) }
  const routers: RunningRouter[] = []
  for (let count = 0; count < (options.routers ?? 1); count++) {
    routers.push(await startRouter(routerEnv))
  }
  const strangers = routers.map(({ port }) => createClient(`http://127.0.0.1:${port}`))
  return {
    env: routerEnv,
    routers,
    origins: strangers.map(({ origin }) => origin),
    redis,
    strangers,
    subgraph: (name, copy = 0) => subgraphs.get(name)![copy]!,
    trader: async ({ cash } = {}) => {
      const trader = await createTrader(strangers[0]!)
      if (cash !== undefined) await trader.deposits(cash)
      return trader
    },
    stop: async () => {
      await Promise.all(routers.map((router) => router.stop()))
      await Promise.all(all.map((subgraph) => subgraph.stop()))
      await redis.stop()
      await engine.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
