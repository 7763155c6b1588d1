/** Small subgraphs in this process, composed on the spot, with every call recorded. */
import { composeServices } from '@apollo/composition'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, parse, type GraphQLSchema } from 'graphql'
import {
  SubgraphFault,
  type SubgraphCall,
  type Reply,
  type SubgraphTransport,
} from '../transport.ts'

export type Resolvers = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface TestSubgraph {
  readonly sdl: string
  readonly resolvers?: Resolvers
}

export interface RecordedCall {
  readonly service: string
  readonly query: string
  readonly variables: Record<string, unknown>
  readonly call: SubgraphCall
}

export interface TestSubgraphs {
  readonly supergraphSdl: string
  readonly transport: SubgraphTransport
  readonly calls: RecordedCall[]
  /** Services whose calls fail. */
  readonly down: Set<string>
}

/** Makes a schema one of a subgraph of Federation 2. */
export const federationLink = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@provides", "@external", "@shareable", "@inaccessible", "@override", "@interfaceObject"])
`

export function composeSubgraphs(sdls: ReadonlyMap<string, string>): string {
  const services = [...sdls].map(([name, sdl]) => ({
    name,
    url: `http://${name}.invalid/graphql`,
    typeDefs: parse(federationLink + sdl),
  }))
  const { supergraphSdl, errors } = composeServices(services)
  if (!supergraphSdl) throw new Error(errors?.map((error) => error.message).join('\n'))
  return supergraphSdl
}

export function subgraphSchema({ sdl, resolvers = {} }: TestSubgraph): GraphQLSchema {
  const modules = [{ typeDefs: parse(federationLink + sdl), resolvers }]
  return buildSubgraphSchema(modules as Parameters<typeof buildSubgraphSchema>[0])
}

export interface TestSubgraphsOptions {
  /** How replies travel: as bytes (a socket), text, or values (a hosted subgraph). */
  readonly as?: 'bytes' | 'text' | 'value'
}

export function startSubgraphs(
  subgraphs: Readonly<Record<string, TestSubgraph>>,
  { as = 'bytes' }: TestSubgraphsOptions = {},
): TestSubgraphs {
  const entries = Object.entries(subgraphs)
  const schemas = new Map(entries.map(([name, subgraph]) => [name, subgraphSchema(subgraph)]))
  const calls: RecordedCall[] = []
  const down = new Set<string>()
  const send = async (call: SubgraphCall): Promise<Reply> => {
    const { query, variables } = JSON.parse(call.body) as RecordedCall
    calls.push({ service: call.service, query, variables, call })
    const schema = schemas.get(call.service)
    if (!schema || down.has(call.service)) {
      throw new SubgraphFault(`The service "${call.service}" is unavailable.`)
    }
    const result = await execute({ schema, document: parse(query), variableValues: variables })
    return replyAs(as, result)
  }
  return {
    supergraphSdl: composeSubgraphs(new Map(entries.map(([name, { sdl }]) => [name, sdl]))),
    transport: { send },
    calls,
    down,
  }
}

export function replyAs(as: 'bytes' | 'text' | 'value', result: unknown): Reply {
  const text = JSON.stringify(result)
  if (as === 'text') return { text }
  if (as === 'value') return { value: JSON.parse(text) as unknown }
  return { bytes: Buffer.from(text) }
}
