import { fileURLToPath } from 'node:url'
import {
  duration,
  type Env,
  flag,
  parseEnv,
  port,
  signingKeys,
  storeConfig,
  storeFields,
} from '@cnop/kit/config'
import { parseUsd } from '@cnop/kit/money'
import { longestPocketHoldMs, redPocketHoldsMs } from '@cnop/ledger/pockets'
import { z } from 'zod'

const dayMs = 86_400_000
const samplePhrases = fileURLToPath(new URL('../phrases.sample.json', import.meta.url))

const amount = (fallback: string) =>
  z
    .string()
    .regex(/^\d{1,15}(\.\d{1,2})?$/, 'must be dollars with at most two decimal places')
    .default(fallback)
    .transform((text) => parseUsd(text))
    .refine((value) => value > 0n, { message: 'must be more than zero' })

const fields = {
  ...storeFields,
  CNY_PORT: port(8005),
  CNY_HOST: z.string().default('127.0.0.1'),
  CNY_SEAL_KEYS: signingKeys(),
  CLAIMS_TABLE: z.string().default('claims'),
  LEDGER_TABLE: z.string().default('ledger'),
  RED_POCKET_PHRASES: z.string().optional(),
  RED_POCKET_SMALL_AMOUNT: amount('8.88'),
  RED_POCKET: flag(true),
  RED_POCKET_MIN_AGE: duration(365 * dayMs),
  RED_POCKET_HOLD: duration(longestPocketHoldMs),
}

/** Accounts are free, so a minimum age deters mass sign-ups for red pockets in production. */
const minAgesMs = { demo: 0, production: dayMs } as const

export type CnyConfig = ReturnType<typeof loadCnyConfig>

/** The demo has default phrases; elsewhere big pockets need a configured file. */
export function loadCnyConfig(env: Env) {
  const vars = parseEnv(fields, env)
  const store = storeConfig(vars)
  return {
    port: vars.CNY_PORT,
    host: vars.CNY_HOST,
    signingKeys: vars.CNY_SEAL_KEYS,
    store,
    tables: { claims: vars.CLAIMS_TABLE, ledger: vars.LEDGER_TABLE },
    phrasesPath: vars.RED_POCKET_PHRASES ?? (store.profile === 'demo' ? samplePhrases : undefined),
    smallAmount: vars.RED_POCKET_SMALL_AMOUNT,
    isOffered: vars.RED_POCKET,
    minAgeMs: vars.RED_POCKET_MIN_AGE ?? minAgesMs[store.profile],
    holdMs: vars.RED_POCKET_HOLD ?? redPocketHoldsMs[store.profile],
  } as const
}
