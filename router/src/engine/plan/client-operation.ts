/** What is known of a client's operation before it is planned. */
import { Kind, visit } from 'graphql'
import type {
  DocumentNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
} from 'graphql'
import type { ClientField, ClientFields } from '../call/errors.ts'

export interface ClientOperation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly outputNames: ReadonlyMap<string, string>
  /** Variables that decide whether fields are selected. */
  readonly conditionVariables: readonly string[]
}

export function readOperation(
  document: DocumentNode,
  operationName: string | undefined,
  outputNames: ReadonlyMap<string, string>,
): ClientOperation | undefined {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null) as Record<
    string,
    FragmentDefinitionNode
  >
  const operations: OperationDefinitionNode[] = []
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition)
  }
  const [operation, ...others] =
    operationName === undefined || operationName === ''
      ? operations
      : operations.filter((each) => each.name?.value === operationName)
  if (!operation || others.length > 0) return undefined
  return {
    document,
    operation,
    fragments,
    outputNames,
    conditionVariables: conditionVariables(document),
  }
}

function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>()
  visit(document, {
    Directive: (node) => {
      if (node.name.value !== 'skip' && node.name.value !== 'include') return
      for (const { value } of node.arguments ?? []) {
        if (value.kind === Kind.VARIABLE) names.add(value.name.value)
      }
    },
  })
  return [...names].sort()
}

/** The client's selection as a tree of response names, whatever the types: enough to place errors. */
export function clientFields(source: ClientOperation): ClientFields {
  return fieldsOf(source, [source.operation.selectionSet])
}

function fieldsOf(
  source: ClientOperation,
  selectionSets: readonly SelectionSetNode[],
): ClientFields {
  const collected = new Map<string, SelectionSetNode[]>()
  for (const set of selectionSets) collect(source, set, collected, new Set())
  const fields = new Map<string, ClientField>()
  for (const [input, below] of collected) fields.set(input, lazyField(source, input, below))
  return fields
}

/** Children are read on demand: errors are rare, and nested fragments can make the whole tree huge. */
function lazyField(
  source: ClientOperation,
  input: string,
  below: readonly SelectionSetNode[],
): ClientField {
  let children: ClientFields | undefined
  return {
    output: source.outputNames.get(input) ?? input,
    get below() {
      return (children ??= fieldsOf(source, below))
    },
  }
}

function collect(
  source: ClientOperation,
  selectionSet: SelectionSetNode,
  collected: Map<string, SelectionSetNode[]>,
  visited: Set<string>,
): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      const name = selection.alias?.value ?? selection.name.value
      const below = collected.get(name) ?? []
      if (selection.selectionSet) below.push(selection.selectionSet)
      collected.set(name, below)
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      collect(source, selection.selectionSet, collected, visited)
    } else if (!visited.has(selection.name.value)) {
      visited.add(selection.name.value)
      const fragment = source.fragments[selection.name.value]
      if (fragment) collect(source, fragment.selectionSet, collected, visited)
    }
  }
}
