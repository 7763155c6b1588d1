import { existsSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { scalars } from '@cnop/kit/scalars'
import { scopedTracer } from '@cnop/kit/tracing/span'
import { endedCallerSession } from '@cnop/kit/subgraph'
import type { AccessRules } from '@cnop/schema/access'
import { type ErrorCode, errorCodes } from '@cnop/schema/codes'
import { manifest, manifestNames, registeredOperations, supergraph } from '@cnop/schema/read'
import { type GraphQLSchema, GraphQLScalarType } from 'graphql'
import { Histogram, type Registry } from 'prom-client'
import { hasSessionEnded } from '../auth/authenticate.ts'
import type { EndedSessions } from '../auth/ended-sessions.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import type { PlanObserver } from '../engine/operations.ts'
import type { StoredPlans } from '../engine/plan/stored-plans.ts'
import { SubgraphFault, type SubgraphTransport } from '../engine/transport.ts'
import type { OperationContext } from '../edge/request-context.ts'
import { callerOf } from '../subgraphs/callers.ts'
import { SubgraphFailure } from '../subgraphs/failure.ts'
import { pointsOf } from '../subgraphs/heavy-calls.ts'
import type { SubgraphLink } from '../subgraphs/links.ts'
import { noteJoinedFetches } from '../trace/operation-spans.ts'

interface GatewayParts {
  readonly links: readonly SubgraphLink[]
  readonly access: AccessRules
  readonly endedSessions: Pick<EndedSessions, 'has'>
  readonly registry: Registry
}

/** Opens the engine over the supergraph: the compiled executor, or Apollo's own. */
export async function openGateway(
  config: {
    readonly engine: 'compiled' | 'stock'
    readonly documentCacheBytes: number
    readonly isPersistedOnly: boolean
  },
  { links, access, endedSessions, registry }: GatewayParts,
): Promise<Engine> {
  const engine = await createEngine<OperationContext>({
    supergraphSdl: supergraph(),
    executor: config.engine,
    mostOperationBytes: config.documentCacheBytes,
    transport: openTransport(links, endedSessions),
    tracer: scopedTracer,
    onCall: noteJoinedFetches,
    onPlan: observePlanning(registry),
    signal: ({ request }) => request.clientLeft?.(),
    transformApiSchema: installScalars,
    caller: ({ request }) => callerOf(request),
    known: persistedOperations(),
    ...readStoredPlans(),
    // Public fields are fetched without an identity, and shared between concurrent requests.
    isPublicFetch: ({ fields }) => fields.every((field) => access.get(field) === 'PUBLIC'),
  })
  // Starts a planner, so that the first document of a client does not wait for it.
  if (!config.isPersistedOnly) engine.plan('{ __typename }').catch(() => undefined)
  return engine
}

/** Only registered operations become labels. */
function observePlanning(registry: Registry): PlanObserver {
  const known = registeredOperations()
  const seconds = new Histogram({
    name: 'gateway_planning_seconds',
    help: 'The time to plan and compile an operation, waiting included.',
    labelNames: ['operation', 'outcome'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  return ({ operationName, outcome, durationMs }) => {
    const isKnown = operationName !== undefined && known.has(operationName)
    seconds.observe({ operation: isKnown ? operationName : 'other', outcome }, durationMs / 1000)
  }
}

/** Persisted operations are compiled before the first request. */
export const persistedOperations = (): { document: string }[] =>
  manifestNames.flatMap((name) => Object.values(manifest(name)).map((document) => ({ document })))

export const plansFile = new URL('../generated/plans.json', import.meta.url)

/** The plans of the persisted operations; `npm run generate` writes them. Without the file they are planned at the start. */
function readStoredPlans(): { storedPlans?: StoredPlans } {
  if (!existsSync(plansFile)) return {}
  return { storedPlans: JSON.parse(readFileSync(plansFile, 'utf8')) as StoredPlans }
}

function openTransport(
  links: readonly SubgraphLink[],
  endedSessions: Pick<EndedSessions, 'has'>,
): SubgraphTransport<OperationContext> {
  const byName = new Map<string, SubgraphLink>(links.map((link) => [link.name, link]))
  return {
    isRefusing: (service) => byName.get(service)?.breakerState() === 'open',
    timeLeftMs: ({ request }) => request.deadlineAt - performance.now(),
    isOutOfTime: (failure) =>
      failure instanceof SubgraphFault &&
      failure.cause instanceof SubgraphFailure &&
      failure.cause.kind === 'timeout',
    send: async ({ service, body, operationName, isMutation, isAnonymousPublic, ...call }) => {
      const link = byName.get(service)
      if (!link) throw new Error(`The supergraph names an unknown subgraph: ${service}`)
      const { isShared, fields } = call
      const context = call.context.request
      // The calls of a mutation follow each other, and one of them may end the session.
      if (isMutation && hasSessionEnded(context, endedSessions)) {
        throw new SubgraphFault(errorCodes.SESSION_ENDED, 'SESSION_ENDED')
      }
      try {
        const text = await link.call({
          body,
          operationName,
          isMutation,
          isAnonymous: isAnonymousPublic,
          isShared,
          points: isMutation ? 0 : pointsOf(link.name, fields),
          context,
        })
        if (isMutation && endedCallerSession(text)) context.sessionEnded = true
        return { text }
      } catch (error) {
        if (!(error instanceof SubgraphFailure)) throw error
        const code = isMutation ? error.mutationCode : error.code
        throw new SubgraphFault(describeFailure(service, error, code), code, error)
      }
    },
  }
}

function describeFailure(service: string, { kind }: SubgraphFailure, code: ErrorCode): string {
  if (code === 'OUTCOME_UNKNOWN') {
    return `The ${service} service did not answer, and the command may have taken effect. Repeat it with the same key; without a key, read what it changes first.`
  }
  if (kind === 'store') return 'The data store does not answer.'
  if (kind === 'too_large') {
    return `The ${service} service answered with more than an answer may hold.`
  }
  return kind === 'status' || kind === 'injected'
    ? `The ${service} service answered with an error.`
    : `The ${service} service does not answer.`
}

/** Adds the scalar parsers to the public schema, so that invalid amounts are refused before planning. */
export function installScalars(schema: GraphQLSchema): GraphQLSchema {
  for (const scalar of Object.values(scalars)) {
    const type = schema.getType(scalar.name)
    if (!(type instanceof GraphQLScalarType)) continue
    type.parseValue = scalar.parseValue
    type.parseLiteral = scalar.parseLiteral
  }
  return schema
}
