/** Random valid operations over an API schema: aliases, fragments, conditions, variables, duplicates. */
import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isUnionType,
  parse,
  validate,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql'
import type { Chance } from './chance.ts'

export interface MadeOperation {
  readonly query: string
  readonly variables: Record<string, unknown>
}

interface Making {
  readonly schema: GraphQLSchema
  readonly chance: Chance
  readonly fragments: string[]
  readonly fragmentNames: { readonly name: string; readonly on: string }[]
  readonly definitions: string[]
  readonly variables: Record<string, unknown>
  budget: number
}

/** Returns a valid operation, or undefined after a few failed attempts (overlapping fields often conflict). */
export function makeOperation(schema: GraphQLSchema, chance: Chance): MadeOperation | undefined {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const made = attemptOperation(schema, chance)
    if (validate(schema, parse(made.query)).length === 0) return made
  }
  return undefined
}

function attemptOperation(schema: GraphQLSchema, chance: Chance): MadeOperation {
  const isMutation = chance.oneIn(8) && schema.getMutationType() !== undefined
  const root = isMutation ? schema.getMutationType() : schema.getQueryType()
  const making: Making = {
    schema,
    chance,
    fragments: [],
    fragmentNames: [],
    definitions: [],
    variables: {},
    budget: 8 + chance.int(20),
  }
  const body = root ? selectionSet(making, root, 1 + chance.int(4)) : '{ __typename }'
  const definitions = making.definitions.length > 0 ? `(${making.definitions.join(', ')})` : ''
  const head = `${isMutation ? 'mutation' : 'query'} Made${definitions}`
  return { query: [`${head} ${body}`, ...making.fragments].join('\n'), variables: making.variables }
}

function selectionSet(making: Making, type: GraphQLNamedType, depth: number): string {
  const count = 1 + making.chance.int(4)
  const selections = Array.from({ length: count }, () => selection(making, type, depth))
  const made = selections.filter((text) => text !== '')
  return `{ ${made.length > 0 ? made.join(' ') : '__typename'} }`
}

function selection(making: Making, type: GraphQLNamedType, depth: number): string {
  const { chance } = making
  making.budget -= 1
  if (chance.oneIn(8)) return typenameField(making)
  const isWide = isAbstractType(type)
  if (isUnionType(type) || (isWide && chance.oneIn(2))) return typedFragment(making, type, depth)
  if (chance.oneIn(14) && depth > 0) return namedFragment(making, type, depth)
  if (chance.oneIn(16)) return `... ${condition(making)} ${selectionSet(making, type, depth)}`
  return field(making, type, depth)
}

function typenameField(making: Making): string {
  const alias = making.chance.oneIn(3) ? `kind${making.chance.int(2)}: ` : ''
  return `${alias}__typename`
}

function typedFragment(making: Making, type: GraphQLNamedType, depth: number): string {
  const { schema, chance } = making
  if (!isAbstractType(type)) return '__typename'
  const inside = chance.pick(schema.getPossibleTypes(type))
  return `... on ${inside.name} ${condition(making)} ${selectionSet(making, inside, depth)}`
}

function namedFragment(making: Making, type: GraphQLNamedType, depth: number): string {
  const { chance, fragmentNames } = making
  const known = fragmentNames.filter((fragment) => fragment.on === type.name)
  if (known.length > 0 && chance.oneIn(2)) return `...${chance.pick(known).name}`
  const body = selectionSet(making, type, depth - 1)
  const name = `Piece${making.fragments.length}`
  making.fragments.push(`fragment ${name} on ${type.name} ${body}`)
  fragmentNames.push({ name, on: type.name })
  return `...${name} ${condition(making)}`
}

function field(making: Making, type: GraphQLNamedType, depth: number): string {
  if (!('getFields' in type) || isInputObjectType(type)) return '__typename'
  const all: GraphQLField<unknown, unknown>[] = Object.values(type.getFields())
  const usable = all.filter((each) =>
    depth > 0 && making.budget > 0 ? true : isLeafType(getNamedType(each.type)),
  )
  if (usable.length === 0) return '__typename'
  const chosen = making.chance.pick(usable)
  const named = getNamedType(chosen.type)
  const below = isLeafType(named) ? '' : ` ${selectionSet(making, named, depth - 1)}`
  return `${alias(making)}${chosen.name}${argumentsOf(making, chosen.args)} ${condition(making)}${below}`
}

/** Names that JavaScript objects inherit are the likeliest to fail. */
const oddNames = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf']

function alias({ chance }: Making): string {
  if (chance.oneIn(60)) return `${chance.pick(oddNames)}: `
  return chance.oneIn(6) ? `a${chance.int(6)}: ` : ''
}

function condition(making: Making): string {
  const { chance } = making
  if (!chance.oneIn(9)) return ''
  const directive = chance.pick(['@skip', '@include'])
  if (chance.oneIn(4)) return `${directive}(if: ${String(chance.oneIn(2))})`
  const name = `c${chance.int(3)}`
  if (!making.definitions.some((definition) => definition.startsWith(`$${name}:`))) {
    const hasDefault = chance.oneIn(3)
    making.definitions.push(`$${name}: Boolean!${hasDefault ? ' = true' : ''}`)
    if (!hasDefault || chance.oneIn(2)) making.variables[name] = chance.oneIn(2)
  }
  return `${directive}(if: $${name})`
}

function argumentsOf(making: Making, args: readonly GraphQLArgument[]): string {
  const given = args.flatMap((argument) => {
    const isRequired = isNonNullType(argument.type) && argument.defaultValue === undefined
    if (!isRequired && making.chance.oneIn(2)) return []
    return [`${argument.name}: ${argumentValue(making, argument)}`]
  })
  return given.length > 0 ? `(${given.join(', ')})` : ''
}

function argumentValue(making: Making, argument: GraphQLArgument): string {
  const { chance } = making
  const value = inputValue(making, argument.type)
  if (!chance.oneIn(3)) return literalOf(value, argument.type)
  const name = `v${making.definitions.length}`
  making.definitions.push(`$${name}: ${String(argument.type)}`)
  making.variables[name] = value
  return `$${name}`
}

function inputValue(making: Making, type: GraphQLInputType): unknown {
  const { chance } = making
  if (isNonNullType(type)) return inputValue(making, type.ofType)
  if (isListType(type)) return [inputValue(making, type.ofType)]
  if (isEnumType(type)) return chance.pick(type.getValues()).name
  if (isInputObjectType(type)) {
    const entries = Object.values(type.getFields())
      .filter((each) => isNonNullType(each.type))
      .map((each) => [each.name, inputValue(making, each.type)] as const)
    return Object.fromEntries(entries)
  }
  return scalarValue(making, type.name)
}

function scalarValue({ chance }: Making, name: string): unknown {
  if (name === 'Int') return chance.int(5)
  if (name === 'Float') return chance.int(5) / 2
  if (name === 'Boolean') return chance.oneIn(2)
  return `text ${chance.int(4)}`
}

function literalOf(value: unknown, type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(value, type.ofType)
  if (isListType(type) && Array.isArray(value)) {
    return `[${value.map((item) => literalOf(item, type.ofType)).join(', ')}]`
  }
  if (isEnumType(type)) return String(value)
  if (isInputObjectType(type) && typeof value === 'object' && value !== null) {
    const fields = type.getFields()
    const entries = Object.entries(value).flatMap(([name, inner]) => {
      const inside = fields[name]
      return inside ? [`${name}: ${literalOf(inner, inside.type)}`] : []
    })
    return `{ ${entries.join(', ')} }`
  }
  return JSON.stringify(value)
}
