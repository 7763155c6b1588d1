/** Data sources that let the stock executor use the same transport, with the same error codes. */
import type { GraphQLDataSource } from '@apollo/gateway'
import { GraphQLError } from 'graphql'
import { everyItem } from './data.ts'
import { describeFailure } from './call/errors.ts'
import { readReply } from './call/reply.ts'
import type { CallObserver, SubgraphTransport } from './transport.ts'

type ProcessOptions = Parameters<GraphQLDataSource['process']>[0]
type ProcessResponse = Awaited<ReturnType<GraphQLDataSource['process']>>

export function stockDataSource(
  service: string,
  transport: SubgraphTransport,
  onCall: CallObserver | undefined,
): GraphQLDataSource {
  return {
    process: async (options) => {
      const { context } = options
      const { operationName } = options.request
      const end = onCall?.({ service, operationName, isJoined: false, context })
      try {
        const response = await send(service, transport, options)
        end?.({ errorCount: response.errors?.length ?? 0 })
        return response
      } catch (failure) {
        end?.({ failure, errorCount: 0 })
        throw failedFetch(service, failure, options)
      }
    },
  }
}

async function send(
  service: string,
  transport: SubgraphTransport,
  { request, context }: ProcessOptions,
): Promise<ProcessResponse> {
  const { query, operationName, variables } = request
  const reply = await transport.send({
    service,
    body: JSON.stringify({ query, operationName, variables }),
    operationName,
    isMutation: query?.startsWith('mutation') ?? false,
    isAnonymousPublic: false,
    isShared: false,
    context,
  })
  const { data, errors } = readReply(service, reply)
  return {
    ...(data && { data }),
    ...(errors.length > 0 && { errors: errors as NonNullable<ProcessResponse['errors']> }),
  }
}

function failedFetch(service: string, failure: unknown, options: ProcessOptions): GraphQLError {
  const { message, code } = describeFailure(service, failure)
  const path = 'pathInIncomingRequest' in options ? options.pathInIncomingRequest : undefined
  const end = path?.indexOf(everyItem) ?? -1
  const known = end === -1 ? path : path?.slice(0, end)
  return new GraphQLError(message, {
    ...(known?.length && { path: known }),
    extensions: { code, serviceName: service },
  })
}
