/** Coerces the variables of a request, within limits on the time and size of what is wrong with them. */
import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface'
import { GraphQLError, getVariableValues, type GraphQLSchema } from 'graphql'
import { type Data, holdsInfinite, withoutLongIntegers } from './data.ts'

const mostVariableErrors = 3
const noVariables: { errors?: never; coerced: Data } = { coerced: {} }

export interface CoerceSetting {
  readonly schema: GraphQLSchema
  readonly hideSuggestions: boolean
}

/** The variables of a request in the types of its operation, or what is wrong with them. */
export function coerceVariables(
  { schema, hideSuggestions }: CoerceSetting,
  { operation, request }: GatewayGraphQLRequestContext,
) {
  const definitions = operation.variableDefinitions
  if (!definitions?.length) return noVariables
  const variables = request.variables ?? {}
  if (holdsInfinite(variables)) return { errors: [tooLargeNumber()] }
  const limits = { maxErrors: mostVariableErrors, hideSuggestions }
  const coerced = getVariableValues(schema, definitions, variables, limits)
  if (!coerced.errors) return coerced
  // The types of the specification accept numbers only. Subgraphs get long integers as they are.
  const rounded = withoutLongIntegers(variables)
  const again =
    rounded === variables
      ? coerced
      : getVariableValues(schema, definitions, rounded as Data, limits)
  return again.errors ? { errors: again.errors.map(shortError) } : again
}

/** A subgraph would get null in its place. */
function tooLargeNumber(): GraphQLError {
  return new GraphQLError('A number of the variables is too large.', {
    extensions: { code: 'BAD_USER_INPUT' },
  })
}

/** A message repeats the wrong value; the last of too many errors has no code. */
const longestMessage = 1_000

function shortError(error: GraphQLError): GraphQLError {
  if (error.nodes && error.message.length <= longestMessage) return error
  return new GraphQLError(error.message.slice(0, longestMessage), {
    nodes: error.nodes ?? null,
    extensions: { ...error.extensions, code: 'BAD_USER_INPUT' },
  })
}
