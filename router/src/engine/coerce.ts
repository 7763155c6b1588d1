/** Coerces the variables of a request, within limits on the time and size of what is wrong with them. */
import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface'
import {
  GraphQLError,
  GraphQLID,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isSpecifiedScalarType,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql'
import { type Data, hasLongInteger, holdsInfinite, isData, isList, write } from './data.ts'

const mostVariableErrors = 3

/** The variables of a request: with the default values of its operation, and as subgraphs get them. */
export interface Variables {
  readonly coerced: Data
  readonly sent: Data
}
type Coerced = (Variables & { errors?: never }) | { errors: readonly GraphQLError[] }
const noVariables: Coerced = { coerced: {}, sent: {} }

export interface CoerceSetting {
  readonly schema: GraphQLSchema
  readonly hideSuggestions: boolean
}

/** The variables of a request in the types of its operation, or what is wrong with them. */
export function coerceVariables(
  { schema, hideSuggestions }: CoerceSetting,
  { operation, request }: GatewayGraphQLRequestContext,
): Coerced {
  const definitions = operation.variableDefinitions
  if (!definitions?.length) return noVariables
  const variables = request.variables ?? {}
  if (holdsInfinite(variables)) return { errors: [tooLargeNumber(variables)] }
  const sent = inTheirTypes(schema, definitions, variables)
  const limits = { maxErrors: mostVariableErrors, hideSuggestions }
  const { coerced, errors } = getVariableValues(schema, definitions, sent, limits)
  if (errors) return { errors: errors.map(shortError) }
  return { coerced, sent }
}

/**
 * The variables with their long integers as the types of the specification take them: an ID has all of its digits, any
 * other is a number. Custom scalars, and thus subgraphs, get long integers as they are.
 */
export function inTheirTypes(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  variables: Data,
): Data {
  if (!hasLongInteger(variables)) return variables
  const exact = { ...variables }
  for (const { variable, type } of definitions) {
    const { value: name } = variable.name
    const known = typeFromAST(schema, type)
    if (isInputType(known) && Object.hasOwn(exact, name))
      write(exact, name, inType(exact[name], known))
  }
  return exact
}

function inType(value: unknown, type: GraphQLInputType): unknown {
  if (typeof value === 'bigint') return integerIn(value, type)
  const nullable = getNullableType(type)
  if (isList(value)) {
    const itemType = isListType(nullable) ? nullable.ofType : nullable
    return value.map((item) => inType(item, itemType))
  }
  const named = getNamedType(type)
  if (!isData(value) || !isInputObjectType(named)) return value
  const fields = named.getFields()
  const copy: Data = {}
  for (const name of Object.keys(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    write(copy, name, field ? inType(value[name], field.type) : value[name])
  }
  return copy
}

/** One value stands for a list of it. */
function integerIn(value: bigint, type: GraphQLInputType): unknown {
  const named = getNamedType(type)
  if (named.name === GraphQLID.name) return String(value)
  return isSpecifiedScalarType(named) ? Number(value) : value
}

/** A subgraph would get null in its place. */
function tooLargeNumber(variables: Data): GraphQLError {
  const [variable = '', ...rest] = pathOfInfinite(variables) ?? []
  const place = rest.length > 0 ? ` at "${variable}${rest.join('')}"` : ''
  const message = `Variable "$${variable}" got invalid value Infinity${place}; The number is too large.`
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}

/** The names that lead to the first number that no double holds. */
function pathOfInfinite(value: unknown, isRoot = true): string[] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : []
  const isInList = isList(value)
  if (!isInList && !isData(value)) return undefined
  for (const [name, member] of Object.entries(value)) {
    const rest = pathOfInfinite(member, false)
    if (rest) return [isRoot ? name : isInList ? `[${name}]` : `.${name}`, ...rest]
  }
  return undefined
}

/** A message repeats the wrong value; the last of too many errors has no code. */
const longestMessage = 1_000
const longestPart = 400

function shortError(error: GraphQLError): GraphQLError {
  if (error.nodes && error.message.length <= longestMessage) return error
  return new GraphQLError(shortMessage(error), {
    nodes: error.nodes ?? null,
    extensions: { ...error.extensions, code: 'BAD_USER_INPUT' },
  })
}

/** Keeps what comes before and behind a value that is too long to be repeated: its variable, its path, and the reason. */
function shortMessage({ message, originalError }: GraphQLError): string {
  const end = `; ${originalError?.message ?? ''}`
  const [start] = /^Variable "\$[^"]+" got invalid value /.exec(message) ?? []
  if (start === undefined || !message.endsWith(end)) return message.slice(0, longestMessage)
  const before = message.slice(0, -end.length)
  const [place = ''] = / at "[^"]+"$/.exec(before.slice(-longestPart)) ?? []
  return `${start}of ${before.length} characters${place}${end.slice(0, longestPart)}`
}
