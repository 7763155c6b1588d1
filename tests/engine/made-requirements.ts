/**
 * Random supergraphs whose fields require others with arguments: inside links and lists, through inline fragments,
 * across types, and through fields with requirements. Every value contains its inputs.
 */
import { Kind, parse, type FieldNode, type SelectionSetNode } from 'graphql'
import { composeSubgraphs, subgraphSchema } from '@cnop/router/engine/testing/subgraphs'
import { hashOf, type Chance } from './chance.ts'

/** An object of the model that all services share. */
export interface Entity {
  readonly __typename: string
  readonly id: string
}

/** The required selections of each field with requirements, by `Type.field`. */
export type Requirements = ReadonlyMap<string, SelectionSetNode>

const typeNames = ['A', 'B', 'C']
const links = ['one', 'many', 'node'] as const
const units = ['', '(unit: METRIC)', '(unit: IMPERIAL)', '(unit: ONE)', '(n: 1)']
const unit = 'enum Unit { ONE METRIC IMPERIAL }'
const valueField = (name: string) => `${name}(unit: Unit = ONE, n: Int): Int`

/** The type of a link: each type has `one` and `many` of a fixed type, and `node` of any type. */
export const linkedType = (type: string, link: string): string =>
  typeNames[hashOf(type, link) % typeNames.length] ?? 'A'

const linkField = (type: string, link: (typeof links)[number]): string => {
  if (link === 'node') return 'node: Node'
  const target = linkedType(type, link)
  return link === 'one' ? `one: ${target}` : `many: [${target}!]`
}

const few = 4

/** The value of a field of the model. `requirementText` resolves requirements. */
export function modelValue(entity: Entity, name: string, args: Record<string, unknown>): unknown {
  const place = [entity.__typename, entity.id, name]
  const roll = hashOf(...place)
  const given = Object.entries(args).sort(([left], [right]) => (left < right ? -1 : 1))
  if (name === 'v' || name === 'w') return hashOf(...place, JSON.stringify(given)) % 1000
  const other = (type: string, index: number): Entity => {
    return { __typename: type, id: String(hashOf(roll, index) % few) }
  }
  if (name === 'many') {
    const type = linkedType(entity.__typename, name)
    return Array.from({ length: roll % 3 }, (_, index) => other(type, index))
  }
  if (roll % 5 === 0) return null
  return other(name === 'one' ? linkedType(entity.__typename, name) : pickType(roll), 0)
}

const pickType = (roll: number): string => typeNames[(roll >>> 4) % typeNames.length] ?? 'A'

export const someEntities = (): Entity[] =>
  typeNames.flatMap((__typename) => ['0', '1'].map((id) => ({ __typename, id })))

/** The required values of a field as text, in the order of its requirement. */
export function requirementText(
  { selections }: SelectionSetNode,
  source: unknown,
  read: (source: unknown, node: FieldNode) => unknown,
): unknown {
  if (source === null || source === undefined) return null
  if (Array.isArray(source)) {
    return source.map((item) =>
      requirementText({ kind: Kind.SELECTION_SET, selections }, item, read),
    )
  }
  return selections.flatMap((node): unknown[] => {
    if (node.kind === Kind.FIELD) {
      if (node.name.value === '__typename') return []
      const value = read(source, node)
      return [node.selectionSet ? requirementText(node.selectionSet, value, read) : (value ?? null)]
    }
    if (node.kind === Kind.FRAGMENT_SPREAD) return []
    const isOfType = (source as Entity).__typename === node.typeCondition?.name.value
    return isOfType ? [requirementText(node.selectionSet, source, read)] : []
  })
}

export interface MadeRequirements {
  readonly supergraphSdl: string
  readonly schemas: ReadonlyMap<string, ReturnType<typeof subgraphSchema>>
  readonly requirements: Requirements
}

export function makeRequirements(chance: Chance): MadeRequirements {
  const requirements = new Map<string, SelectionSetNode>()
  const sdls = new Map([
    ['links', linksSdl()],
    [
      'values',
      `${unit} ${typeNames.map((type) => `type ${type} @key(fields: "id") { id: ID! ${valueField('v')} ${valueField('w')} }`).join('\n')}`,
    ],
    ['first', requiringSdl(chance, 'first', requirements)],
    ['second', requiringSdl(chance, 'second', requirements)],
  ])
  const schemas = new Map(
    [...sdls].map(([name, sdl]) => [
      name,
      subgraphSchema({ sdl, resolvers: resolversOf(name, requirements) }),
    ]),
  )
  return { supergraphSdl: composeSubgraphs(sdls), schemas, requirements }
}

