/** The compiled operations of one supergraph: a bounded cache by document hash and operation name. */
import type { CancelSignal } from './cancellation.ts'
import { createHash } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { documentBytes } from '@cnop/kit/document-bytes'
import { GraphQLError, Kind, parse, validate, type DocumentNode } from 'graphql'
import { compileOperation, type CompiledOperation, type CompileSetting } from './compile.ts'
import { createLimitedMap } from './limited-map.ts'
import { UnsupportedPlan } from './plan/graph.ts'
import {
  createOperationPlanner,
  type PlannedOperation,
  type PlanRequest,
  type PlanSetting,
} from './plan/plan-operation.ts'
import { longestName } from './plan/planner.ts'
import type { Variant, Variants } from './rules/variants.ts'
import { createSharedWork, workKey } from './shared-work.ts'
import type { LoadedSupergraph, OperationLimits } from './supergraph.ts'

/** An operation that only the stock executor can run. */
export const stockOnly = Symbol('stock only')

type Compiled = CompiledOperation | typeof stockOnly

export interface KnownOperation {
  readonly document: string
  readonly operationName?: string | undefined
}

export interface PlanOrigin {
  /** Aborts when the client has left. */
  readonly signal: CancelSignal | undefined
  readonly caller: string | undefined
}

export interface Operations {
  /** Finds the operation of a valid document, or plans and compiles it. */
  find(
    queryHash: string,
    request: Omit<PlanRequest, 'signal' | 'caller'>,
    /** Who asks; only called when the operation must be planned. */
    origin?: () => PlanOrigin,
  ): Compiled | Promise<Compiled>
  /** The same for a document that is not validated; rejects with its first error. */
  add(operation: KnownOperation, timeLimitMs?: number): Promise<CompiledOperation>
  /** Validates and plans a document past the cache. */
  plan(operation: KnownOperation): Promise<PlannedOperation>
  /** Compiles a planned operation past the cache. */
  compile(planned: PlannedOperation): CompiledOperation
  readonly size: number
}

export type PlanOutcome = 'planned' | 'too_complex' | 'cancelled' | 'failed'

/** Called once for each operation that was planned. */
export type PlanObserver = (notice: {
  readonly operationName: string | undefined
  readonly outcome: PlanOutcome
  /** From the request for the plan until it was compiled, waiting included. */
  readonly durationMs: number
}) => void

export interface OperationsSetting extends CompileSetting, PlanSetting {
  readonly limits: OperationLimits
  /** Present where the supergraph has labels or rules of access. */
  readonly variants: Variants | undefined
  readonly onPlan: PlanObserver | undefined
}

interface Held {
  readonly compiled: Compiled
  readonly bytes: number
}

/** An operation that was refused is not planned again for this time. */
const refusedMs = 60_000

interface Refusals {
  /** Throws the refusal of an operation that was too complex to plan a short time ago. */
  check(key: string): void
  /** Keeps an error that says so. */
  keep(key: string, error: unknown): boolean
}

function createRefusals(most: number): Refusals {
  const kept = createLimitedMap<{ readonly error: GraphQLError; readonly until: number }>(most)
  return {
    check: (key) => {
      const refusal = kept.get(key)
      if (refusal && refusal.until > performance.now()) throw refusal.error
    },
    keep: (key, error) => {
      if (!isTooComplex(error)) return false
      kept.set(key, { error, until: performance.now() + refusedMs })
      return true
    },
  }
}

