import { z } from 'zod'

/** Environment variables. Only main.ts files read the real ones. */
export type Env = Readonly<Record<string, string | undefined>>

/** The environment is wrong; the message names every variable and its problem, one per line. */
export class BadEnvironment extends Error {
  override readonly name = 'BadEnvironment'
}

/** Parses variables by their schemas. A blank variable counts as unset; all problems are reported at once. */
export function parseEnv<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Env,
): z.infer<z.ZodObject<Shape>> {
  const given = Object.fromEntries(
    Object.keys(shape).map((name) => [
      name,
      env[name]?.trim() === '' ? undefined : env[name]?.trim(),
    ]),
  )
  const parsed = z.object(shape).safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new BadEnvironment(problems.join('\n'))
}

/** An error of the file system has a path: this one also has the variable or the option that the path is from. */
export function namedError(source: string, error: unknown): unknown {
  const isOfSystem = error instanceof Error && 'syscall' in error
  return isOfSystem ? new Error(`${source}: ${error.message}`, { cause: error }) : error
}

/** Runs what uses the path of a variable or an option; an error of the file system then names it. */
export async function namingSource<Value>(
  source: string,
  use: () => Value | Promise<Value>,
): Promise<Value> {
  try {
    return await use()
  } catch (error) {
    throw namedError(source, error)
  }
}

const digits = /^\d{1,15}$/

/** A whole number between two bounds. */
export const wholeNumber = (fallback: number, min = 0, max = Number.MAX_SAFE_INTEGER) =>
  z
    .string()
    .regex(digits, 'must be a whole number')
    .default(String(fallback))
    .transform((text) => parseInt(text, 10))
    .pipe(z.number().min(min).max(max))

/** A TCP port; 0 takes a free one. */
export const port = (fallback: number) => wholeNumber(fallback, 0, 65_535)

/** A TCP port that is closed unless it is set. */
export const optionalPort = () =>
  z
    .string()
    .regex(digits, 'must be a whole number')
    .transform((text) => parseInt(text, 10))
    .pipe(z.number().max(65_535))
    .optional()

/** Milliseconds, more than none. */
export const milliseconds = (fallback: number) => wholeNumber(fallback, 1, 86_400_000)

const durationForm = /^(?<count>\d{1,9})(?<unit>ms|[smhd])?$/
const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A length of time, such as `24h`, `7d`, `90s` or `0`, in milliseconds; undefined when it is not set. */
export const duration = (maxMs: number) =>
  z
    .string()
    .transform((text, context) => {
      const { count, unit } = durationForm.exec(text)?.groups ?? {}
      const isZero = count !== undefined && /^0+$/.test(count)
      const lengthMs = parseInt(count ?? '', 10) * unitsMs[(unit ?? 'ms') as keyof typeof unitsMs]
      if ((unit !== undefined || isZero) && lengthMs <= maxMs) return lengthMs
      const message = `must be a length of time such as 24h or 7d, at most ${maxMs / unitsMs.d}d, or 0`
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    })
    .optional()

/** `true`, `false`, `1` or `0`. */
export const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0'])
    .default(fallback ? 'true' : 'false')
    .transform((text) => text === 'true' || text === '1')

/** Values separated by commas, blanks around them ignored. */
export const list = (fallback = '') =>
  z
    .string()
    .default(fallback)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )

const isUrl = (text: string, schemes: readonly string[]): boolean => {
  // `host:8000` parses as a URL whose scheme is `host`.
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && schemes.includes(url.protocol.slice(0, -1)) && url.hostname !== ''
}

/** An address with its scheme, such as the example. */
export const address = (example: string, schemes: readonly string[] = ['http', 'https']) =>
  z.string().refine((text) => isUrl(text, schemes), `must be a URL such as ${example}`)

/** Several addresses separated by commas; none by default. */
export const addresses = (example: string) =>
  list().refine((texts) => texts.every((text) => isUrl(text, ['http', 'https'])), {
    message: `must be a URL such as ${example}, or several separated by commas`,
  })

/** Variables that every process reads. */
export const processFields = {
  APP_PROFILE: z.enum(['demo', 'production']).optional(),
  NODE_ENV: z.string().optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_FILE_PATH: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: address('http://127.0.0.1:4318').optional(),
  TRACE_SAMPLE_RATIO: z.coerce.number('must be 0 to 1').min(0).max(1).optional(),
  DRAIN_DELAY_MS: z.coerce.number('must be 0 to 5000').int().min(0).max(5_000).optional(),
}

