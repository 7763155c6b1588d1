import { serviceLog } from '@cnop/kit/log'
import { addGauge, type ServiceMetrics } from '@cnop/kit/metrics'
import type { Platform } from '@cnop/kit/platform'
import {
  createSubgraph,
  type InternalRoute,
  type RequestScope,
  type Subgraph,
} from '@cnop/kit/subgraph'
import { migrateLedger } from '@cnop/ledger/migrate'
import { addReadOnlyMetric } from '@cnop/ledger/read-only-metric'
import { followSwitch } from '@cnop/ledger/switch'
import { readProgress, readUnverifiedSince } from '@cnop/ledger/verify-new'
import { openCandleReader } from '@cnop/quotes/candles'
import { openQuoteReader } from '@cnop/quotes/reader'
import { seedDemoUser } from './commands/seed-demo-user.ts'
import type { UserConfig } from './config.ts'
import type { Context, Deps } from './deps.ts'
import { startEndingDemos } from './jobs/end-demos.ts'
import { startLedgerVerifier } from './jobs/ledger-verifier.ts'
import { createHashLimiter } from './passwords/hash-limiter.ts'
import { createHasher } from './passwords/hasher.ts'
import { resolvers } from './resolvers/index.ts'
import { listDenied } from './commands/list-denied.ts'
import { createLoaders } from './loaders.ts'
import { signAccessTokens } from './tokens/access-token.ts'
import { openDeviceTokens } from './tokens/device-token.ts'
import { openSigningKey, readJwks } from './tokens/jwks.ts'
import { userTables } from './tables.ts'

export interface UserSubgraph extends Subgraph {
  /** What a remote router reads beside GraphQL; a router that hosts the service calls it directly. */
  readonly routes: Readonly<Record<string, InternalRoute>>
}

/** Opens the dependencies; operators' commands use them without a server. */
export async function openUserDeps(config: UserConfig, platform: Platform): Promise<Deps> {
  const { db, bus, now, newId } = platform
  const { users: table, ledger: ledgerName, quotes, outbox } = config.tables
  const log = serviceLog(platform.log, 'user')
  await platform.ensureTables(userTables(config))
  await migrateLedger({ store: { db, table: ledgerName }, now, newId, log })
  const { issuer, audience, accessSeconds, refreshSeconds, sessionSeconds } = config.tokens
  const key = openSigningKey(config.keys)
  return {
    store: { db, table },
    outbox: { db, table: outbox },
    bus,
    now,
    newId,
    log,
    ledger: { db, table: ledgerName, now, newId, limits: config.ledgerLimits, log, bus },
    candles: openCandleReader({ db, now }, { table: quotes }),
    hasher: await createHasher(config.hashCost),
    hashLimiters: {
      signUp: createHashLimiter(config.hashLimits.signUp),
      signIn: createHashLimiter(config.hashLimits.signIn),
      passwordChange: createHashLimiter(config.hashLimits.passwordChange),
    },
    signAccessToken: signAccessTokens({ key, issuer, audience }),
    devices: openDeviceTokens({
      key,
      jwks: readJwks(config.keys),
      issuer,
      lifetimeSeconds: config.tokens.deviceSeconds,
      now,
    }),
    accessSeconds,
    refreshSeconds,
    sessionSeconds,
    maxSessions: config.maxSessions,
    maxCashMovement: config.maxCashMovement,
    restEmailChange: config.restEmailChange,
    profile: config.store.profile,
  }
}

/** The user subgraph: accounts, sign-in, sessions, cash. */
export async function createUser(config: UserConfig, platform: Platform): Promise<UserSubgraph> {
  const deps = await openUserDeps(config, platform)
  if (config.demoPassword !== undefined) await seedDemoUser(deps, config.demoPassword)
  const quotes = await openQuoteReader(platform, { table: config.tables.quotes })
  const ledgerSwitch = await followSwitch({ ...deps.ledger, bus: deps.bus })
  const verifier = startLedgerVerifier(deps, config.verifyIntervalMs)
  const endingDemos = config.store.profile === 'demo' ? startEndingDemos(deps) : undefined
  const subgraph = await createSubgraph<Context>({
    name: 'user',
    resolvers,
    context: (scope: RequestScope) => ({
      ...deps,
      ...scope,
      quotes,
      loaders: createLoaders(deps),
      noteEnd: (sessionId) => {
        if (sessionId === scope.actor?.sessionId) scope.callerSession.hasEnded = true
      },
    }),
    signingKeys: config.signingKeys,
    store: deps.store,
    redis: platform.redis,
    now: deps.now,
    log: deps.log,
    close: async () => {
      await endingDemos?.stop()
      await verifier.stop()
      await ledgerSwitch.stop()
      await quotes.close()
    },
  })
  showLedger(subgraph.metrics, deps)
  return {
    ...subgraph,
    routes: {
      '/internal/jwks': () => Promise.resolve(JSON.stringify(readJwks(config.keys))),
      '/internal/ended-sessions': (query) => listDenied(deps, query),
    },
  }
}

function showLedger(metrics: ServiceMetrics, { ledger, now }: Pick<Deps, 'ledger' | 'now'>): void {
  addReadOnlyMetric('user', metrics, ledger)
  addGauge(metrics, {
    name: 'user_ledger_verified_timestamp_seconds',
    help: 'When the part of the ledger was verified that waited longest, in seconds since 1970; NaN before every part was.',
    read: async () => Date.parse((await readProgress(ledger)).verifiedAt ?? '') / 1_000,
  })
  addGauge(metrics, {
    name: 'user_ledger_unverified_seconds',
    help: 'How long the oldest unverified entry of the ledger has waited, in seconds; 0 when all are verified.',
    read: async () => {
      const since = await readUnverifiedSince(ledger)
      return since === undefined ? 0 : Math.max(0, now() - Date.parse(since)) / 1_000
    },
  })
  addGauge(metrics, {
    name: 'user_ledger_balanced',
    help: 'Whether the last rounds found the ledger balanced: 1 yes, 0 no.',
    read: async () => ((await readProgress(ledger)).isBalanced ? 1 : 0),
  })
}
