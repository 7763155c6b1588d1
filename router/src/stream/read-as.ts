import { performance } from 'node:perf_hooks'
import { refusalOf } from '../errors/refusal.ts'
import { normaliseErrors } from '../errors/normalise.ts'
import type { RequestContext } from '../edge/request-context.ts'
import type { GraphQLEndpoint } from '../operations/graphql.ts'
import type { FindOperation } from '../operations/known-operations.ts'

/** Runs one of the router's own operations as the caller of a stream; rejects on a partial result. */
export type ReadAs = <Data>(
  context: RequestContext,
  operation: string,
  variables: Record<string, unknown>,
) => Promise<Data>

export function createReadAs(
  graphql: Pick<GraphQLEndpoint, 'run'>,
  findOperation: FindOperation,
  deadlineMs: number,
): ReadAs {
  return async <Data>(
    context: RequestContext,
    operation: string,
    variables: Record<string, unknown>,
  ): Promise<Data> => {
    const asking = renew(context, deadlineMs)
    const { data, errors } = await graphql.run(asking, findOperation(operation), variables)
    const [error] = normaliseErrors(errors ?? [], context.requestId)
    if (error) throw refusalOf(error)
    return data as Data
  }
}

/** Each read is a separate request with its own deadline, moment and calls. */
function renew(context: RequestContext, deadlineMs: number): RequestContext {
  const { api: _api, trace: _trace, document: _document, momentMs: _moment, ...caller } = context
  const startedAt = performance.now()
  return { ...caller, startedAt, deadlineAt: startedAt + deadlineMs, fetches: [], limitsHit: [] }
}
