import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server'
import {
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql'
import type { RequestContext, OperationContext } from '../edge/request-context.ts'
import { inTheirTypes } from '../engine/coerce.ts'
import { Refusal } from '../errors/refusal.ts'
import type { CountErrors } from './operation-metrics.ts'

/** A parsed and valid operation that is not planned yet. */
export interface GuardedOperation {
  readonly schema: GraphQLSchema
  /** A guard may replace the document; `variant` then separates its plan from that of the client's document. */
  document: DocumentNode
  definition: OperationDefinitionNode
  variant?: string
  readonly operationName: string | undefined
  /** As the client sent them; long integers as their types take them. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
}

/** The hook of a guard on the result of an accepted operation. */
export type AnswerStage = (result: OperationResult) => void | Promise<void>

/** Inspects an operation; throws to refuse it. */
export type OperationGuard = (
  operation: GuardedOperation,
) => AnswerStage | undefined | Promise<AnswerStage | undefined>

/** A result before it is sent; a guard may change it. */
export interface OperationResult {
  data?: Record<string, unknown> | null
  errors?: readonly GraphQLFormattedError[]
  extensions?: Record<string, unknown>
}

type ApolloOperation = GraphQLRequestContextDidResolveOperation<OperationContext>

function toGuarded(apollo: ApolloOperation): GuardedOperation {
  if (!apollo.operation) throw new Refusal('OPERATION_RESOLUTION_FAILURE')
  const { schema, operation, request } = apollo
  return {
    schema,
    document: apollo.document,
    definition: operation,
    operationName: apollo.operationName ?? undefined,
    variables: inTheirTypes(schema, operation.variableDefinitions ?? [], request.variables ?? {}),
    context: apollo.contextValue.request,
  }
}

/** The plan cache is keyed by the hash of the document, so a replaced document needs its own hash. */
function replaceDocument(apollo: ApolloOperation, guarded: GuardedOperation): void {
  const { document, definition: operation, variant } = guarded
  if (variant === undefined) return
  Object.assign(apollo, { document, operation, queryHash: `${apollo.queryHash}:${variant}` })
}

/**
 * Runs the guards of an operation in their order, before anything is planned. The guard that saw the operation first
 * sees its result last.
 */
export function operationStages(
  guards: readonly OperationGuard[],
  countErrors: CountErrors,
): ApolloServerPlugin<OperationContext> {
  return {
    requestDidStart: () => {
      const stages: AnswerStage[] = []
      return Promise.resolve({
        didResolveOperation: async (apollo) => {
          const { request } = apollo.contextValue
          request.operationName = apollo.operationName ?? undefined
          request.isMutation = apollo.operation?.operation === OperationTypeNode.MUTATION
          const operation = toGuarded(apollo)
          for (const guard of guards) {
            const stage = await guard(operation)
            if (stage) stages.unshift(stage)
          }
          replaceDocument(apollo, operation)
        },
        willSendResponse: async ({ response: { body }, contextValue }) => {
          if (body.kind !== 'single') return
          for (const stage of stages) await stage(body.singleResult)
          countErrors(contextValue, body.singleResult)
        },
      })
    },
  }
}
