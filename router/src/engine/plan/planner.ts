/** Apollo's query planner as the engine uses it. This file runs in planner processes and does not load the gateway. */
import {
  Operation,
  Supergraph,
  federationMetadata,
  isInterfaceType,
  isObjectType,
  operationFromDocument,
  type InterfaceType,
  type ObjectType,
  type Schema,
} from '@apollo/federation-internals'
import { QueryPlanner, type QueryPlan } from '@apollo/query-planner'
import { parse } from 'graphql'

export const plannerConfig = {
  // Operations with named fragments cannot be batched.
  reuseQueryFragments: false,
  /**
   * An operation may have thousands of equivalent plans. The planner removes detours first; evaluating as many as its
   * default allows takes seconds and gigabytes.
   */
  debug: { maxEvaluatedPlans: 200 },
} as const

/** Plans the operation of a document text; `labels` are those of overrides that are active. */
export type PlanOperation = (
  document: string,
  operationName: string | undefined,
  labels: readonly string[],
) => QueryPlan

export function openPlanner(supergraphSdl: string): PlanOperation {
  const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false })
  const planner = new QueryPlanner(supergraph, plannerConfig)
  removeUnresolvableKeys(planner)
  const schema = supergraph.apiSchema()
  return (document, operationName, labels) => {
    const named = operationName === undefined ? {} : { operationName }
    const operation = operationFromDocument(schema, parse(document, { noLocation: true }), named)
    const overrideConditions = new Map(labels.map((label) => [label, true]))
    return planner.buildQueryPlan(withShortName(operation), { overrideConditions })
  }
}

/** Longer operation names are not passed to subgraphs: a plan repeats the name in each fetch. */
export const longestName = 64

function withShortName(operation: Operation): Operation {
  if ((operation.name?.length ?? 0) <= longestName) return operation
  const { rootKind, selectionSet, variableDefinitions, fragments, appliedDirectives } = operation
  return new Operation(
    operation.schema(),
    rootKind,
    selectionSet,
    variableDefinitions,
    fragments,
    undefined,
    appliedDirectives,
  )
}

/** A private field of the planner: the schema of each service. Its query graph is already built. */
interface PlannerInside {
  readonly federatedQueryGraph: { readonly sources: ReadonlyMap<string, Schema> }
}

/**
 * Corrects the planner: to re-enter a service for a field with `@requires`, it uses the first key whose fields the
 * service has, even one marked `resolvable: false`. Such keys are removed where a type has others.
 */
function removeUnresolvableKeys(planner: QueryPlanner): void {
  const { sources } = (planner as unknown as PlannerInside).federatedQueryGraph
  for (const schema of sources.values()) {
    for (const type of schema.types()) {
      if (isObjectType(type) || isInterfaceType(type)) removeKeysOf(schema, type)
    }
  }
}

function removeKeysOf(schema: Schema, type: ObjectType | InterfaceType): void {
  const keyDirective = federationMetadata(schema)?.keyDirective()
  if (!keyDirective) return
  const keys = [...type.appliedDirectivesOf(keyDirective)]
  const closed = keys.filter((key) => key.arguments().resolvable === false)
  if (closed.length === keys.length) return
  for (const key of closed) key.remove()
}
