/** Refuses operations that cost too much by `@cost` and `@listSize`, before they are planned. */
import type { ApolloServerPlugin } from '@apollo/server'
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from 'graphql'
import { readLimitRules } from '../../guard/limit-rules.ts'
import { measureCost } from '../../guard/operation-cost.ts'
import { variablesOf } from '../../guard/operation-program.ts'
import { rememberPrograms, type ReadProgram } from '../../guard/programs.ts'
import type { StandaloneConfig } from './config.ts'

type DemandControl = NonNullable<StandaloneConfig['demand_control']>

/** As documented for Apollo's router. */
const mutationCost = 10

/** `onCost` is called with the cost of each operation, and whether it is beyond the limit. */
export function demandControl(
  { mode, max, list_size: unknownSize }: DemandControl,
  readSupergraph: () => string,
  onCost: (cost: number, isOver: boolean) => void,
): ApolloServerPlugin {
  const programs = new WeakMap<GraphQLSchema, ReadProgram>()
  const programsOf = (schema: GraphQLSchema): ReadProgram => {
    const known = programs.get(schema)
    if (known) return known
    const caps = { byField: new Map<string, number>(), others: Infinity, unknownSize }
    const read = rememberPrograms(readLimitRules(readSupergraph()), caps)
    programs.set(schema, read)
    return read
  }
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ schema, document, operation, request }) => {
          if (!operation) return Promise.resolve()
          const variables = request.variables ?? {}
          const program = programsOf(schema)({ schema, document, definition: operation, variables })
          const { cost: fields } = measureCost(program.costs, variablesOf(program, { variables }))
          const isMutation = operation.operation === OperationTypeNode.MUTATION
          const cost = fields + (isMutation ? mutationCost : 0)
          onCost(cost, cost > max)
          return cost > max && mode === 'enforce'
            ? Promise.reject(tooExpensive(cost, max))
            : Promise.resolve()
        },
      }),
  }
}

function tooExpensive(cost: number, max: number): GraphQLError {
  return new GraphQLError(`The operation costs ${cost}; one may cost ${max}.`, {
    extensions: {
      code: 'COST_ESTIMATED_TOO_EXPENSIVE',
      'cost.estimated': cost,
      'cost.max': max,
      http: { status: 400 },
    },
  })
}
