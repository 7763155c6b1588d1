import { serviceLog } from '@cnop/kit/log'
import type { Platform } from '@cnop/kit/platform'
import { createSubgraph, type Subgraph } from '@cnop/kit/subgraph'
import { openQuoteReader, type QuoteReader } from '@cnop/quotes/reader'
import { createFlights } from './commands/flights.ts'
import type { InsightsConfig } from './config.ts'
import type { Context, Deps, Writing } from './deps.ts'
import { countAnswers } from './events.ts'
import { createGemini } from './model/gemini.ts'
import type { LanguageModel } from './model/language-model.ts'
import { withResilience } from './model/resilience.ts'
import { resolvers } from './resolvers/index.ts'
import { insightsTables } from './tables.ts'

/** Opens the insights service on a platform. */
export async function createInsights(
  config: InsightsConfig,
  platform: Platform,
): Promise<Subgraph> {
  await platform.ensureTables(insightsTables(config))
  const quotes = await openQuoteReader(platform, { table: config.tables.quotes })
  return serveInsights(config, platform, quotes)
}

/** The service on prices from anywhere; it closes their reader when it is closed. */
export async function serveInsights(
  config: InsightsConfig,
  { db, cache, redis, now, log }: Pick<Platform, 'db' | 'cache' | 'redis' | 'now' | 'log'>,
  quotes: QuoteReader,
): Promise<Subgraph> {
  const flights = createFlights<Writing>()
  const { feeBasisPoints, allowsFallback, answerMs, cacheSeconds } = config
  const model = openModel(config)
  const answers = countAnswers()
  const serviceLines = serviceLog(log, 'insights')
  const policy = { feeBasisPoints, allowsFallback, answerMs, cacheSeconds }
  const store = { db, table: config.tables.quotes }
  const deps: Deps = { store, cache, now, quotes, model, flights, answers, ...policy }
  const subgraph = await createSubgraph<Context>({
    name: 'insights',
    resolvers,
    context: (scope) => ({ ...deps, ...scope }),
    signingKeys: config.signingKeys,
    store: deps.store,
    redis,
    now,
    log: serviceLines,
    close: async () => {
      await flights.close()
      await quotes.close()
    },
  })
  answers.showIn(subgraph.metrics)
  return subgraph
}

function openModel({ gemini, resilience }: InsightsConfig): LanguageModel | undefined {
  return gemini && withResilience(createGemini(gemini), resilience)
}
