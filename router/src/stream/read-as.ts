import { performance } from 'node:perf_hooks'
import { toRefusal } from '../errors/refusal.ts'
import { normaliseErrors } from '../errors/normalise.ts'
import type { Exchange } from '../edge/request-context.ts'
import type { GraphQLDoor } from '../operations/graphql.ts'
import type { FindOperation } from '../operations/known-operations.ts'

/** Runs one of the router's own operations as the caller of a stream, complete or not at all. */
export type ReadAs = <Data>(
  exchange: Exchange,
  operation: string,
  variables: Record<string, unknown>,
) => Promise<Data>

export function createReadAs(
  graphql: Pick<GraphQLDoor, 'run'>,
  findOperation: FindOperation,
  deadlineMs: number,
): ReadAs {
  return async <Data>(
    exchange: Exchange,
    operation: string,
    variables: Record<string, unknown>,
  ): Promise<Data> => {
    const asking = renew(exchange, deadlineMs)
    const { data, errors } = await graphql.run(asking, findOperation(operation), variables)
    const [error] = normaliseErrors(errors ?? [], exchange.requestId)
    if (error) throw toRefusal(error)
    return data as Data
  }
}

/** Each reading is a request of its own: with its own deadline, moment and calls. */
function renew(exchange: Exchange, deadlineMs: number): Exchange {
  const { door: _door, trace: _trace, document: _document, momentMs: _moment, ...caller } = exchange
  const startedAt = performance.now()
  return { ...caller, startedAt, deadlineAt: startedAt + deadlineMs, fetches: [] }
}
