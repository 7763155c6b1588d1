import { serviceLog } from '@cnop/kit/log'
import { zeroUsd } from '@cnop/kit/money'
import type { Platform } from '@cnop/kit/platform'
import { createSubgraph, type Subgraph } from '@cnop/kit/subgraph'
import { migrateLedger } from '@cnop/ledger/migrate'
import { addReadOnlyMetric } from '@cnop/ledger/read-only-metric'
import { followSwitch } from '@cnop/ledger/switch'
import type { CnyConfig } from './config.ts'
import type { Context, Deps } from './deps.ts'
import { createClaimLoader } from './loaders.ts'
import { readPhrases } from './phrases.ts'
import { resolvers } from './resolvers/index.ts'
import { cnyTables } from './tables.ts'

/** Starts the red-pocket subgraph: its tables, its phrases and its endpoint. */
export async function createCny(config: CnyConfig, platform: Platform): Promise<Subgraph> {
  const { tables, signingKeys } = config
  await platform.ensureTables(cnyTables(config))
  const { db, now, newId, log } = platform
  await migrateLedger({ store: { db, table: tables.ledger }, now, newId, log })
  const deps = await createDeps(config, platform)
  const ledgerSwitch = await followSwitch({ ...deps.ledger, bus: platform.bus })
  const subgraph = await createSubgraph<Context>({
    name: 'cny',
    resolvers,
    context: (scope) => ({ ...deps, ...scope, claims: createClaimLoader(deps.store) }),
    signingKeys,
    store: deps.store,
    redis: platform.redis,
    now: platform.now,
    log: deps.log,
    close: () => ledgerSwitch.stop(),
  })
  addReadOnlyMetric('cny', subgraph.metrics, deps.ledger)
  return subgraph
}

async function createDeps(config: CnyConfig, platform: Platform): Promise<Deps> {
  const { db, bus, now, newId } = platform
  const log = serviceLog(platform.log, 'cny')
  const { claims, ledger } = config.tables
  return {
    // Daily limits are for deposits and withdrawals; a red pocket is neither.
    ledger: {
      db,
      table: ledger,
      now,
      newId,
      log,
      bus,
      limits: { deposit: zeroUsd, withdrawal: zeroUsd, redPocketHoldMs: config.holdMs },
    },
    store: { db, table: claims },
    phrases: await readPhrases(config.phrasesPath),
    smallAmount: config.smallAmount,
    isOffered: config.isOffered,
    minAgeMs: config.minAgeMs,
    now,
    log,
  }
}
