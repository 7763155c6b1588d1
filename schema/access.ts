import {
  type ConstDirectiveNode,
  getNamedType,
  type GraphQLSchema,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
} from 'graphql'

export type AccessRule = 'PUBLIC' | 'AUTHENTICATED' | 'OWNER' | 'ADMIN'

/** `Type.field` to its rule, with a type's own rule for the fields that have none. */
export type AccessRules = ReadonlyMap<string, AccessRule>

/** Reads every `@access` of a supergraph. */
export function readAccessRules(supergraphSdl: string): AccessRules {
  const rules = new Map<string, AccessRule>()
  for (const type of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) continue
    const own = ruleOf(type.directives)
    for (const field of type.fields ?? []) {
      const rule = ruleOf(field.directives) ?? own
      if (rule) rules.set(`${type.name.value}.${field.name.value}`, rule)
    }
  }
  return rules
}

function ruleOf(directives: readonly ConstDirectiveNode[] | undefined): AccessRule | undefined {
  const access = directives?.find(({ name }) => name.value === 'access')
  const value = access?.arguments?.find(({ name }) => name.value === 'rule')?.value
  return value?.kind === Kind.STRING ? (value.value as AccessRule) : undefined
}

/** A viewer who may not read everything. */
export type Viewer = 'anonymous' | 'customer'

const readable: Readonly<Record<Viewer, readonly AccessRule[]>> = {
  anonymous: ['PUBLIC'],
  customer: ['PUBLIC', 'AUTHENTICATED', 'OWNER'],
}

/** Whether a rule lets a viewer read at all; the subgraph decides whose data it is. Without a rule no viewer may. */
export const mayRead = (rule: AccessRule | undefined, viewer: Viewer): boolean =>
  rule !== undefined && readable[viewer].includes(rule)

/**
 * Fields that a query can reach, are refused to some viewers and cannot be null: refusing one would take away
 * what stands beside it.
 */
export function listUnrefusable(schema: GraphQLSchema, rules: AccessRules): string[] {
  const found = (['anonymous', 'customer'] as const).flatMap((viewer) =>
    walk(schema, rules, viewer),
  )
  return [...new Set(found)]
}

function walk(schema: GraphQLSchema, rules: AccessRules, viewer: Viewer): string[] {
  const queryType = schema.getQueryType()
  const reached = new Set(queryType ? [queryType] : [])
  const unrefusable: string[] = []
  for (const type of reached) {
    for (const field of Object.values(type.getFields())) {
      const place = `${type.name}.${field.name}`
      const named = getNamedType(field.type)
      if (!mayRead(rules.get(place), viewer)) {
        if (isNonNullType(field.type)) unrefusable.push(place)
      } else if (isObjectType(named)) reached.add(named)
    }
  }
  return unrefusable
}
