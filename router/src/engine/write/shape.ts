/**
 * What the client selected on a concrete type: ordered fields with fragments resolved and duplicates merged (the
 * specification's CollectFields). The values of @skip and @include variables are fixed for a shape, so the writers have
 * no conditions.
 */
import {
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  getDirectiveValues,
  isInterfaceType,
  isObjectType,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { isSubTypeNamed } from '../schema-types.ts'

export interface FieldShape {
  /** The response name for the client. */
  readonly output: string
  /** The name of the data; differs when the field has an internal alias. */
  readonly input: string
  readonly kind: 'value' | 'typename' | 'introspection'
  readonly type: GraphQLOutputType | undefined
  readonly nodes: readonly FieldNode[]
  /** The caller may not read it: it is null, whatever the data holds. */
  readonly isRefused: boolean
  /** The fields below on a concrete type. */
  readonly below: (typeName: string) => ObjectShape
}

export interface ObjectShape {
  readonly typeName: string
  /** A type that exists only as an interface has no `__typename` to return. */
  readonly isObject: boolean
  readonly fields: readonly FieldShape[]
}

export interface ShapeSource {
  readonly schema: GraphQLSchema
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>
  /** Coerced values of the variables in conditions. */
  readonly conditions: Record<string, unknown>
  /** Internal aliases, to the response names of the client. */
  readonly outputNames: ReadonlyMap<string, string>
  /** Fields that the caller may not read. */
  readonly refused: ReadonlySet<FieldNode>
}

export function objectShape(
  source: ShapeSource,
  typeName: string,
  selectionSets: readonly SelectionSetNode[],
): ObjectShape {
  const collected = new Map<string, FieldNode[]>()
  for (const set of selectionSets) collectFields(source, typeName, set, collected, new Set())
  const fields = [...collected].flatMap(([input, nodes]) => {
    const field = fieldShape(source, typeName, input, nodes)
    return field ? [field] : []
  })
  return { typeName, isObject: isObjectType(source.schema.getType(typeName)), fields }
}

function collectFields(
  source: ShapeSource,
  typeName: string,
  selectionSet: SelectionSetNode,
  collected: Map<string, FieldNode[]>,
  visited: Set<string>,
): void {
  for (const selection of selectionSet.selections) {
    if (!isIncluded(selection, source.conditions)) continue
    if (selection.kind === Kind.FIELD) {
      const name = selection.alias?.value ?? selection.name.value
      const nodes = collected.get(name)
      if (nodes) nodes.push(selection)
      else collected.set(name, [selection])
      continue
    }
    const fragment = fragmentOf(source, selection, visited)
    if (fragment && applies(source.schema, fragment.condition, typeName)) {
      collectFields(source, typeName, fragment.selectionSet, collected, visited)
    }
  }
}

function isIncluded(node: SelectionNode, conditions: Record<string, unknown>): boolean {
  if (!node.directives?.length) return true
  return (
    getDirectiveValues(GraphQLSkipDirective, node, conditions)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, conditions)?.['if'] !== false
  )
}

function fragmentOf(
  source: ShapeSource,
  selection: Exclude<SelectionNode, FieldNode>,
  visited: Set<string>,
): { condition: string | undefined; selectionSet: SelectionSetNode } | undefined {
  if (selection.kind === Kind.INLINE_FRAGMENT) {
    return { condition: selection.typeCondition?.name.value, selectionSet: selection.selectionSet }
  }
  const name = selection.name.value
  const fragment = source.fragments[name]
  if (!fragment || visited.has(name)) return undefined
  visited.add(name)
  return { condition: fragment.typeCondition.name.value, selectionSet: fragment.selectionSet }
}

function applies(schema: GraphQLSchema, condition: string | undefined, typeName: string): boolean {
  return (
    condition === undefined || condition === typeName || isSubTypeNamed(schema, condition, typeName)
  )
}

function fieldShape(
  source: ShapeSource,
  typeName: string,
  input: string,
  nodes: readonly FieldNode[],
): FieldShape | undefined {
  const name = nodes[0]?.name.value ?? ''
  const kind = fieldKind(name)
  const type = kind === 'value' ? fieldType(source.schema, typeName, name) : undefined
  if (kind === 'value' && !type) return undefined
  const shapes = new Map<string, ObjectShape>()
  return {
    output: source.outputNames.get(input) ?? input,
    input,
    kind,
    type,
    nodes,
    isRefused: source.refused.size > 0 && nodes.every((node) => source.refused.has(node)),
    below: (below) => {
      const known = shapes.get(below)
      if (known) return known
      const shape = objectShape(
        source,
        below,
        nodes.flatMap((node) => node.selectionSet ?? []),
      )
      shapes.set(below, shape)
      return shape
    },
  }
}

function fieldKind(name: string): FieldShape['kind'] {
  if (name === '__typename') return 'typename'
  const isIntrospection = name === SchemaMetaFieldDef.name || name === TypeMetaFieldDef.name
  return isIntrospection ? 'introspection' : 'value'
}

function fieldType(
  schema: GraphQLSchema,
  typeName: string,
  name: string,
): GraphQLOutputType | undefined {
  const type = schema.getType(typeName)
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name]?.type : undefined
}
