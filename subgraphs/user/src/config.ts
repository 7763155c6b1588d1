import {
  BadEnvironment,
  duration,
  type Env,
  flag,
  milliseconds,
  parseEnv,
  port,
  type Profile,
  signingKeys,
  storeConfig,
  storeFields,
  wholeNumber,
} from '@cnop/kit/config'
import { BadInput } from '@cnop/kit/errors'
import { parseUsd } from '@cnop/kit/money'
import { longestPocketHoldMs, redPocketHoldsMs } from '@cnop/ledger/pockets'
import { z } from 'zod'
import { defaultHashCost } from './passwords/hasher.ts'
import { BadKey, readPublicKeys, readSigningKey } from './tokens/signing-keys.ts'

/** A variable whose parser throws its own error message. */
function readBy<Value>(read: (text: string) => Value) {
  return z.string().transform((text, context) => {
    try {
      return read(text)
    } catch (error) {
      if (!(error instanceof BadKey || error instanceof BadInput)) throw error
      context.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  })
}

const money = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .pipe(readBy((text) => parseUsd(text)))
    .refine((amount) => amount > 0n, 'must be more than zero')

const hourSeconds = 3_600
const daySeconds = 86_400

const fields = {
  ...storeFields,
  USER_PORT: port(8000),
  USER_HOST: z.string().default('127.0.0.1'),
  USER_SEAL_KEYS: signingKeys(),
  USERS_TABLE: z.string().default('users'),
  LEDGER_TABLE: z.string().default('ledger'),
  QUOTES_TABLE: z.string().default('quotes'),
  OUTBOX_TABLE: z.string().default('outbox'),
  JWT_PRIVATE_KEY: readBy(readSigningKey).optional(),
  JWT_PREVIOUS_PUBLIC_KEYS: readBy(readPublicKeys).optional(),
  JWT_ISSUER: z.string().default('cnop'),
  JWT_AUDIENCE: z.string().default('cnop-api'),
  ACCESS_TOKEN_SECONDS: wholeNumber(600, 1, hourSeconds),
  LONG_ACCESS_TOKEN_SECONDS: wholeNumber(hourSeconds, 1, daySeconds),
  REFRESH_TOKEN_SECONDS: wholeNumber(30 * daySeconds, 60, 365 * daySeconds),
  SESSION_SECONDS: wholeNumber(30 * daySeconds, 60, 365 * daySeconds),
  DEVICE_TOKEN_SECONDS: wholeNumber(365 * daySeconds, 60, 400 * daySeconds),
  MAX_SESSIONS_PER_USER: wholeNumber(50, 1, 1_000),
  PASSWORD_HASH_MEMORY_KIB: wholeNumber(
    defaultHashCost.memoryKib,
    defaultHashCost.memoryKib,
    1_048_576,
  ),
  PASSWORD_HASH_PASSES: wholeNumber(defaultHashCost.passes, defaultHashCost.passes, 100),
  IMPORTED_HASH_COST: wholeNumber(0, 0, 14).transform((cost) => (cost === 0 ? undefined : cost)),
  SIGN_UP_HASHES_AT_ONCE: wholeNumber(1, 1, 64),
  SIGN_IN_HASHES_AT_ONCE: wholeNumber(2, 1, 64),
  PASSWORD_CHANGE_HASHES_AT_ONCE: wholeNumber(1, 1, 64),
  PASSWORD_HASHES_PER_ADDRESS: wholeNumber(1, 1, 64),
  PASSWORD_HASHES_WAITING: wholeNumber(16, 0, 10_000),
  PASSWORD_HASHES_WAITING_PER_ADDRESS: wholeNumber(8, 0, 10_000),
  PASSWORD_HASH_WAIT_MS: milliseconds(1_000),
  DAILY_DEPOSIT_LIMIT: money('10000.00'),
  DAILY_WITHDRAW_LIMIT: money('5000.00'),
  MAX_CASH_MOVEMENT: money('1000000.00'),
  RED_POCKET_HOLD: duration(longestPocketHoldMs),
  REST_EMAIL_CHANGE: z.enum(['direct', 'confirm']).optional(),
  LEDGER_VERIFY_INTERVAL_MS: milliseconds(15_000),
  SEED_DEMO_USER: flag(true),
  DEMO_PASSWORD: z.string().default('Demo-Trader-2026!'),
}

/** `direct`: at once, as the legacy contract does. `confirm`: only after a confirmation by mail; refused without mail. */
export type RestEmailChange = 'direct' | 'confirm'

const restEmailChanges = { demo: 'direct', production: 'confirm' } as const satisfies Record<
  Profile,
  RestEmailChange
>
type Variables = ReturnType<typeof parseEnv<typeof fields>>

/** Each kind of password work has its own width; the rest is the same for all. */
function hashLimits(vars: Variables) {
  const shared = {
    atOncePerAddress: vars.PASSWORD_HASHES_PER_ADDRESS,
    waiting: vars.PASSWORD_HASHES_WAITING,
    waitingPerAddress: vars.PASSWORD_HASHES_WAITING_PER_ADDRESS,
    waitMs: vars.PASSWORD_HASH_WAIT_MS,
  }
  return {
    signUp: { ...shared, atOnce: vars.SIGN_UP_HASHES_AT_ONCE },
    signIn: { ...shared, atOnce: vars.SIGN_IN_HASHES_AT_ONCE },
    passwordChange: { ...shared, atOnce: vars.PASSWORD_CHANGE_HASHES_AT_ONCE },
  }
}

const tablesOf = (vars: Variables) => ({
  users: vars.USERS_TABLE,
  ledger: vars.LEDGER_TABLE,
  quotes: vars.QUOTES_TABLE,
  outbox: vars.OUTBOX_TABLE,
})

export type UserConfig = ReturnType<typeof loadUserConfig>

/** Parses every variable of the user service. Production requires a signing key. */
export function loadUserConfig(env: Env) {
  const vars = parseEnv(fields, env)
  const store = storeConfig(vars)
  if (store.profile === 'production' && !vars.JWT_PRIVATE_KEY) {
    throw new BadEnvironment(
      'JWT_PRIVATE_KEY: must be set in production, to a P-256 private key (PEM or JWK)',
    )
  }
  return {
    port: vars.USER_PORT,
    host: vars.USER_HOST,
    signingKeys: vars.USER_SEAL_KEYS,
    store,
    tables: tablesOf(vars),
    keys: {
      signingKey: vars.JWT_PRIVATE_KEY,
      otherKeys: vars.JWT_PREVIOUS_PUBLIC_KEYS ?? [],
      keyDirectory: vars.DATA_DIRECTORY,
    },
    tokens: {
      issuer: vars.JWT_ISSUER,
      audience: vars.JWT_AUDIENCE,
      accessSeconds: { SHORT: vars.ACCESS_TOKEN_SECONDS, LONG: vars.LONG_ACCESS_TOKEN_SECONDS },
      refreshSeconds: vars.REFRESH_TOKEN_SECONDS,
      sessionSeconds: vars.SESSION_SECONDS,
      deviceSeconds: vars.DEVICE_TOKEN_SECONDS,
    },
    maxSessions: vars.MAX_SESSIONS_PER_USER,
    hashCost: {
      memoryKib: vars.PASSWORD_HASH_MEMORY_KIB,
      passes: vars.PASSWORD_HASH_PASSES,
      lanes: defaultHashCost.lanes,
      bcryptDecoy: vars.IMPORTED_HASH_COST,
    },
    hashLimits: hashLimits(vars),
    ledgerLimits: {
      deposit: vars.DAILY_DEPOSIT_LIMIT,
      withdrawal: vars.DAILY_WITHDRAW_LIMIT,
      redPocketHoldMs: vars.RED_POCKET_HOLD ?? redPocketHoldsMs[store.profile],
    },
    maxCashMovement: vars.MAX_CASH_MOVEMENT,
    restEmailChange: vars.REST_EMAIL_CHANGE ?? restEmailChanges[store.profile],
    verifyIntervalMs: vars.LEDGER_VERIFY_INTERVAL_MS,
    demoPassword: store.profile === 'demo' && vars.SEED_DEMO_USER ? vars.DEMO_PASSWORD : undefined,
  } as const
}
