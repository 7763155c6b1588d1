import { randomBytes } from 'node:crypto'
import {
  addresses,
  BadEnvironment,
  type Env,
  flag,
  list,
  milliseconds,
  optionalPort,
  parseEnv,
  port,
  type Profile,
  profileOf,
  signingKeys,
  storeConfig,
  storeFields,
  wholeNumber,
} from '@cnop/kit/config'
import type { SigningKey } from '@cnop/kit/identity'
import { type SubgraphName, subgraphNames } from '@cnop/schema/read'
import { z } from 'zod'
import { auditDirectory } from './audit/directory.ts'
import { connectionFields, connectionLimits, placeLimits } from './edge/connection-config.ts'
import { readProxies } from './guard/client-ip.ts'
import { guardConfig, guardVariables } from './guard/guard-config.ts'
import type { SubgraphPlace } from './subgraphs/copy.ts'
import { streamConfig, streamFields } from './stream/stream-config.ts'

export { probePaths } from './edge/connection-config.ts'

/** One for each copy, or for a name that resolves to all of them. */
const urls = addresses('http://127.0.0.1:8000')

/** A flag whose default depends on the profile. */
const profileFlag = z
  .enum(['true', 'false', '1', '0'])
  .optional()
  .transform((text) => (text === undefined ? undefined : text === 'true' || text === '1'))

