/** The two measured graphs: the shop of the public benchmark, and this platform's flagship query. */
import { execute, parse } from 'graphql'
import { sdl, subgraphNames } from '@cnop/schema/read'
import { composeSubgraphs, subgraphSchema } from '@cnop/router/engine/testing/subgraphs'
import { makeSubgraphs } from '../../engine/made-subgraphs.ts'
import type { World } from '../../engine/world.ts'
import { startReplay, type Answer, type Replayed } from './replay.ts'
import { deepQuery, shop } from './shop.ts'

export interface MeasuredGraph {
  readonly name: string
  readonly supergraphSdl: string
  readonly query: string
  readonly replayed: Replayed
}

export async function openDeep(): Promise<MeasuredGraph> {
  const schemas = new Map(
    Object.entries(shop).map(([name, subgraph]) => [name, subgraphSchema(subgraph)]),
  )
  const answer: Answer = async (service, body) => {
    const { query, variables } = readBody(body)
    const schema = schemas.get(service)
    if (!schema) throw new Error(`There is no service ${service}.`)
    return JSON.stringify(
      await execute({ schema, document: parse(query), variableValues: variables }),
    )
  }
  const replayed = await startReplay([...schemas.keys()], answer)
  const sdls = new Map(Object.entries(shop).map(([name, subgraph]) => [name, subgraph.sdl]))
  const composed = composeSubgraphs(sdls)
  return {
    name: 'deep',
    supergraphSdl: withUrls(composed, replayed.urls),
    query: deepQuery,
    replayed,
  }
}

/** No nulls and no faults. */
const flagshipWorld: World = {
  seed: 20261121,
  errorEvery: 0,
  nullEvery: 0,
  lostEvery: 0,
  down: new Set(),
  mangled: new Set(),
  hasOddStrings: false,
  hasNoFalsyValues: true,
  listLength: 8,
}

export const flagshipQuery = `
query Flagship {
  me { portfolio {
    cash { available held }
    totalValue
    holdings { quantity marketValue asset { name quote { price } } }
    recentOrders(first: 5) { nodes { id status } }
    insight { summary engine }
    redPocket { claimedToday }
  } }
}`

export async function openFlagship(): Promise<MeasuredGraph> {
  const { supergraphSdl, transport } = makeSubgraphs(
    Object.fromEntries(subgraphNames.map((name) => [name, sdl(name)])),
  )
  const answer: Answer = async (service, body) => {
    const reply = await transport.send({
      service,
      body,
      operationName: undefined,
      isMutation: false,
      isAnonymousPublic: false,
      isShared: false,
      fields: new Set<string>(),
      context: { world: flagshipWorld },
    })
    if ('bytes' in reply) return reply.bytes.toString('utf8')
    return 'text' in reply ? reply.text : JSON.stringify(reply.value)
  }
  const replayed = await startReplay(subgraphNames, answer)
  return {
    name: 'flagship',
    supergraphSdl: withUrls(supergraphSdl, replayed.urls),
    query: flagshipQuery,
    replayed,
  }
}

function withUrls(supergraphSdl: string, urls: ReadonlyMap<string, string>): string {
  return supergraphSdl.replace(
    /(@join__graph\(name: "([^"]+)", url: )"[^"]*"/g,
    (_match, head: string, name: string) => `${head}"${urls.get(name) ?? ''}"`,
  )
}

function readBody(body: string): { query: string; variables: Record<string, unknown> } {
  return JSON.parse(body) as { query: string; variables: Record<string, unknown> }
}
