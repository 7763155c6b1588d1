import { z } from 'zod'
import type { Route } from './route.ts'
import { restPrefix, routes } from './table.ts'

type Json = Record<string, unknown>

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return json
}

const fieldError = z.object({
  type: z.string(),
  loc: z.array(z.union([z.string(), z.number()])),
  msg: z.string(),
  input: z.unknown(),
  ctx: z.record(z.string(), z.unknown()).optional(),
})

const problem = z
  .object({
    type: z.string().meta({ description: 'Names the kind of problem, stable.' }),
    title: z.string(),
    status: z.int(),
    detail: z
      .union([z.string(), z.array(fieldError)])
      .meta({ description: 'A sentence, or one object for each field that breaks its rule.' }),
    instance: z.string(),
    error: z.string(),
    code: z.string().meta({ description: 'The same as error.' }),
    message: z.string(),
    timestamp: z.iso.datetime(),
    request_id: z.string(),
  })
  .meta({ description: 'RFC 9457 problem details with the members that older clients read.' })

const problemContent = (type: string): Json => ({
  [type]: { schema: { $ref: '#/components/schemas/Problem' } },
})

const header = (description: string): Json => ({ description, schema: { type: 'string' } })

/** Headers of every response. */
const headers = {
  'X-Request-ID': header('Names the request in logs; quote it in a report.'),
  'X-RateLimit-Limit': header('Requests of one address in a minute.'),
  'X-RateLimit-Remaining': header('How many are left.'),
  'X-RateLimit-Reset': header('When the minute ends, in seconds since 1970.'),
}

const retryAfter = header('Seconds after which the same request may be sent again.')

const refusal = (description: string, type = 'application/problem+json'): Json => ({
  description,
  headers,
  content: problemContent(type),
})

/** A refusal with a header of its own. */
const refusalUntil = (description: string): Json => ({
  ...refusal(description),
  headers: { ...headers, 'Retry-After': retryAfter },
})

const chosenKey = header('The key that was chosen for a request without one, for a repeat.')

/** A read has no outcome that could be unknown. */
function unavailable({ method, isCommand }: Route): string {
  const always =
    'A service does not answer, and nothing happened; Retry-After says when to try again.'
  if (method === 'get') return always
  const findOut = isCommand
    ? 'repeat the request with the same Idempotency-Key, which the response names'
    : 'read what the request changes before it is sent again'
  return `${always} Without Retry-After the outcome is unknown (OUTCOME_UNKNOWN): ${findOut}.`
}

function listRefusals(route: Route): Record<string, Json> {
  const { inputs, isProtected, refusals = {} } = route
  const takesInput = inputs.path ?? inputs.query ?? inputs.body
  const own = Object.entries(refusals).map(([status, text]) => [status, refusal(text)] as const)
  return {
    ...((inputs.body ?? inputs.path) && {
      400: refusal('The body is not JSON, or the path is not well-formed.'),
    }),
    ...(inputs.body && {
      413: refusal('The body is too large.'),
      415: refusal('The charset or the encoding of the body is not supported.'),
    }),
    401: refusal(isProtected ? 'The token is missing or bad.' : 'The token is bad.'),
    ...(takesInput && {
      422: refusal('A field breaks its rule, or the platform refuses this.', 'application/json'),
    }),
    429: refusalUntil('Too many requests; Retry-After says when to try again.'),
    503: refusalUntil(unavailable(route)),
    ...Object.fromEntries(own),
  }
}

function listParameters({ inputs, isCommand }: Route): Json[] {
  const places = [
    ['path', inputs.path],
    ['query', inputs.query],
  ] as const
  const fields = places.flatMap(([place, schema]) => {
    if (!schema) return []
    const { properties = {} } = schemaOf(schema, 'input') as { properties?: Record<string, Json> }
    return Object.entries(properties).map(([name, json]) => {
      const { description, ...rest } = json
      const isRequired = place === 'path'
      return {
        name,
        in: place,
        required: isRequired,
        ...(description !== undefined && { description }),
        schema: rest,
      }
    })
  })
  return isCommand ? [...fields, { $ref: '#/components/parameters/IdempotencyKey' }] : fields
}

function describeRoute(route: Route): Json {
  const { summary, description, tag, operation, inputs, status, answer, isProtected, isCommand } =
    route
  const { example } = route
  return {
    tags: [tag],
    summary,
    ...(description && { description }),
    operationId: operation,
    security: isProtected ? [{ bearer: [] }] : [],
    parameters: listParameters(route),
    ...(inputs.body && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: schemaOf(inputs.body, 'input'),
            ...(example && { example }),
          },
        },
      },
    }),
    responses: {
      [status]: {
        description: 'Success.',
        headers: { ...headers, ...(isCommand && { 'Idempotency-Key': chosenKey }) },
        content: { 'application/json': { schema: schemaOf(answer, 'output') } },
      },
      ...listRefusals(route),
    },
  }
}

function listPaths(): Record<string, Json> {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = `${restPrefix}${route.path}`
    paths[path] = { ...paths[path], [route.method]: describeRoute(route) }
  }
  return paths
}

const health = {
  get: {
    tags: ['Operations'],
    summary: 'Says how the platform is; 200 also when degraded',
    operationId: 'Health',
    security: [],
    responses: {
      200: {
        description: 'Success.',
        content: {
          'application/json': {
            schema: schemaOf(
              z.object({
                status: z.string(),
                service: z.literal('gateway'),
                redis: z.boolean(),
                checks: z.record(z.string(), z.object({ status: z.string(), breaker: z.string() })),
              }),
              'output',
            ),
          },
        },
      },
    },
  },
}

/** The whole contract as OpenAPI 3.1, made of the route table and its schemas. */
export function describeApi(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'REST API',
      version: '1.0.0',
      description: 'The platform of the GraphQL API, under the paths of the older clients.',
    },
    servers: [{ url: '/' }],
    paths: { ...listPaths(), '/health': health },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          required: false,
          description:
            '8 to 64 letters, digits, hyphens or underscores: a repeat does nothing twice.',
          schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{8,64}$' },
        },
      },
      schemas: { Problem: schemaOf(problem, 'output') },
    },
  }
}