const fields = {
  ...storeFields,
  ROUTER_PORT: port(8080),
  ROUTER_HOST: z.string().optional(),
  /** Unique among the routers of a platform. */
  ROUTER_NAME: z
    .string()
    .regex(/^[\w.-]{1,63}$/)
    .optional(),
  WEB_PORT: port(3000),
  WEB_ENABLED: flag(true),
  ENGINE: z.enum(['compiled', 'stock']).default('compiled'),
  USER_URL: urls,
  ORDER_URL: urls,
  INVENTORY_URL: urls,
  INSIGHTS_URL: urls,
  CNY_URL: urls,
  USER_SEAL_KEYS: signingKeys().optional(),
  ORDER_SEAL_KEYS: signingKeys().optional(),
  INVENTORY_SEAL_KEYS: signingKeys().optional(),
  INSIGHTS_SEAL_KEYS: signingKeys().optional(),
  CNY_SEAL_KEYS: signingKeys().optional(),
  JWT_ISSUER: z.string().default('cnop'),
  JWT_AUDIENCE: z.string().default('cnop-api'),
  TRUSTED_PROXIES: list(),
  ALLOWED_HOSTS: list(),
  ALLOWED_ORIGINS: list(),
  SECURE_COOKIES: profileFlag,
  PERSISTED_ONLY: profileFlag,
  INTROSPECTION: profileFlag,
  DEVELOPER_PAGES: profileFlag,
  ROUTER_DEADLINE_MS: milliseconds(10_000),
  SUBGRAPH_DEADLINE_MS: milliseconds(3_000),
  BREAKER_FAILURES: wholeNumber(5, 1),
  BREAKER_SUCCESSES: wholeNumber(3, 1),
  BREAKER_OPEN_MS: milliseconds(60_000),
  BREAKER_PROBE_MS: milliseconds(1_000),
  COPY_READY_MS: milliseconds(500),
  SUBGRAPH_CALLS_AT_ONCE: wholeNumber(64, 1),
  SUBGRAPH_CALLS_WAITING: wholeNumber(256, 0),
  CALLER_CALLS_AT_ONCE: wholeNumber(16, 1),
  CALLER_CALLS_WAITING: wholeNumber(128, 0),
  CALLER_HEAVY_POINTS: wholeNumber(4, 1),
  SUBGRAPH_HEAVY_POINTS: wholeNumber(16, 1),
  SUBGRAPH_ANSWER_BYTES: wholeNumber(8 * 1024 * 1024, 1_024),
  EXPORTS_PER_MINUTE: wholeNumber(10, 1),
  UNKNOWN_USERS_PER_MINUTE: wholeNumber(60, 1),
  METRICS_PORT: optionalPort(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  DOCUMENT_CACHE_BYTES: wholeNumber(64 * 1024 * 1024, 1024 * 1024),
  AUDIT_PATH: z.string().optional(),
  ...connectionFields,
  ...guardVariables,
  ...streamFields,
}

const productionMetricsPort = 9464

type Variables = ReturnType<typeof parseEnv<typeof fields>>

/** Keys of a hosted subgraph never leave the process, so they are generated at every start. */
const freshKey = (): SigningKey => ({
  id: 'process',
  secret: randomBytes(32).toString('base64url'),
})

function placeOf(name: SubgraphName, vars: Variables): SubgraphPlace {
  const prefix = name.toUpperCase() as Uppercase<SubgraphName>
  const places = vars[`${prefix}_URL`]
  const [first, ...rest] = vars[`${prefix}_SEAL_KEYS`] ?? []
  if (places.length > 0 && !first) {
    throw new BadEnvironment(`${prefix}_SEAL_KEYS: must be set when ${prefix}_URL is`)
  }
  return { name, urls: places, signingKeys: [first ?? freshKey(), ...rest] }
}

/** A router with the keys of a remote subgraph hosts the subgraph itself when its address is missing or mistyped. */
const ignoredKeys = (vars: Variables): string[] =>
  subgraphNames
    .map((name) => ({ name, prefix: name.toUpperCase() as Uppercase<SubgraphName> }))
    .filter(({ prefix }) => vars[`${prefix}_SEAL_KEYS`] && vars[`${prefix}_URL`].length === 0)
    .map(
      ({ name, prefix }) =>
        `${prefix}_SEAL_KEYS is set without ${prefix}_URL: this process runs its own ${name} subgraph.`,
    )

const unsafeStore = ({ STORE }: Variables, profile: Profile): string[] =>
  profile === 'production' && STORE === 'embedded'
    ? ['STORE is embedded in production: any program on this machine can read and write the store.']
    : []

const callerLimits = (vars: Variables) => ({
  callerShare: { atOnce: vars.CALLER_CALLS_AT_ONCE, waiting: vars.CALLER_CALLS_WAITING },
  heavyCalls: {
    perCaller: vars.CALLER_HEAVY_POINTS,
    perService: vars.SUBGRAPH_HEAVY_POINTS,
    waiting: vars.CALLER_CALLS_WAITING,
  },
})

/** In production, metrics are not for everyone who reaches the API. */
const metricsOf = (vars: Variables, profile: Profile) => ({
  hasOpenMetrics: profile === 'demo',
  metricsPort: vars.METRICS_PORT ?? (profile === 'production' ? productionMetricsPort : undefined),
  metricsHost: vars.METRICS_HOST,
})

export type RouterConfig = ReturnType<typeof loadRouterConfig>

/** Without a list: the dashboard of the demo. In production, only its operator knows where it is. */
function originsOf({ ALLOWED_ORIGINS, WEB_PORT }: Variables, profile: Profile): readonly string[] {
  if (ALLOWED_ORIGINS.length > 0 || profile !== 'demo') return ALLOWED_ORIGINS
  return [`http://localhost:${WEB_PORT}`, `http://127.0.0.1:${WEB_PORT}`]
}

/** Reads every variable of the router; the subgraphs that it hosts read their own from the same environment. */
export function loadRouterConfig(env: Env) {
  const vars = parseEnv(fields, env)
  const profile = profileOf(vars)
  const subgraphs = subgraphNames.map((name) => placeOf(name, vars))
  if (subgraphs.some(({ urls: places }) => places.length > 0) && !vars.REDIS_URL) {
    throw new BadEnvironment('REDIS_URL: must be set when a subgraph runs in another process')
  }
  return {
    profile,
    store: storeConfig(vars),
    name: vars.ROUTER_NAME ?? `router-${randomBytes(3).toString('hex')}`,
    port: vars.ROUTER_PORT,
    /** The demo has no secrets and allows fault injection, so it listens on loopback only. */
    host: vars.ROUTER_HOST ?? (profile === 'demo' ? '127.0.0.1' : '0.0.0.0'),
    web: { isEnabled: vars.WEB_ENABLED, port: vars.WEB_PORT },
    engine: vars.ENGINE,
    subgraphs,
    token: { issuer: vars.JWT_ISSUER, audience: vars.JWT_AUDIENCE },
    trustedProxies: readProxies(vars.TRUSTED_PROXIES),
    allowedOrigins: originsOf(vars, profile),
    hasSecureCookies: vars.SECURE_COOKIES ?? profile === 'production',
    isPersistedOnly: vars.PERSISTED_ONLY ?? profile === 'production',
    allowsIntrospection: vars.INTROSPECTION ?? profile === 'demo',
    /** The playground and the REST reference. */
    hasDeveloperPages: vars.DEVELOPER_PAGES ?? profile === 'demo',
    deadlinesMs: { router: vars.ROUTER_DEADLINE_MS, subgraph: vars.SUBGRAPH_DEADLINE_MS },
    breaker: {
      failures: vars.BREAKER_FAILURES,
      successes: vars.BREAKER_SUCCESSES,
      openMs: vars.BREAKER_OPEN_MS,
      probeEveryMs: vars.BREAKER_PROBE_MS,
      callsAtOnce: vars.SUBGRAPH_CALLS_AT_ONCE,
      callsWaiting: vars.SUBGRAPH_CALLS_WAITING,
    },
    readyEveryMs: vars.COPY_READY_MS,
    ...callerLimits(vars),
    subgraphAnswerBytes: vars.SUBGRAPH_ANSWER_BYTES,
    connections: {
      ...connectionLimits(vars, vars.ROUTER_DEADLINE_MS),
      hosts: vars.ALLOWED_HOSTS,
    },
    places: placeLimits(vars),
    guard: guardConfig(vars, profile),
    streams: streamConfig(vars),
    exportsPerMinute: vars.EXPORTS_PER_MINUTE,
    unknownUsersPerMinute: vars.UNKNOWN_USERS_PER_MINUTE,
    ...metricsOf(vars, profile),
    documentCacheBytes: vars.DOCUMENT_CACHE_BYTES,
    auditDirectory: auditDirectory(vars),
    /** Settings without effect or with a risk, one sentence each. */
    warnings: [...ignoredKeys(vars), ...unsafeStore(vars, profile)],
  } as const
}