const linksSdl = (): string => `type Query { nodes: [Node!]! a: A all: [Any!] }
  interface Node { id: ID! }
  union Any = ${typeNames.join(' | ')}
  ${typeNames.map((type) => `type ${type} implements Node @key(fields: "id") { id: ID! ${links.map((link) => linkField(type, link)).join(' ')} }`).join('\n')}`

/** The required fields of each type in a service, which its SDL declares as external. */
type Externals = Map<string, Set<string>>

function requiringSdl(
  chance: Chance,
  service: string,
  requirements: Map<string, SelectionSetNode>,
): string {
  const externals: Externals = new Map(typeNames.map((type) => [type, new Set<string>()]))
  const own = typeNames.map((type) => {
    const fields = ['x', 'y'].map((name) => {
      const text = requirementOf(chance, externals, { type, service, depth: 1 + chance.int(2) })
      const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions
      const field = `${service}_${name}`
      if (definition?.kind === Kind.OPERATION_DEFINITION) {
        requirements.set(`${type}.${field}`, definition.selectionSet)
      }
      return `${field}: String @requires(fields: "${text}")`
    })
    return { type, fields }
  })
  const isAbstract = [...externals.values()].some((fields) => fields.has('node: Node @external'))
  const types = own.map(({ type, fields }) => {
    const all = [...(externals.get(type) ?? []), ...fields].join(' ')
    return `type ${type} ${isAbstract ? 'implements Node ' : ''}@key(fields: "id") { id: ID! ${all} }`
  })
  return `${unit} ${isAbstract ? 'interface Node { id: ID! }' : ''} ${types.join('\n')}`
}

interface Requiring {
  readonly type: string
  readonly service: string
  readonly depth: number
}

/** Within one requirement a field of a type always has the same arguments; other requirements cannot be planned. */
function requirementOf(chance: Chance, externals: Externals, requiring: Requiring): string {
  const chosen = new Map<string, string>()
  const argumentsOf = (coordinate: string): string => {
    const known = chosen.get(coordinate) ?? chance.pick(units)
    chosen.set(coordinate, known)
    return known
  }
  const leaf = (type: string): string => {
    const name = chance.pick(['v', 'w'])
    externals.get(type)?.add(`${valueField(name)} @external`)
    return `${name}${argumentsOf(`${type}.${name}`)}`
  }
  const below = (type: string, depth: number): string => {
    const parts = new Set([leaf(type)])
    if (requiring.service === 'second' && chance.oneIn(10)) {
      externals.get(type)?.add('first_x: String @external')
      parts.add('first_x')
    }
    if (depth > 0) {
      const link = chance.pick(links)
      externals.get(type)?.add(`${linkField(type, link)} @external`)
      parts.add(
        `${link} { ${link === 'node' ? `__typename ${fragments(depth)}` : below(linkedType(type, link), depth - 1)} }`,
      )
    }
    return [...parts].join(' ')
  }
  const fragments = (depth: number): string =>
    typeNames
      .filter((_type, index) => index === 0 || chance.oneIn(2))
      .map((type) => `... on ${type} { ${below(type, depth - 1)} }`)
      .join(' ')
  return below(requiring.type, requiring.depth)
}

function resolversOf(service: string, requirements: Requirements) {
  const byType = typeNames.map((type) => {
    const own = [...requirements].filter(([coordinate]) =>
      coordinate.startsWith(`${type}.${service}_`),
    )
    const required = own.map(([coordinate, selections]) => [
      coordinate.slice(type.length + 1),
      (given: unknown) => JSON.stringify(requirementText(selections, given, readGiven)),
    ])
    const model = ['v', 'w', ...links].map((name) => [
      name,
      (entity: Entity, args: Record<string, unknown>) => modelValue(entity, name, args),
    ])
    const fields: unknown[][] =
      service === 'links' ? model.slice(2) : service === 'values' ? model.slice(0, 2) : required
    return [type, Object.fromEntries(fields)] as const
  })
  const query = { nodes: someEntities, all: someEntities, a: () => someEntities()[0] }
  return { ...Object.fromEntries(byType), ...(service === 'links' && { Query: query }) }
}

const readGiven = (source: unknown, { name }: FieldNode): unknown =>
  (source as Record<string, unknown>)[name.value]
