import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PlatformParts } from '@cnop/kit/open-platform'
import { type RunningRouter, startRouter } from '@cnop/router/start'
import { type Client, createClient } from './client.ts'
import { createTrader, type Trader } from './trader.ts'

/** The whole platform on free ports with a separate store, and its users. */
export interface World {
  readonly origin: string
  readonly router: RunningRouter
  /** A client that is not signed in. */
  readonly stranger: Client
  /** A new user, signed in, with this much cash. */
  trader(options?: { cash?: string }): Promise<Trader>
  stop(): Promise<void>
}

/** No test asserts speed, so deadlines are long. A test of a deadline sets its own. */
export const patient = {
  ROUTER_DEADLINE_MS: '60000',
  SUBGRAPH_DEADLINE_MS: '30000',
  STORE_DEADLINE_MS: '20000',
  COPY_READY_MS: '20000',
  PASSWORD_HASH_WAIT_MS: '20000',
  HEADERS_TIMEOUT_MS: '60000',
  BODY_TIMEOUT_MS: '60000',
}

const quiet = {
  ...patient,
  LOG_LEVEL: 'silent',
  WEB_ENABLED: 'false',
  ROUTER_PORT: '0',
  METRICS_PORT: '0',
  ROUTER_HOST: '127.0.0.1',
  SEED_DEMO_USER: 'false',
  INVENTORY_SCENARIO: 'quiet',
}

export const newKey = (): string => `test-${randomBytes(10).toString('hex')}`

/** Starts everything in this process. Variables override the quiet defaults. */
export async function startWorld(
  env: Record<string, string> = {},
  parts: PlatformParts = {},
): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'cnop-world-'))
  const router = await startRouter({ ...quiet, DATA_DIRECTORY: directory, ...env }, parts)
  const origin = `http://127.0.0.1:${router.port}`
  const stranger = createClient(origin)
  return {
    origin,
    router,
    stranger,
    trader: async ({ cash } = {}) => {
      const trader = await createTrader(stranger)
      if (cash !== undefined) await trader.deposits(cash)
      return trader
    },
    stop: async () => {
      await router.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
