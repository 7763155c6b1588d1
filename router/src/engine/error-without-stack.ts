import { GraphQLError, type GraphQLErrorOptions } from 'graphql'

/** For errors that others made, a thousand at a time: a stack would tell nothing, and finding it takes most of the time. */
export function errorWithoutStack(message: string, options: GraphQLErrorOptions): GraphQLError {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return new GraphQLError(message, options)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
