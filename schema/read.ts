import { readFileSync } from 'node:fs'

export const subgraphNames = ['user', 'order', 'inventory', 'insights', 'cny'] as const
export type SubgraphName = (typeof subgraphNames)[number]

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The SDL of one subgraph: the source of truth of its part of the contract. */
export const sdl = (name: SubgraphName): string => read(`./subgraphs/${name}.graphql`)

/** The composed supergraph, the router's only schema input. */
export const supergraph = (): string => read('./supergraph.graphql')

/** The public schema, as clients see it. */
export const apiSchema = (): string => read('./api.graphql')

/** What can be followed at `/stream`; it uses the types of the public schema. */
export const streamSdl = (): string => read('./stream.graphql')

export const manifestNames = ['web', 'client', 'rest', 'demo', 'tools'] as const
export type ManifestName = (typeof manifestNames)[number]

/** Persisted operations: the sha256 of a document to the document. Subscriptions have a manifest of their own. */
export const manifest = (name: ManifestName | 'stream'): Readonly<Record<string, string>> =>
  JSON.parse(read(`./persisted/${name}.json`)) as Record<string, string>

const operationName = /^\s*(?:query|mutation|subscription)\s+(\w+)/m

/** The names of all persisted operations, which are the only ones that may become labels of metrics. */
export const registeredOperations = (): ReadonlySet<string> =>
  new Set(
    [...manifestNames, 'stream' as const].flatMap((name) =>
      Object.values(manifest(name)).flatMap((document) => operationName.exec(document)?.[1] ?? []),
    ),
  )