export function createOperations(
  supergraph: LoadedSupergraph,
  setting: OperationsSetting,
): Operations {
  const { mostOperations, mostOperationBytes } = setting.limits
  const held = createLimitedMap<Held>(mostOperations, {
    mostBytes: mostOperationBytes,
    bytesOf: ({ bytes }) => bytes,
  })
  const refusals = createRefusals(mostOperations)
  const planOperation = createOperationPlanner(supergraph, setting)
  const planning = createSharedWork<Compiled>()

  async function create(key: string, request: PlanRequest): Promise<Compiled> {
    const note = startNote(request, setting.onPlan)
    try {
      const compiled = compile(await planOperation(request))
      held.set(key, { compiled, bytes: operationBytes(request.document, compiled) })
      note('planned')
      return compiled
    } catch (error) {
      note(refusals.keep(key, error) ? 'too_complex' : outcomeOf(request))
      throw error
    }
  }

  const compile = (planned: PlannedOperation) => compilePlanned(planned, setting)
  const find: Operations['find'] = (queryHash, request, origin) => {
    const key = keyOf(queryHash, nameThatChooses(request), request.variant)
    const known = held.get(key)
    if (known) return known.compiled
    refusals.check(key)
    const { signal: own, caller } = origin?.() ?? {}
    return planning.join(workKey(key), own, (signal) => create(key, { ...request, caller, signal }))
  }

  return {
    find,
    add: async ({ document: text, operationName }, timeLimitMs) => {
      const document = validDocument(supergraph, text)
      const hash = createHash('sha256').update(text).digest('hex')
      const variant = setting.variants?.plain(hash, document)
      return compiledOnly(await find(hash, { document, operationName, variant, timeLimitMs }))
    },
    plan: async ({ document, operationName }) =>
      planOperation({ document: validDocument(supergraph, document), operationName }),
    compile: (planned) => compiledOnly(compile(planned)),
    get size() {
      return held.size
    },
  }
}

/** Why an operation was not planned, apart from its complexity. */
function outcomeOf({ signal }: PlanRequest): PlanOutcome {
  return signal?.aborted === true ? 'cancelled' : 'failed'
}

function compilePlanned(
  { source, plans, contested, refused }: PlannedOperation,
  setting: CompileSetting,
): Compiled {
  try {
    return compileOperation(source, plans, { ...setting, contested, refused })
  } catch (error) {
    if (error instanceof UnsupportedPlan) return stockOnly
    throw error
  }
}

function startNote(
  { document, operationName = firstName(document) }: PlanRequest,
  onPlan: PlanObserver | undefined,
): (outcome: PlanOutcome) => void {
  const startedAt = performance.now()
  return (outcome) =>
    onPlan?.({ operationName, outcome, durationMs: performance.now() - startedAt })
}

function firstName({ definitions }: DocumentNode): string | undefined {
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  return operation?.name?.value
}

function isTooComplex(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && error.extensions['code'] === 'PLAN_TOO_COMPLEX'
}

function validDocument({ apiSchema }: LoadedSupergraph, text: string): DocumentNode {
  const document = parse(text)
  // One is enough, and looking for what was meant takes time.
  const [problem] = validate(apiSchema, document, undefined, { maxErrors: 1 })
  if (problem) throw problem
  return document
}

function compiledOnly(compiled: Compiled): CompiledOperation {
  if (compiled === stockOnly) throw new UnsupportedPlan('Only the stock executor can run this.')
  return compiled
}

/** The name that a request gives, where the document has several operations. */
function nameThatChooses({ document, operationName }: PlanRequest): string | undefined {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  return operations.length > 1 ? operationName : undefined
}

function keyOf(queryHash: string, operationName = '', variant: Variant | undefined): string {
  const rest = variant?.key ?? ''
  if (operationName.length <= longestName) return `${queryHash}:${operationName}${rest}`
  return `${queryHash}#${createHash('sha256').update(operationName).digest('hex')}${rest}`
}

/** The measured memory of the smallest operation, with its plan and functions. */
const leastBytes = 40_000

/** The approximate memory of a compiled operation, including the writers that may be added to it. */
function operationBytes(document: DocumentNode, compiled: Compiled): number {
  const writers = compiled === stockOnly ? 1 : compiled.mostWriters
  return leastBytes + documentBytes(document) * (1 + writers / 4)
}
