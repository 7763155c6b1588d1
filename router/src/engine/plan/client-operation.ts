/** A client's operation before it is planned. */
import {
  GraphQLError,
  Kind,
  visit,
  TypeInfo,
  visitWithTypeInfo,
  isInterfaceType,
  isObjectType,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type FieldNode,
  type GraphQLSchema,
} from 'graphql'
import { argumentText } from './requirements.ts'
import type { ClientField, ClientFields } from '../call/errors.ts'

export interface ClientOperation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  readonly outputNames: ReadonlyMap<string, string>
  readonly clientVariable: string | undefined
  /** The variables of @skip and @include. */
  readonly conditionVariables: readonly string[]
}

export function readOperation(
  document: DocumentNode,
  operationName: string | undefined,
  { outputNames, clientVariable }: Pick<ClientOperation, 'outputNames' | 'clientVariable'>,
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
    clientVariable,
    conditionVariables: conditionVariables(document),
  }
}

/** The document has no operation of that name, or several operations and no name was given. */
export function noSuchOperation(): GraphQLError {
  return new GraphQLError(
    'The document has no operation of this name, or several and operationName is missing.',
    {
      extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
    },
  )
}

/** Whether the text of a document has one of these words; to look for that is much faster than to visit all nodes. */
export function mayMention({ loc }: DocumentNode, ...words: readonly string[]): boolean {
  const text = loc?.source.body
  return text === undefined || words.some((word) => text.includes(word))
}

function conditionVariables(document: DocumentNode): string[] {
  if (!mayMention(document, 'skip', 'include')) return []
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

/** The client's selection as a tree of response names, regardless of types: it locates errors. */
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

/** Children are computed on demand: errors are rare, and nested fragments can make the whole tree huge. */
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

/** The planner's own variable in each fetch of entities. A variable of the client with its name would replace it. */
export const ownVariable = 'representations'

export interface Renamed {
  readonly document: DocumentNode
  /** The new name of the client's variable of the planner's name, if it has one. */
  readonly clientVariable: string | undefined
}

export function renameOwnVariable(document: DocumentNode): Renamed {
  if (!mayMention(document, ownVariable)) return { document, clientVariable: undefined }
  const taken = new Set<string>()
  visit(document, { Variable: (node) => void taken.add(node.name.value) })
  if (!taken.has(ownVariable)) return { document, clientVariable: undefined }
  const value = freeName(ownVariable, taken)
  const renamed = visit(document, {
    Variable: (node) =>
      node.name.value === ownVariable ? { ...node, name: { kind: Kind.NAME, value } } : undefined,
  })
  return { document: renamed, clientVariable: value }
}

export interface Aliased {
  readonly document: DocumentNode
  /** Internal aliases, to the client's response names. */
  readonly outputNames: ReadonlyMap<string, string>
}

export interface AliasRules {
  readonly supergraph: GraphQLSchema
  /** By the name of a field: the printed arguments of each `@requires` that selects it. */
  readonly requiredArguments: ReadonlyMap<string, ReadonlySet<string>>
}

/**
 * Gives some client fields an internal alias before planning. The planner puts its own data (keys, `@requires`) under
 * field names. A client alias that equals such a name, or a client field with other arguments than a `@requires`, would
 * share one name with it. The writer restores the client's name.
 */
export function aliasConflicts(document: DocumentNode, rules: AliasRules): Aliased {
  const taken = new Set<string>()
  const conflicting = new Set<string>()
  const typeInfo = new TypeInfo(rules.supergraph)
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field: (node) => {
        const name = responseName(node)
        taken.add(name)
        const parent = typeInfo.getParentType()?.name
        if (isConflicting(node, parent, rules)) conflicting.add(name)
      },
    }),
  )
  if (conflicting.size === 0) return { document, outputNames: new Map() }
  const inputNames = new Map([...conflicting].map((name) => [name, freeName(name, taken)]))
  return {
    document: renameFields(document, inputNames),
    outputNames: new Map([...inputNames].map(([name, input]) => [input, name])),
  }
}

/** All fields with one response name are renamed together, so that they still merge. */
function renameFields(
  document: DocumentNode,
  inputNames: ReadonlyMap<string, string>,
): DocumentNode {
  return visit(document, {
    Field: (node): FieldNode | undefined => {
      const input = inputNames.get(responseName(node))
      return input === undefined ? undefined : { ...node, alias: { kind: Kind.NAME, value: input } }
    },
  })
}

function isConflicting(node: FieldNode, parent: string | undefined, rules: AliasRules): boolean {
  const name = node.name.value
  const alias = node.alias?.value
  if ((alias ?? name) === name && hasOtherArguments(node, rules)) return true
  if (alias === undefined || alias === name) return false
  return alias === '__typename' || hasFieldNamed(rules.supergraph, parent, alias)
}

/** Whether a `@requires` selects the field with other arguments; a default value may equal one that is given. */
function hasOtherArguments(node: FieldNode, { requiredArguments }: AliasRules): boolean {
  const texts = requiredArguments.get(node.name.value)
  if (!texts) return false
  const text = argumentText(node)
  return [...texts].some((required) => required !== text)
}

/** Whether the type, or one of its possible types, has a field of this name. */
function hasFieldNamed(schema: GraphQLSchema, parent: string | undefined, name: string): boolean {
  const type = parent === undefined ? undefined : schema.getType(parent)
  if (isObjectType(type)) return type.getFields()[name] !== undefined
  if (!isInterfaceType(type)) return true
  const types = [type, ...schema.getPossibleTypes(type)]
  return types.some((each) => each.getFields()[name] !== undefined)
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  const wanted = `${name}__client`
  return taken.has(wanted) ? freeName(`${name}_`, taken) : wanted
}

function responseName(node: FieldNode): string {
  return node.alias?.value ?? node.name.value
}
