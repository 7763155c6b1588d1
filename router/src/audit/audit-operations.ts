import { isErrorCode } from '@cnop/schema/codes'
import {
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getVariableValues,
  type GraphQLObjectType,
  Kind,
  OperationTypeNode,
} from 'graphql'
import { collectFields } from 'graphql/execution/collectFields.js'
import type { Exchange } from '../edge/request-context.ts'
import type {
  OperationGuard,
  OperationResult,
  GuardedOperation,
} from '../operations/operation-stages.ts'
import { auditedFields } from './audited-fields.ts'
import { type Ending, findEndings } from './endings.ts'
import { noteEvent } from './note-event.ts'

interface RootField {
  readonly responseName: string
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
}

/**
 * Records what the mutations of an operation did, aliases one by one, whichever door it came through. It has to see
 * the operation before every other guard, and the answer after them.
 */
export const auditOperations: OperationGuard = (operation) => {
  if (operation.definition.operation !== OperationTypeNode.MUTATION) return undefined
  const fields = readRootFields(operation)
  if (!fields.some(({ name }) => auditedFields.has(name))) return undefined
  const { request: exchange } = operation
  return (result) => {
    recordFields(fields, result, exchange)
  }
}

function recordFields(
  fields: readonly RootField[],
  result: OperationResult,
  exchange: Exchange,
): void {
  const endings = findEndings(
    fields.map(({ responseName, name }) => ({ responseName, isOfUser: auditedFields.has(name) })),
    result,
  )
  fields.forEach(({ name, input }, index) => {
    const ending = endings[index]
    // Sign-ins alone are refused for their address; of what else was not run there is nothing to tell.
    if (!ending || (ending.outcome === 'blocked' && name !== 'signIn')) return
    record({ name, input, ending }, exchange)
  })
}

interface Ended extends Pick<RootField, 'name' | 'input'> {
  readonly ending: Ending
}

function record({ name, input, ending }: Ended, exchange: Exchange): void {
  const event = auditedFields.get(name)?.({ input, ...ending }, exchange)
  if (!event) return
  const { code } = ending
  const door = exchange.door ?? 'graphql'
  noteEvent(exchange, {
    code: isErrorCode(code) ? code : undefined,
    ...event,
    extra: { ...event.extra, door },
  })
}

/** The fields that run, in their order, by the names under which they answer. */
function readRootFields(operation: GuardedOperation): RootField[] {
  const { document, definition, schema, variables } = operation
  const root = schema.getMutationType()
  if (!root) return []
  const { coerced } = getVariableValues(schema, definition.variableDefinitions ?? [], variables)
  // Variables that do not fit are refused before anything runs.
  if (!coerced) return []
  const fragments: Record<string, FragmentDefinitionNode> = Object.fromEntries(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  )
  const found = collectFields(schema, fragments, coerced, root, definition.selectionSet)
  return [...found].flatMap(([responseName, [node]]) =>
    node ? [{ responseName, name: node.name.value, input: readInput(root, node, coerced) }] : [],
  )
}

function readInput(
  root: GraphQLObjectType,
  node: FieldNode,
  variables: Record<string, unknown>,
): Readonly<Record<string, unknown>> {
  const definition = root.getFields()[node.name.value]
  if (!definition) return {}
  try {
    const { input, ...rest } = getArgumentValues(definition, node, variables)
    return { ...rest, ...(input as object | undefined) }
  } catch {
    return {}
  }
}
