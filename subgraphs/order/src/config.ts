import {
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
import {
  type Price,
  parsePrice,
  parseQuantity,
  parseUsd,
  type Quantity,
  type Usd,
  zeroUsd,
} from '@cnop/kit/money'
import { feeFields } from '@cnop/quotes/fee'
import { liquidityFields, liquidityOf } from '@cnop/quotes/liquidity'
import { limits } from '@cnop/schema/limits'
import { z } from 'zod'
import type { OrderRules } from './domain/order-rules.ts'

const dayMs = 86_400_000

/** A positive decimal, in the unit of its parser. */
function decimal<Value extends Usd | Price | Quantity>(
  fallback: string,
  parse: (text: string) => Value,
) {
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'must be a decimal number')
    .default(fallback)
    .transform((text, context): Value => {
      try {
        return parse(text)
      } catch (error) {
        context.addIssue({
          code: 'custom',
          message: error instanceof Error ? error.message : 'is wrong',
        })
        return z.NEVER
      }
    })
}

const fields = {
  ...storeFields,
  ...feeFields,
  ...liquidityFields,
  ORDER_PORT: port(8002),
  ORDER_HOST: z.string().default('127.0.0.1'),
  ORDER_SEAL_KEYS: signingKeys(),
  ORDERS_TABLE: z.string().default('orders'),
  LEDGER_TABLE: z.string().default('ledger'),
  OUTBOX_TABLE: z.string().default('outbox'),
  QUOTES_TABLE: z.string().default('quotes'),
  ORDER_MAX_VALUE: decimal('10000', parseUsd),
  ORDER_MIN_VALUE: decimal('1', parseUsd),
  ORDER_MIN_QUANTITY: decimal('0.00000001', parseQuantity),
  ORDER_REST_MIN_QUANTITY: decimal('0.001', parseQuantity),
  ORDER_MAX_LIMIT_PRICE: decimal(limits.highestLimitPrice, parsePrice),
  ORDER_STOP_ALLOWANCE_PERCENT: wholeNumber(5, 0, 100),
  ORDER_QUOTE_MAX_AGE_MS: milliseconds(120_000),
  ORDER_MAX_WAIT_DAYS: wholeNumber(365, 1, 3_650),
  ORDER_MAX_OPEN: wholeNumber(500, 1, 5_000),
  ORDER_MAX_RECURRING: wholeNumber(20, 1, 100),
  ORDER_RECURRING_GRACE_MS: milliseconds(43_200_000),
  ORDER_RECURRING_INTERVAL_MS: milliseconds(5_000),
  ORDER_JOBS: flag(true),
  SEED_DEMO_USER: flag(true),
  ORDER_MATCH_LIMIT_PER_TICK: wholeNumber(200, 1, 10_000),
  ORDER_MATCH_REFRESH_MS: milliseconds(60_000),
  ORDER_STOP_LOOK_BACK_MS: milliseconds(60_000),
  ORDER_EXPIRY_INTERVAL_MS: milliseconds(5_000),
  ORDER_HOLDS_CHECK_INTERVAL_MS: milliseconds(30_000),
}

export type OrderConfig = ReturnType<typeof loadOrderConfig>

export function loadOrderConfig(env: Env) {
  const vars = parseEnv(fields, env)
  const rules: OrderRules = {
    maxValue: vars.ORDER_MAX_VALUE,
    minimum: { value: vars.ORDER_MIN_VALUE, quantity: vars.ORDER_MIN_QUANTITY },
    maxLimitPrice: vars.ORDER_MAX_LIMIT_PRICE,
    stopAllowancePercent: BigInt(vars.ORDER_STOP_ALLOWANCE_PERCENT),
    fees: vars.ORDER_FEE_BASIS_POINTS,
    liquidity: liquidityOf(vars),
    quoteMaxAgeMs: vars.ORDER_QUOTE_MAX_AGE_MS,
    longestWaitMs: vars.ORDER_MAX_WAIT_DAYS * dayMs,
    mostOpen: vars.ORDER_MAX_OPEN,
  }
  const store = storeConfig(vars)
  return {
    port: vars.ORDER_PORT,
    host: vars.ORDER_HOST,
    signingKeys: vars.ORDER_SEAL_KEYS,
    store,
    seedsDemo: store.profile === 'demo' && vars.SEED_DEMO_USER,
    tables: {
      orders: vars.ORDERS_TABLE,
      ledger: vars.LEDGER_TABLE,
      outbox: vars.OUTBOX_TABLE,
      quotes: vars.QUOTES_TABLE,
    },
    rules,
    restMinimum: { value: zeroUsd, quantity: vars.ORDER_REST_MIN_QUANTITY },
    recurring: { most: vars.ORDER_MAX_RECURRING, graceMs: vars.ORDER_RECURRING_GRACE_MS },
    jobs: {
      isOn: vars.ORDER_JOBS,
      ordersPerTick: vars.ORDER_MATCH_LIMIT_PER_TICK,
      refreshMs: vars.ORDER_MATCH_REFRESH_MS,
      lookBackMs: vars.ORDER_STOP_LOOK_BACK_MS,
      expiryIntervalMs: vars.ORDER_EXPIRY_INTERVAL_MS,
      recurringIntervalMs: vars.ORDER_RECURRING_INTERVAL_MS,
      holdsCheckIntervalMs: vars.ORDER_HOLDS_CHECK_INTERVAL_MS,
    },
  } as const
}
