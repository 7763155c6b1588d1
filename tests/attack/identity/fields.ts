import { type AccessRule, type AccessRules, mayRead, readAccessRules } from '@cnop/schema/access'
import { apiSchema, supergraph } from '@cnop/schema/read'
import {
  buildSchema,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql'

/** One field of the public schema, and a query that selects only this field. */
export interface FieldCase {
  /** `Type.field`. */
  readonly name: string
  readonly rule: AccessRule
  readonly query: string
  /** The response names that lead to the field, without list indexes. */
  readonly path: readonly string[]
  /** The path at which an anonymous caller is refused; undefined when the field is public. */
  readonly refusedAt: readonly string[] | undefined
}

interface Step {
  readonly text: string
  readonly name: string
  readonly isOpen: boolean
}

type Sample = Readonly<Record<string, string>>

type Field = GraphQLField<unknown, unknown>

const composite = ' { __typename }'

/** Returns a path from the query type to every other type, a public one where it exists. */
function findWays(schema: GraphQLSchema, rules: AccessRules, samples: Sample) {
  const ways = new Map<GraphQLObjectType, readonly Step[]>()
  const query = schema.getQueryType()
  if (!query) throw new Error('The schema has no queries.')
  ways.set(query, [])
  const walk = (isForStrangers: boolean): void => {
    for (const [type, way] of ways) {
      for (const field of Object.values(type.getFields())) {
        const isOpen = mayRead(rules.get(`${type.name}.${field.name}`), 'anonymous')
        const target = getNamedType(field.type)
        if (!isObjectType(target) || ways.has(target) || (isForStrangers && !isOpen)) continue
        const step = { text: callOf(type.name, field, samples), name: field.name, isOpen }
        ways.set(target, [...way, step])
      }
    }
  }
  walk(true)
  walk(false)
  return ways
}

function callOf(parent: string, field: Field, samples: Sample): string {
  const given = samples[`${parent}.${field.name}`]
  if (given !== undefined) return `${field.name}(${given})`
  const missing = field.args.find(
    ({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined,
  )
  if (missing) throw new Error(`${parent}.${field.name} needs a sample for ${missing.name}.`)
  return field.name
}

/** Lists every field of every type that a query can reach, without types that only mutations return. */
export function listFieldCases(samples: Sample): FieldCase[] {
  const schema = buildSchema(apiSchema())
  const rules = readAccessRules(supergraph())
  const ways = findWays(schema, rules, samples)
  return [...ways].flatMap(([type, steps]) =>
    Object.values(type.getFields()).map((field) => {
      const name = `${type.name}.${field.name}`
      const rule = rules.get(name)
      if (!rule) throw new Error(`${name} has no rule.`)
      const own = callOf(type.name, field, samples)
      const leaf = isLeafType(getNamedType(field.type)) ? own : `${own}${composite}`
      const inner = steps.reduceRight((text, step) => `${step.text} { ${text} }`, leaf)
      const way = [...steps, { name: field.name, isOpen: mayRead(rule, 'anonymous') }]
      const path = way.map((step) => step.name)
      const refused = way.findIndex(({ isOpen }) => !isOpen)
      const refusedAt = refused < 0 ? undefined : path.slice(0, refused + 1)
      return { name, rule, query: inner, path, refusedAt }
    }),
  )
}

/** Lists every mutation as a document. It is refused before it runs, so its input only has to be valid. */
export function listMutations(inputs: Sample): { name: string; rule: AccessRule; query: string }[] {
  const schema = buildSchema(apiSchema())
  const rules = readAccessRules(supergraph())
  return Object.values(schema.getMutationType()?.getFields() ?? {}).map((field) => {
    const name = `Mutation.${field.name}`
    const rule = rules.get(name)
    if (!rule) throw new Error(`${name} has no rule.`)
    return { name, rule, query: `mutation { ${callOf('Mutation', field, inputs)}${composite} }` }
  })
}