/** Variables of every process that opens the stores. */
export const storeFields = {
  STORE: z.enum(['embedded', 'endpoint', 'aws']).optional(),
  DYNAMODB_ENDPOINT: address('http://127.0.0.1:8000').optional(),
  AWS_REGION: z.string().optional(),
  REDIS_URL: address('redis://127.0.0.1:6379', ['redis', 'rediss']).optional(),
  DATA_DIRECTORY: z.string().default('.data'),
  SLOW_STORE_MS: milliseconds(500),
  STORE_DEADLINE_MS: milliseconds(2_500),
  IDLE_AFTER_MS: wholeNumber(30_000, 0, 86_400_000),
  ...processFields,
}

type StoreVariables = z.infer<z.ZodObject<typeof storeFields>>

export type Profile = 'demo' | 'production'

/** `demo` unless the profile says otherwise; NODE_ENV=production alone means production too. */
export function profileOf(vars: {
  APP_PROFILE?: Profile | undefined
  NODE_ENV?: string | undefined
}): Profile {
  return vars.APP_PROFILE ?? (vars.NODE_ENV === 'production' ? 'production' : 'demo')
}

/** All requests in the demo, a sample of them elsewhere. */
const sampleRatios: Readonly<Record<Profile, number>> = { demo: 1, production: 0.05 }

/** How long a process stays reachable after it reports not ready, so that load balancers can notice. */
const drainDelaysMs: Readonly<Record<Profile, number>> = { demo: 0, production: 3_000 }

/** An endpoint has no regions, but a signature requires one. */
const signingRegion = 'us-west-2'

export type StoreConfig = ReturnType<typeof storeConfig>

/** Production names its store; an endpoint has a URL, and AWS a region. */
function chooseStore(vars: StoreVariables, profile: Profile) {
  const { STORE, DYNAMODB_ENDPOINT, AWS_REGION } = vars
  const store = STORE ?? (DYNAMODB_ENDPOINT ? 'endpoint' : 'embedded')
  if (profile === 'production' && !STORE) {
    throw new BadEnvironment('STORE: must be set in production (embedded, endpoint or aws)')
  }
  if (store === 'endpoint' && !DYNAMODB_ENDPOINT) {
    throw new BadEnvironment('DYNAMODB_ENDPOINT: must be set when STORE is endpoint')
  }
  if (store === 'aws' && !AWS_REGION) {
    throw new BadEnvironment('AWS_REGION: must be set when STORE is aws')
  }
  return store
}

/** Where the stores are. */
export function storeConfig(vars: StoreVariables) {
  const profile = profileOf(vars)
  const store = chooseStore(vars, profile)
  return {
    profile,
    store,
    region: vars.AWS_REGION ?? signingRegion,
    endpoint: vars.DYNAMODB_ENDPOINT,
    redisUrl: vars.REDIS_URL,
    dataDirectory: vars.DATA_DIRECTORY,
    slowStoreMs: vars.SLOW_STORE_MS,
    storeDeadlineMs: vars.STORE_DEADLINE_MS,
    idleAfterMs: vars.IDLE_AFTER_MS,
    drainDelayMs: vars.DRAIN_DELAY_MS ?? drainDelaysMs[profile],
    log: { level: vars.LOG_LEVEL, filePath: vars.LOG_FILE_PATH },
    tracing: {
      endpoint: vars.OTEL_EXPORTER_OTLP_ENDPOINT,
      sampleRatio: vars.TRACE_SAMPLE_RATIO ?? sampleRatios[profile],
    },
  } as const
}

/** Which store a process uses, for people. */
export const placeOfStore = ({ store, endpoint, region, dataDirectory }: StoreConfig): string =>
  ({
    embedded: `embedded in ${dataDirectory}`,
    endpoint: `endpoint ${endpoint}`,
    aws: `aws ${region}`,
  })[store]

/** Keys that sign calls, newest first: `id:secret,id:secret`. Secrets have at least 32 characters. */
export const signingKeys = () =>
  z
    .string()
    .transform((text) =>
      text.split(',').map((pair) => {
        const colon = pair.indexOf(':')
        return {
          id: pair.slice(0, Math.max(colon, 0)).trim(),
          secret: pair.slice(colon + 1).trim(),
        }
      }),
    )
    .refine((keys) => keys.every(({ id, secret }) => id !== '' && secret.length >= 32), {
      message:
        'must be id:secret pairs separated by commas, each secret at least 32 characters long',
    })
