/**
 * Gives some client fields an internal alias before planning. The planner lays data that it needs itself
 * (keys, `@requires`) under field names; a client alias that equals such a name, or a client field with other
 * arguments than a `@requires` wants, would share one place with it. The writer prints the client's name again.
 */
import { Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import type { DocumentNode, FieldNode, GraphQLSchema } from 'graphql'
import { isInterfaceType, isObjectType } from 'graphql'

export interface Aliased {
  readonly document: DocumentNode
  /** Internal alias, to the name that the client gave. */
  readonly outputNames: ReadonlyMap<string, string>
}

export interface AliasRules {
  readonly supergraph: GraphQLSchema
  readonly requiredWithArguments: ReadonlySet<string>
}

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

/** All fields under one response name are renamed together, so that fields which merge still do. */
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
  if (node.arguments?.length && rules.requiredWithArguments.has(name)) return true
  const alias = node.alias?.value
  if (alias === undefined || alias === name) return false
  return alias === '__typename' || hasFieldNamed(rules.supergraph, parent, alias)
}

/** Whether the type, or a type that it may turn out to be, has a field of this name. */
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
