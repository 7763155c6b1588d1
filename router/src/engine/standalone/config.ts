/**
 * The configuration of the standalone engine: one YAML or JSON file. `${env.NAME}` and `${env.NAME:-default}` in any
 * text stand for variables. `config-schema.json` is made of the same rules.
 */
import { readFile } from 'node:fs/promises'
import type { Env } from '@cnop/kit/config'
import { parse } from 'yaml'
import { z } from 'zod'

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const
const durationForm = /^(\d{1,9})(ms|s|m|h)$/

/** A text such as `30s`, in milliseconds. */
const duration = (fallback: string) =>
  z
    .string()
    .regex(durationForm, 'must be a duration such as 500ms, 30s or 5m')
    .default(fallback)
    .transform((text) => {
      const [, count = '0', unit = 'ms'] = durationForm.exec(text) ?? []
      return parseInt(count, 10) * units[unit as keyof typeof units]
    })

const count = (fallback: number, least = 0) => z.coerce.number().int().min(least).default(fallback)
const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)
/** Variables are texts. */
const flag = (fallback: boolean) => z.union([z.boolean(), z.stringbool()]).default(fallback)
const text = z.string().min(1)
const headerName = z
  .string()
  .regex(/^[\w!#$%&'*+.^`|~-]{1,200}$/, 'must be the name of a header')
  .transform((name) => name.toLowerCase())
const pattern = z.string().transform((source, context) => {
  try {
    return new RegExp(source, 'i')
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a regular expression' })
    return z.NEVER
  }
})

const headerRule = z.union([
  z.strictObject({
    propagate: z.strictObject({
      named: headerName,
      rename: headerName.optional(),
      default: z.string().optional(),
    }),
  }),
  z.strictObject({ propagate: z.strictObject({ matching: pattern }) }),
  z.strictObject({ set: z.strictObject({ name: headerName, value: z.string() }) }),
  z.strictObject({ remove: z.strictObject({ named: headerName }) }),
  z.strictObject({ remove: z.strictObject({ matching: pattern }) }),
])

/** One thing that happens to the headers of a call to a subgraph; later rules win. */
export type HeaderRule = z.infer<typeof headerRule>

const breaker = z.strictObject({
  failures: count(5, 1),
  successes: count(3, 1),
  open_for: duration('60s'),
  probe_every: duration('1s'),
})

const subgraphFields = {
  timeout: duration('30s').optional(),
  /** How often a query is sent again that failed before an answer came. */
  retries: z.coerce.number().int().min(0).max(5).optional(),
  connections: z.coerce.number().int().min(1).max(1_000).optional(),
  /** Without it, calls are never refused. */
  breaker: breaker.optional(),
}

const subgraphRules = z.strictObject({ url: z.url().optional(), ...subgraphFields })

const label = z.union([
  z.boolean(),
  z.strictObject({ header: headerName, equals: z.string().optional() }),
])

const jwt = z.strictObject({
  /** Where the keys are, as a JSON Web Key Set. */
  jwks: z.union([z.strictObject({ url: z.url() }), z.strictObject({ file: text })]),
  issuer: text.optional(),
  audience: text.optional(),
  header: headerName.default('authorization'),
  prefix: z.string().default('Bearer'),
  algorithms: z.array(text).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
})

const fields = z.strictObject({
  supergraph: z.union([
    z.strictObject({ file: text, poll_every: duration('2s') }),
    z.strictObject({
      url: z.url(),
      poll_every: duration('10s'),
      headers: z.record(headerName, z.string()).default({}),
    }),
  ]),
  server: z
    .strictObject({
      host: text.default('127.0.0.1'),
      port: port(4000),
      path: z.string().startsWith('/').default('/graphql'),
      /** Accepted `Host` headers, beside localhost and addresses; none: every one where others reach the port. */
      hosts: z.array(text).default([]),
      drain_delay: duration('5s'),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      host: text.default('127.0.0.1'),
      port: port(9090),
      enabled: z.boolean().default(true),
    })
    .prefault({}),
  introspection: flag(false),
  limits: z
    .strictObject({
      body_bytes: count(1024 * 1024, 1),
      reply_bytes: count(16 * 1024 * 1024, 1),
      tokens: count(5_000, 1),
      fields: count(5_000, 1),
      depth: count(100, 1),
      aliases: count(1_000),
      root_fields: count(1_000, 1),
      directives: count(1_000),
      planning: duration('2s'),
    })
    .prefault({}),
  share: z.enum(['none', 'calls', 'requests']).default('none'),
  headers: z
    .strictObject({
      all: z.array(headerRule).default([]),
      subgraphs: z.record(text, z.array(headerRule)).default({}),
    })
    .prefault({}),
  subgraphs: z
    .strictObject({
      all: z.strictObject(subgraphFields).prefault({}),
      named: z.record(text, subgraphRules).default({}),
    })
    .prefault({}),
  override_labels: z.record(text, label).default({}),
  authentication: z.strictObject({ jwt }).optional(),
  authorization: z
    .strictObject({ unauthorized: z.enum(['filter', 'reject']).default('filter') })
    .prefault({}),
  demand_control: z
    .strictObject({
      mode: z.enum(['measure', 'enforce']),
      max: count(1_000, 1),
      list_size: count(10, 0),
      /** Also measures what the answers cost, which reads each of them once more. */
      actual: flag(false),
    })
    .optional(),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
})

export type StandaloneConfig = z.infer<typeof fields>

/** The file cannot be used; each line names a place in it and its problem. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig'
}

export async function loadConfig(file: string, env: Env): Promise<StandaloneConfig> {
  return parseConfig(await readFile(file, 'utf8'), env)
}

export function parseConfig(source: string, env: Env): StandaloneConfig {
  const parsed = fields.safeParse(expand(readYaml(source), env, []))
  if (parsed.success) return parsed.data
  throw new BadConfig(z.prettifyError(parsed.error))
}

/** The JSON schema of the file, for editors. */
export function configSchema(): unknown {
  return z.toJSONSchema(fields, { io: 'input', unrepresentable: 'any' })
}

function readYaml(source: string): unknown {
  try {
    // A file without content is refused by what it lacks.
    return (parse(source) as unknown) ?? {}
  } catch (error) {
    throw new BadConfig(error instanceof Error ? error.message : String(error))
  }
}

const reference = /\$\{env\.(\w+)(?::-([^}]*))?\}/g

function expand(value: unknown, env: Env, path: readonly string[]): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(reference, (_all, name: string, fallback: string | undefined) => {
      const found = env[name] ?? fallback
      if (found === undefined)
        throw new BadConfig(`${path.join('.')}: the variable ${name} is not set`)
      return found
    })
  }
  if (Array.isArray(value)) {
    return value.map((each, index) => expand(each, env, [...path, String(index)]))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, expand(inner, env, [...path, name])]),
  )
}
