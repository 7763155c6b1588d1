/**
 * A generated world shared by all subgraphs: a field's value depends on the seed, the object's number, the field and
 * its arguments, but not on the service or the call. So executors with different calls must return the same response.
 * Faults are decided in the same way.
 */
import {
  GraphQLError,
  OperationTypeNode,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql'
import { hashOf } from './chance.ts'

export interface World {
  readonly seed: number
  /** One of `errorEvery` fields returns an error; 0 for never. */
  readonly errorEvery: number
  readonly nullEvery: number
  /** One of `lostEvery` entities is not found by the service that resolves it. */
  readonly lostEvery: number
  readonly down: ReadonlySet<string>
  /** Response names whose leaf values have the wrong type. */
  readonly mangled: ReadonlySet<string>
  /** Strings that JSON must escape, and non-ASCII characters. */
  readonly hasOddStrings: boolean
  /** No zero, false or empty string: the stock gateway drops those under some planner aliases. */
  readonly hasNoFalsyValues: boolean
  /** The length of every list; lengths vary when it is absent. */
  readonly listLength?: number
}

/** A subgraph's view of an object: its number, and the fields of its representation. */
export interface Thing {
  readonly __typename: string
  readonly number: number
  readonly given: Readonly<Record<string, unknown>>
}

/** The number of distinct objects of a type; small, so that objects recur. */
const population = 6

export interface Facts {
  readonly service: string
  /** Names of key fields, by type. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>
  /** Top-level names in the `@requires` of `Type.field`. */
  readonly requires: ReadonlyMap<string, readonly string[]>
  /** Types of entity interfaces. The number of an object alone determines its type. */
  readonly kinds: ReadonlyMap<string, readonly string[]>
}

export function resolveField(facts: Facts): GraphQLFieldResolver<unknown, World> {
  return (source, args, world, info) => {
    const thing = isThing(source) ? source : rootThing(info)
    const name = info.fieldName
    const given = thing.given[name]
    if (given !== undefined) return asThing(facts, info.returnType, given)
    const place = [thing.__typename, thing.number, name, JSON.stringify(args)]
    if (occurs(world, world.errorEvery, 'error', ...place)) {
      throw new GraphQLError(`${thing.__typename} ${thing.number} has a broken ${name}.`, {
        extensions: { code: 'BROKEN' },
      })
    }
    const required = facts.requires.get(`${info.parentType.name}.${name}`)
    const known = required ? [JSON.stringify(required.map((each) => thing.given[each]))] : []
    return valueOf({ facts, world, thing, name }, info.returnType, [...place, ...known])
  }
}

/** Objects within a representation are ordinary objects: every service must return the same for them. */
function asThing(facts: Facts, type: GraphQLOutputType, given: unknown): unknown {
  if (isNonNullType(type)) return asThing(facts, type.ofType, given)
  if (isListType(type) && Array.isArray(given)) {
    return given.map((item) => asThing(facts, type.ofType, item))
  }
  if (!isObjectType(type) || typeof given !== 'object' || given === null) return given
  const own: Thing['given'] = { ...given }
  return { __typename: type.name, number: numberOf(facts, type.name, own) ?? 0, given: own }
}

/** The number of the object that a representation's keys identify; undefined without such a key. */
export function numberOf(facts: Facts, type: string, given: Thing['given']): number | undefined {
  const names = [...(facts.keys.get(type) ?? [])]
  const text = names.map((name) => given[name]).find((value) => value !== undefined)
  const [, digits] = /(\d+)"?$/.exec(JSON.stringify(text ?? null)) ?? []
  return digits === undefined ? undefined : Number(digits)
}

function rootThing(info: GraphQLResolveInfo): Thing {
  const isMutation = info.operation.operation === OperationTypeNode.MUTATION
  return { __typename: isMutation ? 'Mutation' : 'Query', number: 0, given: {} }
}

export function isThing(source: unknown): source is Thing {
  return typeof source === 'object' && source !== null && 'number' in source && 'given' in source
}

interface Valued {
  readonly facts: Facts
  readonly world: World
  readonly thing: Thing
  readonly name: string
}

type Place = readonly (string | number)[]

function valueOf(valued: Valued, type: GraphQLOutputType, place: Place): unknown {
  if (isNonNullType(type)) return presentValue(valued, type.ofType, place)
  const isKey = valued.facts.keys.get(valued.thing.__typename)?.has(valued.name) ?? false
  if (!isKey && occurs(valued.world, valued.world.nullEvery, 'null', ...place)) return null
  return presentValue(valued, type, place)
}

function presentValue(valued: Valued, type: GraphQLOutputType, place: Place): unknown {
  if (isListType(type)) {
    const length = valued.world.listLength ?? hashOf(valued.world.seed, 'length', ...place) % 4
    return Array.from({ length }, (_, index) => valueOf(valued, type.ofType, [...place, index]))
  }
  if (isObjectType(type)) return childOf(valued, [type.name], place)
  if (isInterfaceType(type) || isUnionType(type)) return abstractChild(valued, type.name, place)
  return leafValue(valued, type, place)
}

/** The facts of the service contain the schema; see `subgraphs.ts`, which binds this function. */
function abstractChild(valued: Valued, name: string, place: Place): Thing {
  return childOf(valued, valued.facts.kinds.get(name) ?? [name], place)
}

function childOf({ facts, world }: Valued, types: readonly string[], place: Place): Thing {
  const roll = hashOf(world.seed, 'child', ...place) % population
  const [only] = types
  if (types.length === 1 && only !== undefined) return thingOf(facts, only, roll)
  const chosen = types[roll % types.length]
  return { __typename: chosen ?? '', number: roll, given: {} }
}

/** A type of an entity interface contains only the numbers that map to it. */
function thingOf(facts: Facts, type: string, roll: number): Thing {
  for (const types of facts.kinds.values()) {
    const index = types.indexOf(type)
    if (index === -1) continue
    const number = Math.floor(roll / types.length) * types.length + index
    return { __typename: type, number, given: {} }
  }
  return { __typename: type, number: roll, given: {} }
}

const oddStrings = ['"quoted"', 'back\\slash', 'línea\nnueva', '\u2028', '🧧', '\u0007', '']
const numbers = [0, 1, -1, 7, 42, 1000000]

function leafValue({ facts, world, thing, name }: Valued, type: GraphQLOutputType, place: Place) {
  const roll = hashOf(world.seed, 'leaf', ...place)
  const isKey = facts.keys.get(thing.__typename)?.has(name) ?? false
  if (isKey) return String(type) === 'Int' ? thing.number : `${name}-${thing.number}`
  const value = plainLeaf(world, type, roll, name)
  return world.hasNoFalsyValues && (value === 0 || value === false || value === '')
    ? plainLeaf({ ...world, hasOddStrings: false }, type, 1, name)
    : value
}

type MakeLeaf = (world: World, roll: number, name: string) => unknown

const blobs = [{ a: [1, { b: null }] }, 'text', 3.5, [], true]
const makeLeaf: Readonly<Record<string, MakeLeaf>> = {
  Int: (_world, roll) => numbers[roll % numbers.length],
  Float: (_world, roll) => (numbers[roll % numbers.length] ?? 0) / (roll % 3 === 0 ? 8 : 1),
  Boolean: (_world, roll) => roll % 2 === 1,
  Blob: (_world, roll) => blobs[roll % blobs.length],
}

const makeText: MakeLeaf = (world, roll, name) =>
  world.hasOddStrings && roll % 3 === 0
    ? oddStrings[roll % oddStrings.length]
    : `${name} ${roll % 50}`

function plainLeaf(world: World, type: GraphQLOutputType, roll: number, name: string): unknown {
  if (isEnumType(type)) return type.getValues()[roll % type.getValues().length]?.name
  return (makeLeaf[String(type)] ?? makeText)(world, roll, name)
}

export function occurs(world: World, every: number, ...place: Place): boolean {
  return every > 0 && hashOf(world.seed, ...place) % every === 0
}

/** The possible types of each interface and union of a schema, in a fixed order. */
export function kindsOf(schema: GraphQLSchema): Map<string, readonly string[]> {
  const kinds = new Map<string, readonly string[]>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isInterfaceType(type) && !isUnionType(type)) continue
    if (type.name.startsWith('_')) continue
    kinds.set(
      type.name,
      schema
        .getPossibleTypes(type)
        .map((each) => each.name)
        .sort(),
    )
  }
  return kinds
}
