/** Refuses operations that cost too much by `@cost` and `@listSize`, before they are planned, and measures what answers cost. */
import type { ApolloServerPlugin, GraphQLRequestContext } from '@apollo/server'
import { GraphQLError, OperationTypeNode, type GraphQLSchema } from 'graphql'
import { readLimitRules } from '../../guard/limit-rules.ts'
import { measureCost, type BadSlices, type CostModel } from '../../guard/operation-cost.ts'
import { variablesOf } from '../../guard/operation-program.ts'
import { rememberPrograms, type ReadProgram } from '../../guard/programs.ts'
import { openActualCost, type CostedOperation } from './actual-cost.ts'
import type { StandaloneConfig } from './config.ts'

type DemandControl = NonNullable<StandaloneConfig['demand_control']>

export interface CostObserver {
  readonly onCost: (cost: number, isOver: boolean) => void
  readonly onActualCost: (cost: number) => void
}

/** As documented for Apollo's router. */
const mutationCost = 10
const model = { isWeightOfEntries: true, inputObjectWeight: 1 } as const

export function demandControl(
  { mode, max, list_size: unknownSize, actual }: DemandControl,
  readSupergraph: () => string,
  observer: CostObserver,
): ApolloServerPlugin {
  const programOf = openPrograms(readSupergraph, { ...model, unknownSize })
  const noteActual = openActualCost(observer.onActualCost)

  function judge(request: GraphQLRequestContext<object>): CostedOperation | undefined {
    const { schema, document, operation, request: given } = request
    if (!document || !operation) return undefined
    const read = programOf(schema)
    const sent = given.variables ?? {}
    const program = read({ schema, document, definition: operation, variables: sent })
    const variables = variablesOf(program, { variables: sent })
    const { cost: fields, badSlices } = measureCost(program.costs, variables)
    const base = operation.operation === OperationTypeNode.MUTATION ? mutationCost : 0
    const cost = fields + base
    const isOver = cost > max
    observer.onCost(cost, isOver)
    if (mode === 'enforce' && badSlices) throw notOneSlice(badSlices)
    if (mode === 'enforce' && isOver) throw tooExpensive(cost, max)
    return { base, costs: program.costs, variables }
  }

  return {
    requestDidStart: () => {
      let costed: CostedOperation | undefined
      return Promise.resolve({
        didResolveOperation: async (request) => {
          costed = await Promise.resolve(request).then(judge)
        },
        ...(actual && {
          willSendResponse: ({ response: { body } }) => {
            if (costed && body.kind === 'single') noteActual(costed, body.singleResult.data)
            return Promise.resolve()
          },
        }),
      })
    },
  }
}

function openPrograms(
  readSupergraph: () => string,
  costModel: CostModel,
): (schema: GraphQLSchema) => ReadProgram {
  const programs = new WeakMap<GraphQLSchema, ReadProgram>()
  const caps = { byField: new Map<string, number>(), others: Infinity, model: costModel }
  return (schema) => {
    const known = programs.get(schema)
    if (known) return known
    const read = rememberPrograms(readLimitRules(readSupergraph()), caps)
    programs.set(schema, read)
    return read
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

function notOneSlice({ place, allowed, given }: BadSlices): GraphQLError {
  const found = given.length === 0 ? 'none' : given.join(' and ')
  return new GraphQLError(
    `${place} needs exactly one of ${allowed.join(', ')}, and has ${found}.`,
    {
      extensions: { code: 'COST_QUERY_PARSE_FAILURE', http: { status: 400 } },
    },
  )
}
