import { fileURLToPath } from 'node:url'
import { type Env, parseEnv, port, sealKeys, storeConfig, storeFields } from '@cnop/kit/config'
import { parseUsd } from '@cnop/kit/money'
import { z } from 'zod'

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
  CNY_SEAL_KEYS: sealKeys(),
  CLAIMS_TABLE: z.string().default('claims'),
  LEDGER_TABLE: z.string().default('ledger'),
  RED_POCKET_PHRASES: z.string().optional(),
  RED_POCKET_SMALL_AMOUNT: amount('8.88'),
}

export type CnyConfig = ReturnType<typeof loadCnyConfig>

/** The demo has phrases to try out; elsewhere nobody gets a big pocket without a file that somebody has named. */
export function loadCnyConfig(env: Env) {
  const vars = parseEnv(fields, env)
  const store = storeConfig(vars)
  return {
    port: vars.CNY_PORT,
    host: vars.CNY_HOST,
    sealKeys: vars.CNY_SEAL_KEYS,
    store,
    tables: { claims: vars.CLAIMS_TABLE, ledger: vars.LEDGER_TABLE },
    phrasesPath: vars.RED_POCKET_PHRASES ?? (store.profile === 'demo' ? samplePhrases : undefined),
    smallAmount: vars.RED_POCKET_SMALL_AMOUNT,
  } as const
}
