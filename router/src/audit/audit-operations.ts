import { isErrorCode } from '@cnop/schema/codes'
import {
  type FieldNode,
  getArgumentValues,
  getVariableValues,
  type GraphQLObjectType,
  OperationTypeNode,
} from 'graphql'
import type { RequestContext } from '../edge/request-context.ts'
import type {
  OperationGuard,
  OperationResult,
  GuardedOperation,
} from '../operations/operation-stages.ts'
import { collectFields, fragmentsOf } from '../operations/collect-fields.ts'
import { auditedFields } from './audited-fields.ts'
import { type Ending, findEndings } from './endings.ts'
import { noteEvent } from './note-event.ts'

interface RootField {
  readonly responseName: string
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
}

/**
 * Records what the mutations of an operation did, alias by alias, for every endpoint. It must run before every other
 * guard, so that it sees the result after them.
 */
export const auditOperations: OperationGuard = (operation) => {
  if (operation.definition.operation !== OperationTypeNode.MUTATION) return undefined
  const fields = readRootFields(operation)
  if (!fields.some(({ name }) => auditedFields.has(name))) return undefined
  const { context } = operation
  return (result) => {
    recordFields(fields, result, context)
  }
}

function recordFields(
  fields: readonly RootField[],
  result: OperationResult,
  context: RequestContext,
): void {
  const endings = findEndings(
    fields.map(({ responseName, name }) => ({ responseName, isOfUser: auditedFields.has(name) })),
    result,
  )
  fields.forEach(({ name, input }, index) => {
    const ending = endings[index]
    // A blocked address refuses sign-ins only; other fields that did not run are not recorded.
    if (!ending || (ending.outcome === 'blocked' && name !== 'signIn')) return
    record({ name, input, ending }, context)
  })
}

interface Ended extends Pick<RootField, 'name' | 'input'> {
  readonly ending: Ending
}

function record({ name, input, ending }: Ended, context: RequestContext): void {
  const event = auditedFields.get(name)?.({ input, ...ending }, context)
  if (!event) return
  const { code } = ending
  noteEvent(context, {
    code: isErrorCode(code) ? code : undefined,
    ...event,
    extra: { ...event.extra, endpoint: context.api ?? 'graphql' },
  })
}

/** The root fields in execution order, by response name. */
function readRootFields(operation: GuardedOperation): RootField[] {
  const { document, definition, schema, variables } = operation
  const root = schema.getMutationType()
  if (!root) return []
  const { coerced } = getVariableValues(schema, definition.variableDefinitions ?? [], variables)
  // Variables that do not fit are refused before anything runs.
  if (!coerced) return []
  const found = collectFields([definition.selectionSet], {
    fragments: fragmentsOf(document),
    variables: coerced,
  })
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
