import {
  address,
  type Env,
  flag,
  milliseconds,
  parseEnv,
  port,
  signingKeys,
  storeConfig,
  storeFields,
  wholeNumber,
} from '@cnop/kit/config'
import { feeFields, saleFee } from '@cnop/quotes/fee'
import { z } from 'zod'

const daySeconds = 86_400

const fields = {
  ...storeFields,
  ...feeFields,
  INSIGHTS_PORT: port(8004),
  INSIGHTS_HOST: z.string().default('127.0.0.1'),
  INSIGHTS_SEAL_KEYS: signingKeys(),
  QUOTES_TABLE: z.string().default('quotes'),
  INSIGHTS_FALLBACK: flag(true),
  // Below the response limit of 2.5 s, with time for the rest of the request.
  INSIGHTS_ANSWER_MS: milliseconds(2_300),
  INSIGHTS_CACHE_SECONDS: wholeNumber(daySeconds, 1, 30 * daySeconds),
  GOOGLE_GEMINI_API_KEY: z.string().optional(),
  GEMINI_BASE_URL: address('https://generativelanguage.googleapis.com').optional(),
  GEMINI_MODEL: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be the name of a model')
    .default('gemini-flash-latest'),
  GEMINI_TIMEOUT_MS: milliseconds(10_000),
  GEMINI_RETRY_DELAY_MS: milliseconds(200),
  GEMINI_MAX_CONCURRENT: wholeNumber(8, 1, 1_000),
  GEMINI_BREAKER_FAILURES: wholeNumber(5, 1, 1_000),
  GEMINI_BREAKER_OPEN_MS: wholeNumber(30_000, 0, 3_600_000),
}

export type InsightsConfig = ReturnType<typeof loadInsightsConfig>

/** Parses every variable of the insights service. Without a key no language model is called. */
export function loadInsightsConfig(env: Env) {
  const vars = parseEnv(fields, env)
  return {
    port: vars.INSIGHTS_PORT,
    host: vars.INSIGHTS_HOST,
    signingKeys: vars.INSIGHTS_SEAL_KEYS,
    store: storeConfig(vars),
    tables: { quotes: vars.QUOTES_TABLE },
    allowsFallback: vars.INSIGHTS_FALLBACK,
    answerMs: vars.INSIGHTS_ANSWER_MS,
    feeBasisPoints: saleFee(vars.ORDER_FEE_BASIS_POINTS),
    cacheSeconds: vars.INSIGHTS_CACHE_SECONDS,
    gemini:
      vars.GOOGLE_GEMINI_API_KEY === undefined
        ? undefined
        : {
            apiKey: vars.GOOGLE_GEMINI_API_KEY,
            baseUrl: vars.GEMINI_BASE_URL?.replace(/\/+$/, ''),
            model: vars.GEMINI_MODEL,
          },
    resilience: {
      timeoutMs: vars.GEMINI_TIMEOUT_MS,
      retryDelayMs: vars.GEMINI_RETRY_DELAY_MS,
      maxConcurrent: vars.GEMINI_MAX_CONCURRENT,
      breakerFailures: vars.GEMINI_BREAKER_FAILURES,
      breakerOpenMs: vars.GEMINI_BREAKER_OPEN_MS,
    },
  } as const
}
