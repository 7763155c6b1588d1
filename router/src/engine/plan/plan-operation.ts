/** From a valid document to the plans of its operation. */
import type { CancelSignal } from '../cancellation.ts'
import type { QueryPlan } from '@apollo/query-planner'
import {
  print,
  type DocumentNode,
  GraphQLError,
  Kind,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  visit,
  type FieldNode,
} from 'graphql'
import type { LoadedSupergraph } from '../supergraph.ts'
import {
  aliasConflicts,
  mayMention,
  noSuchOperation,
  readOperation,
  renameOwnVariable,
  type ClientOperation,
} from './client-operation.ts'
import { markNumbers, restoreNumbers } from './exact-numbers.ts'
import { splitPasses } from './passes.ts'
import { identifySupergraph, type PlannerPool } from './planner-pool.ts'
import { removeRefused, type Refused } from '../rules/refused-fields.ts'
import type { Variant } from '../rules/variants.ts'
import { readRequirements } from './requirements.ts'

export interface PlannedOperation {
  readonly source: ClientOperation
  /** One, unless the operation was split into passes. */
  readonly plans: readonly QueryPlan[]
  /** Names of fields that passes fetch with different arguments. */
  readonly contested: ReadonlySet<string>
  /** The fields that the caller may not read, if any. */
  readonly refused: Refused | undefined
  /** The time in the planner. */
  readonly planningMs: number
}

export interface PlanSetting {
  readonly planners: PlannerPool
  readonly timeLimitMs: number
}

export interface PlanRequest {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly signal?: CancelSignal | undefined
  readonly caller?: string | undefined
  /** Which overrides are active, and which fields are refused. */
  readonly variant?: Variant | undefined
  /** Overrides the limit of the setting, for operations that are planned before they are served. */
  readonly timeLimitMs?: number | undefined
}

export type PlanOperation = (request: PlanRequest) => Promise<PlannedOperation>

export function createOperationPlanner(
  { supergraphSdl, supergraphSchema, apiSchema }: LoadedSupergraph,
  setting: PlanSetting,
): PlanOperation {
  const requirements = readRequirements(supergraphSchema)
  const rules = { supergraph: supergraphSchema, requiredArguments: requirements.argumentsOf }
  const supergraph = identifySupergraph(supergraphSdl)
  return async ({ document, operationName, signal, caller, variant, ...request }) => {
    const timeLimitMs = request.timeLimitMs ?? setting.timeLimitMs
    refuseLargeDocument(document)
    const renamed = renameOwnVariable(document)
    const aliased = aliasConflicts(renamed.document, rules)
    const source = readOperation(aliased.document, operationName, { ...renamed, ...aliased })
    if (!source) throw noSuchOperation()
    const refused = variant && removeRefused(source, apiSchema, variant)
    const readable = refused?.document ?? aliased.document
    const passes = refused?.isWhole ? [] : splitPasses(readable, apiSchema, requirements)
    const labels = variant?.labels
    const planned = await Promise.all(
      passes.map(async (pass) => {
        const plannable = withoutIntrospection(pass)
        const marked = markNumbers(plannable, apiSchema)
        const text = print(marked)
        const job = { supergraph, document: text, operationName, labels, timeLimitMs, caller }
        const made = await setting.planners.plan(job, signal)
        return marked === plannable ? made : { ...made, plan: restoreNumbers(made.plan) }
      }),
    )
    return {
      source,
      refused,
      plans: planned.map(({ plan }) => plan),
      contested: requirements.contested,
      planningMs: planned.reduce((sum, { planningMs }) => sum + planningMs, 0),
    }
  }
}

/** The most selections of a document with its fragments expanded. */
const mostSelections = 10_000

/** Throws where a document expands beyond the limit. The time is linear to its text: each fragment is counted once. */
function refuseLargeDocument({ definitions }: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  }
  const counts = new Map<string, number>()
  const countFragment = (name: string): number => {
    const known = counts.get(name)
    if (known !== undefined) return known
    // A fragment that spreads itself is refused by validation.
    counts.set(name, 0)
    const fragment = fragments.get(name)
    const count = fragment ? countSelections(fragment.selectionSet) : 0
    counts.set(name, count)
    return count
  }
  const countSelections = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, node) => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return sum + 1 + countFragment(node.name.value)
      return sum + 1 + (node.selectionSet ? countSelections(node.selectionSet) : 0)
    }, 0)
  for (const node of definitions) {
    if (!('selectionSet' in node) || countSelections(node.selectionSet) <= mostSelections) continue
    throw new GraphQLError(
      `The document has more than ${mostSelections} selections with its fragments expanded.`,
      { extensions: { code: 'QUERY_TOO_COMPLEX', http: { status: 400 } } },
    )
  }
}

const introspectionFields = new Set(['__schema', '__type'])

/**
 * The part of a document that subgraphs resolve; the same document where nothing is introspected. The planner's own
 * introspection types are older (they lack `__Type.isOneOf`), and expanding them would be wasted work.
 */
export function withoutIntrospection(document: DocumentNode): DocumentNode {
  if (!mayMention(document, ...introspectionFields)) return document
  const found = { any: false }
  const rest = visit(document, {
    Field: (node) => {
      if (!introspectionFields.has(node.name.value)) return undefined
      found.any = true
      const { alias, directives } = node
      const name = { kind: Kind.NAME, value: '__typename' } as const
      return { kind: Kind.FIELD, alias: alias ?? node.name, name, directives } as FieldNode
    },
  })
  if (!found.any) return document
  return {
    ...rest,
    definitions: rest.definitions.filter(
      (node) =>
        node.kind !== Kind.FRAGMENT_DEFINITION || !node.typeCondition.name.value.startsWith('__'),
    ),
  }
}
