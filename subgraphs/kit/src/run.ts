import { setTimeout as delay } from 'node:timers/promises'
import { activityOf } from './activity.ts'
import { BadEnvironment, type Env, type StoreConfig } from './config.ts'
import { createLog, type Log, reopenLogFiles } from './log.ts'
import { addProcessMetrics } from './metrics.ts'
import { openPlatform } from './open-platform.ts'
import type { Platform } from './platform.ts'
import { checkPort, createSubgraphServer, listen, type Readiness } from './serve.ts'
import type { Subgraph } from './subgraph.ts'
import { openTracing } from './tracing/tracing.ts'

/** How long a process may take to finish its work after a signal, in milliseconds. */
const drainDeadlineMs = 10_000

interface ServiceConfig {
  readonly port: number
  readonly host: string
  readonly store: StoreConfig
}

export interface Service<Config extends ServiceConfig> {
  readonly name: string
  readonly load: (env: Env) => Config
  readonly create: (config: Config, platform: Platform) => Promise<Subgraph>
}

/** Runs one subgraph as a process of its own: stores, HTTP, drain on a signal, one line for a refusal to start. */
export async function runService<Config extends ServiceConfig>(
  service: Service<Config>,
  host: NodeJS.Process,
): Promise<void> {
  await runProcess(host, async () => {
    const config = service.load(host.env)
    if (!config.store.redisUrl) {
      throw new BadEnvironment(
        'REDIS_URL: must be set when a subgraph runs in a process of its own',
      )
    }
    const variable = `${service.name.toUpperCase()}_PORT`
    await checkPort(config.port, config.host, variable)
    const log = createLog(service.name, config.store.log)
    const tracing = await openTracing(service.name, config.store.tracing, log)
    const platform = await openPlatform(config.store, log)
    const subgraph = await service.create(config, platform)
    addProcessMetrics(subgraph.metrics, activityOf(platform.db))
    const readiness: Readiness = { isReady: true }
    const listener = await listen(
      createSubgraphServer(subgraph, log, tracing, readiness, config.host),
      config.port,
      config.host,
      variable,
    )
    log.info(
      { action: 'service.ready', extra: { port: listener.port } },
      `The ${service.name} service is ready.`,
    )
    return {
      log,
      stop: async () => {
        readiness.isReady = false
        listener.drain()
        await delay(config.store.drainDelayMs)
        await listener.close()
        await subgraph.close()
        await platform.close()
        await tracing.close()
      },
    }
  })
}

/**
 * The AWS SDK warns at every start that a later version will need a newer Node. The warning is of no use to operators: the
 * version is pinned, and CONTRIBUTING.md documents it.
 */
export function quietSdk(env: NodeJS.ProcessEnv): void {
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
}

export interface Running {
  readonly log: Log
  stop(): Promise<void>
}

/** Starts something, stops it on SIGINT, SIGTERM or SIGHUP, reopens its log files on SIGUSR2, and exits with a clear line when it cannot start. */
export async function runProcess(
  host: NodeJS.Process,
  start: () => Promise<Running>,
): Promise<void> {
  quietSdk(host.env)
  try {
    const running = await start()
    let isStopping = false
    const stop = (signal: string): void => {
      if (isStopping) return
      isStopping = true
      running.log.info({ action: 'process.stop', extra: { signal } }, 'Stopping.')
      setTimeout(() => host.exit(1), drainDeadlineMs).unref()
      running.stop().then(
        () => host.exit(0),
        (error: unknown) => {
          running.log.error({ action: 'process.stop', error }, 'Stopping failed.')
          host.exit(1)
        },
      )
    }
    host.once('SIGINT', stop)
    host.once('SIGTERM', stop)
    // A terminal that closes.
    host.once('SIGHUP', stop)
    host.on('SIGUSR2', reopenLogFiles)
  } catch (error) {
    host.stderr.write(`${refusalText(error)}\n`)
    host.exit(1)
  }
}

/** What an operator reads when a process refuses to start: the variable and its problem, or the failure. */
export function refusalText(error: unknown): string {
  if (error instanceof BadEnvironment) return `The environment is wrong.\n${error.message}`
  return error instanceof Error ? error.message : String(error)
}
