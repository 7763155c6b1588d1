/** The measured graphs: the shop of the public benchmark, this platform's flagship query, and scenarios. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execute, parse } from 'graphql'
import { sdl, subgraphNames } from '@cnop/schema/read'
import {
  composeSubgraphs,
  subgraphSchema,
  type TestSubgraph,
} from '@cnop/router/engine/testing/subgraphs'
import { makeSubgraphs } from '../../engine/made-subgraphs.ts'
import type { World } from '../../engine/world.ts'
import type { GraphFiles } from './gateways.ts'
import { saltOf, startReplay, type Answer, type Replayed, type ReplayOptions } from './replay.ts'
import { deepQuery, shop } from './shop.ts'

export interface MeasuredGraph {
  readonly name: string
  readonly files: GraphFiles
  /** The body of a request. Equal numbers make equal requests, others differ in every call to a subgraph. */
  readonly body: (request: number) => string
  readonly replayed: Replayed
  readonly close: () => void
}

function serve(
  { name, body }: Pick<MeasuredGraph, 'name' | 'body'>,
  { supergraphSdl, sdls }: { supergraphSdl: string; sdls: ReadonlyMap<string, string> },
  replayed: Replayed,
): MeasuredGraph {
  const folder = mkdtempSync(join(tmpdir(), 'bench-router-'))
  const supergraph = join(folder, `${name}.graphql`)
  writeFileSync(supergraph, withUrls(supergraphSdl, replayed.urls))
  const subgraphs = new Map(
    [...sdls].map(([each, text]) => [each, { sdl: text, url: replayed.urls.get(each) ?? '' }]),
  )
  return {
    name,
    body,
    replayed,
    files: { supergraph, folder, subgraphs },
    close: () => {
      replayed.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** A graph of subgraphs that are executed once for each call, and answer from memory afterwards. */
export async function openGraph(
  name: string,
  subgraphs: Readonly<Record<string, TestSubgraph>>,
  body: MeasuredGraph['body'],
  options?: ReplayOptions,
): Promise<MeasuredGraph> {
  const schemas = new Map(
    Object.entries(subgraphs).map(([each, subgraph]) => [each, subgraphSchema(subgraph)]),
  )
  const answer: Answer = async (service, text) => {
    const { query, variables } = readBody(text)
    const schema = schemas.get(service)
    if (!schema) throw new Error(`There is no service ${service}.`)
    return JSON.stringify(
      await execute({ schema, document: parse(query), variableValues: variables }),
    )
  }
  const replayed = await startReplay([...schemas.keys()], answer, options)
  const sdls = new Map(Object.entries(subgraphs).map(([each, subgraph]) => [each, subgraph.sdl]))
  return serve({ name, body }, { supergraphSdl: composeSubgraphs(sdls), sdls }, replayed)
}

/** A query whose variable `salt` begins the keys of everything that is returned. */
export const salted =
  (query: string): MeasuredGraph['body'] =>
  (request) =>
    JSON.stringify({ query, variables: { salt: saltOf(request) } })

/** The shop, with further services that its query does not need. */
export const openDeep = (
  others: Readonly<Record<string, TestSubgraph>> = {},
): Promise<MeasuredGraph> => openGraph('deep', { ...shop, ...others }, salted(deepQuery))

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
  const body = (): string => JSON.stringify({ query: flagshipQuery })
  return serve({ name: 'flagship', body }, { supergraphSdl, sdls: new Map() }, replayed)
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
