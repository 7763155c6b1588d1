import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from '@apollo/server'
import { type GraphQLFormattedError, OperationTypeNode } from 'graphql'
import { Refusal } from '../errors/refusal.ts'
import type { RouterContext } from './graphql.ts'

export type ResolvedOperation = GraphQLRequestContextDidResolveOperation<RouterContext>

/** What a guard does to the answer of the operation that it let through. */
export type AnswerStage = (result: OperationResult) => void | Promise<void>

/** Looks at an operation that is parsed and valid but not planned yet; throws to refuse it. */
export type OperationGuard = (
  operation: ResolvedOperation,
) => AnswerStage | undefined | Promise<AnswerStage | undefined>

/** An answer on its way out; a guard may change it. */
export interface OperationResult {
  data?: Record<string, unknown> | null
  errors?: readonly GraphQLFormattedError[]
  extensions?: Record<string, unknown>
}

const isMutation = ({ operation }: Pick<ResolvedOperation, 'operation'>): boolean =>
  operation?.operation === OperationTypeNode.MUTATION

/**
 * Runs the guards of the pipeline's document stages, in their order, before anything is planned. Whoever saw the
 * operation first sees its answer last.
 */
export function operationStages(
  guards: readonly OperationGuard[],
): ApolloServerPlugin<RouterContext> {
  return {
    requestDidStart: () => {
      const stages: AnswerStage[] = []
      return Promise.resolve({
        didResolveOperation: async (operation) => {
          operation.contextValue.exchange.operationName = operation.operationName ?? undefined
          operation.contextValue.exchange.isMutation = isMutation(operation)
          if (!operation.operation) throw new Refusal('OPERATION_RESOLUTION_FAILURE')
          for (const guard of guards) {
            const stage = await guard(operation)
            if (stage) stages.unshift(stage)
          }
        },
        willSendResponse: async ({ response: { body } }) => {
          if (body.kind === 'single') for (const stage of stages) await stage(body.singleResult)
        },
      })
    },
  }
}
