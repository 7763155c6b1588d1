/**
 * Fields that the planner fetches for `@requires`. Their data is under the field's own name, where a client's selection
 * of the same field with other arguments conflicts.
 */
import {
  Kind,
  parse,
  visit,
  isInterfaceType,
  isObjectType,
  type ConstDirectiveNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql'

/** Names of fields that some `@requires` asks for with arguments. */
export function fieldsRequiredWithArguments(
  requirements: readonly Requirement[],
): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { selections } of requirements) {
    visit(selections, {
      Field: (node) => {
        if (node.arguments?.length) names.add(node.name.value)
      },
    })
  }
  return names
}

export interface Requirement {
  /** Type and field that require. */
  readonly typeName: string
  readonly fieldName: string
  readonly selections: SelectionSetNode
}

/** Every `@requires` of the supergraph. */
export function requirementsOf(supergraph: GraphQLSchema): Requirement[] {
  const found: Requirement[] = []
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      for (const directive of field.astNode?.directives ?? []) {
        const selections = requiresOf(directive)
        if (selections) found.push({ typeName: type.name, fieldName: field.name, selections })
      }
    }
  }
  return found
}

function requiresOf(directive: ConstDirectiveNode): SelectionSetNode | undefined {
  if (directive.name.value !== 'join__field') return undefined
  const argument = directive.arguments?.find((each) => each.name.value === 'requires')
  if (argument?.value.kind !== Kind.STRING) return undefined
  const [definition] = parse(`{${argument.value.value}}`, { noLocation: true }).definitions
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : undefined
}
