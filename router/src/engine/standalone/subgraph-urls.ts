/** The addresses that a supergraph names for its subgraphs. */
import { Supergraph } from '@apollo/federation-internals'

export function subgraphUrls(supergraphSdl: string): Map<string, string> {
  const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false })
  return new Map(supergraph.subgraphsMetadata().map(({ name, url }) => [name, url]))
}
