/** Subgraphs of the generated world, from SDL only: keys and requirements are read from the directives. */
import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  Kind,
  execute,
  isInterfaceType,
  isObjectType,
  parse,
  visit,
  type DocumentNode,
  type GraphQLSchema,
  type ObjectTypeDefinitionNode,
  type InterfaceTypeDefinitionNode,
} from 'graphql'
import { composeServices } from '@apollo/composition'
import {
  SubgraphFault,
  type SubgraphCall,
  type Reply,
  type SubgraphTransport,
} from '@cnop/router/engine/transport'
import { hashOf } from './chance.ts'
import {
  isThing,
  kindsOf,
  numberOf,
  occurs,
  resolveField,
  type Facts,
  type Thing,
  type World,
} from './world.ts'

export interface MadeSubgraphs {
  readonly supergraphSdl: string
  readonly transport: SubgraphTransport<{ readonly world: World }>
}

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@provides", "@external", "@shareable", "@inaccessible", "@override", "@interfaceObject"])
`

interface MadeSubgraph {
  readonly schema: GraphQLSchema
  readonly facts: Facts
}

export function makeSubgraphs(sdls: Readonly<Record<string, string>>): MadeSubgraphs {
  const documents = new Map(
    Object.entries(sdls).map(([name, sdl]) => [
      name,
      parse(sdl.includes('specs.apollo.dev') ? sdl : link + sdl),
    ]),
  )
  const { supergraphSdl, errors } = composeServices(
    [...documents].map(([name, typeDefs]) => ({ name, url: `http://${name}.invalid`, typeDefs })),
  )
  if (!supergraphSdl) throw new Error(errors?.map((error) => error.message).join('\n'))
  const keys = keyNames([...documents.values()])
  const made = new Map(
    [...documents].map(([name, document]) => [name, makeSubgraph(name, document, keys)]),
  )
  return {
    supergraphSdl,
    transport: { send: (call) => answerCall(made.get(call.service), call) },
  }
}

function makeSubgraph(service: string, document: DocumentNode, keys: Facts['keys']): MadeSubgraph {
  const schema = buildSubgraphSchema(document)
  const facts: Facts = { service, keys, requires: requiredNames(document), kinds: kindsOf(schema) }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    const resolveReference = (given: Record<string, unknown>, world: World) =>
      findEntity(facts, type.name, given, world)
    type.extensions = { ...type.extensions, apollo: { subgraph: { resolveReference } } }
  }
  return { schema, facts }
}

function findEntity(
  facts: Facts,
  type: string,
  given: Record<string, unknown>,
  world: World,
): Thing | null {
  const number = numberOf(facts, type, given)
  if (number === undefined) return null
  if (occurs(world, world.lostEvery, 'lost', facts.service, type, number)) return null
  const kinds = facts.kinds.get(type)
  return { __typename: kinds?.[number % kinds.length] ?? type, number, given }
}

async function answerCall(
  made: MadeSubgraph | undefined,
  { service, body, context }: SubgraphCall<{ readonly world: World }>,
): Promise<Reply> {
  const { world } = context
  if (!made || world.down.has(service)) {
    throw new SubgraphFault(`The service "${service}" is unavailable.`)
  }
  const { query, variables } = JSON.parse(body) as {
    query: string
    variables: Record<string, unknown>
  }
  const result = await execute({
    schema: made.schema,
    document: parse(query),
    variableValues: variables,
    contextValue: world,
    fieldResolver: resolveField(made.facts),
    typeResolver: (value) => (isThing(value) ? value.__typename : undefined),
  })
  const text = JSON.stringify(mangle(world, result))
  // Covers all three forms of a reply.
  const way = hashOf(world.seed, service) % 3
  if (way === 0) return { text }
  return way === 1 ? { value: JSON.parse(text) as unknown } : { bytes: Buffer.from(text) }
}

function mangle(world: World, value: unknown): unknown {
  if (world.mangled.size === 0) return value
  if (Array.isArray(value)) return value.map((item) => mangle(world, item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const isLeaf = typeof inner !== 'object' || inner === null
      return [name, isLeaf && world.mangled.has(name) ? { wrong: name } : mangle(world, inner)]
    }),
  )
}

function keyNames(documents: readonly DocumentNode[]): Map<string, ReadonlySet<string>> {
  const keys = new Map<string, ReadonlySet<string>>()
  for (const document of documents) {
    for (const type of typesOf(document)) {
      const names = new Set(keys.get(type.name.value))
      for (const text of directiveFields(type.directives, 'key')) {
        for (const [name, hasMore] of topLevel(text)) if (!hasMore) names.add(name)
      }
      keys.set(type.name.value, names)
    }
  }
  return keys
}

function requiredNames(document: DocumentNode): Map<string, readonly string[]> {
  const required = new Map<string, readonly string[]>()
  for (const type of typesOf(document)) {
    for (const field of type.fields ?? []) {
      const names = directiveFields(field.directives, 'requires').flatMap((text) =>
        topLevel(text).map(([name]) => name),
      )
      if (names.length > 0) required.set(`${type.name.value}.${field.name.value}`, names)
    }
  }
  return required
}

function typesOf(
  document: DocumentNode,
): (ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode)[] {
  return document.definitions.filter(
    (definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
      definition.kind === Kind.INTERFACE_TYPE_DEFINITION,
  )
}

function directiveFields(
  directives: ObjectTypeDefinitionNode['directives'],
  name: string,
): string[] {
  const found: string[] = []
  for (const directive of directives ?? []) {
    if (directive.name.value !== name) continue
    visit(directive, {
      Argument: (node) => {
        if (node.name.value === 'fields' && node.value.kind === Kind.STRING)
          found.push(node.value.value)
      },
    })
  }
  return found
}

function topLevel(fields: string): [string, boolean][] {
  const [definition] = parse(`{${fields}}`).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return []
  return definition.selectionSet.selections.flatMap((selection) =>
    selection.kind === Kind.FIELD
      ? [[selection.name.value, selection.selectionSet !== undefined] as [string, boolean]]
      : [],
  )
}
