import { list, type Profile, wholeNumber } from '@cnop/kit/config'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { z } from 'zod'

const pair = /^([\w.]+)=(\d{1,12})$/

/** Named numbers separated by commas: `user=5000,order=3000`. */
const counts = (fallback = '') =>
  list(fallback)
    .refine((pairs) => pairs.every((text) => pair.test(text)), {
      message: 'must be name=number pairs separated by commas',
    })
    .transform(
      (pairs): ReadonlyMap<string, number> =>
        new Map(
          pairs.map((text) => [text.split('=')[0] ?? '', parseInt(text.split('=')[1] ?? '', 10)]),
        ),
    )

/** Operations of an address per minute, for each subgraph: none is unlimited. */
const serviceLimits: Readonly<Record<SubgraphName, number>> = {
  user: 5_000,
  inventory: 7_500,
  order: 3_000,
  insights: 3_000,
  cny: 3_000,
}

/** Exceptions from MAX_PAGE_SIZE. What the environment does not name keeps its size: the descriptions of the schema promise it. */
const pageSizes: Readonly<Record<string, number>> = {
  'Query.assets': 250,
  'Asset.recentTrades': 50,
  'Query.recurringDates': 12,
}

/** Every limit of the router; names with GATEWAY are kept for compatibility. */
export const guardVariables = {
  RATE_LIMIT_PER_MINUTE: wholeNumber(10_000, 1),
  SERVICE_RATE_LIMITS: counts().refine(
    (limits) => [...limits.keys()].every((name) => name in serviceLimits),
    { message: `must name subgraphs: ${subgraphNames.join(', ')}` },
  ),
  FIELD_RATE_LIMITS: counts(),
  FIELD_DAY_LIMITS: counts(),
  TAKEN_NAMES_PER_MINUTE: wholeNumber(20, 1),
  GATEWAY_FAILED_LOGIN_LIMIT: wholeNumber(5, 1),
  GATEWAY_FAILED_LOGIN_WINDOW_SECONDS: wholeNumber(300, 1),
  GATEWAY_BLOCK_DURATION_SECONDS: wholeNumber(300, 1),
  MAX_TOKENS: wholeNumber(1_000, 1),
  MAX_DEPTH: wholeNumber(10, 1),
  MAX_ALIASES: wholeNumber(15),
  MAX_ROOT_FIELDS: wholeNumber(10, 1),
  MAX_DIRECTIVES: wholeNumber(50),
  MAX_FIELDS: wholeNumber(1_000, 1),
  MAX_INTROSPECTION_TOKENS: wholeNumber(4_000, 1),
  MAX_INTROSPECTION_DEPTH: wholeNumber(128, 1),
  MAX_INTROSPECTION_FIELDS: wholeNumber(10_000, 1),
  MAX_PAGE_SIZE: wholeNumber(100, 1),
  PAGE_SIZES: counts(),
  MAX_COST: wholeNumber(1_000, 1),
  COST_PER_MINUTE: wholeNumber(500_000, 1),
  COST_MODE: z.enum(['measure', 'enforce']).default('enforce'),
}

type Counts = ReadonlyMap<string, number>

/** Stricter budgets for production; the demo uses the numbers of the schema. */
const profileLimits: Readonly<Record<Profile, { readonly minute: Counts; readonly day: Counts }>> =
  {
    demo: { minute: new Map(), day: new Map() },
    production: {
      minute: new Map([
        ['signUp', 20],
        ['emailChangeOfAddress', 20],
      ]),
      day: new Map([
        ['signUp', 100],
        ['emailChange', 20],
        ['emailChangeOfAddress', 100],
      ]),
    },
  }

type GuardVariables = z.infer<z.ZodObject<typeof guardVariables>>

export type GuardConfig = ReturnType<typeof guardConfig>

export function guardConfig(vars: GuardVariables, profile: Profile) {
  const { minute, day } = profileLimits[profile]
  return {
    requestsPerMinute: vars.RATE_LIMIT_PER_MINUTE,
    servicesPerMinute: new Map([...Object.entries(serviceLimits), ...vars.SERVICE_RATE_LIMITS]),
    fieldsPerMinute: new Map([...minute, ...vars.FIELD_RATE_LIMITS]),
    fieldsPerDay: new Map([...day, ...vars.FIELD_DAY_LIMITS]),
    takenNamesPerMinute: vars.TAKEN_NAMES_PER_MINUTE,
    blocks: {
      maxFailures: vars.GATEWAY_FAILED_LOGIN_LIMIT,
      windowMs: vars.GATEWAY_FAILED_LOGIN_WINDOW_SECONDS * 1000,
      blockMs: vars.GATEWAY_BLOCK_DURATION_SECONDS * 1000,
    },
    document: {
      tokens: vars.MAX_TOKENS,
      depth: vars.MAX_DEPTH,
      aliases: vars.MAX_ALIASES,
      rootFields: vars.MAX_ROOT_FIELDS,
      directives: vars.MAX_DIRECTIVES,
      fields: vars.MAX_FIELDS,
    },
    introspection: {
      tokens: vars.MAX_INTROSPECTION_TOKENS,
      depth: vars.MAX_INTROSPECTION_DEPTH,
      fields: vars.MAX_INTROSPECTION_FIELDS,
    },
    pages: {
      byField: new Map([...Object.entries(pageSizes), ...vars.PAGE_SIZES]),
      others: vars.MAX_PAGE_SIZE,
    },
    cost: {
      perOperation: vars.MAX_COST,
      perMinute: vars.COST_PER_MINUTE,
      mode: vars.COST_MODE,
    },
  } as const
}
