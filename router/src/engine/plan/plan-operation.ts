/** From a valid document to the plans of its operation. */
import type { QueryPlan } from '@apollo/query-planner'
import { print, type DocumentNode } from 'graphql'
import type { LoadedSupergraph } from '../supergraph.ts'
import {
  aliasConflicts,
  noSuchOperation,
  readOperation,
  renameOwnVariable,
  type ClientOperation,
} from './client-operation.ts'
import { refuseLargeDocument } from './document-size.ts'
import { withoutIntrospection } from './introspection.ts'
import { splitPasses } from './passes.ts'
import { identifySupergraph, type PlannerPool } from './planner-pool.ts'
import { readRequirements } from './requirements.ts'

export interface PlannedOperation {
  readonly source: ClientOperation
  /** One, unless the operation was split into passes. */
  readonly plans: readonly QueryPlan[]
  /** Names of fields that passes fetch with different arguments. */
  readonly contested: ReadonlySet<string>
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
  readonly signal?: AbortSignal | undefined
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
  return async ({ document, operationName, signal, timeLimitMs = setting.timeLimitMs }) => {
    refuseLargeDocument(document)
    const renamed = renameOwnVariable(document)
    const aliased = aliasConflicts(renamed.document, rules)
    const source = readOperation(aliased.document, operationName, { ...renamed, ...aliased })
    if (!source) throw noSuchOperation()
    const planned = await Promise.all(
      splitPasses(aliased.document, apiSchema, requirements).map((pass) => {
        const text = print(withoutIntrospection(pass))
        return setting.planners.plan(
          { supergraph, document: text, operationName, timeLimitMs },
          signal,
        )
      }),
    )
    return {
      source,
      plans: planned.map(({ plan }) => plan),
      contested: requirements.contested,
      planningMs: planned.reduce((sum, { planningMs }) => sum + planningMs, 0),
    }
  }
}
