/** The addresses of the subgraphs in a supergraph, without reading all of it: that would take most of a second for a large one. */
import { Kind, Lexer, parse, Source, TokenKind, type EnumTypeDefinitionNode } from 'graphql'
import { argumentsOf } from '../rules/linked-names.ts'

const start = /\benum\s+join__Graph\b/g

/** By name; throws where the supergraph has no list of its subgraphs. */
export function subgraphUrls(supergraphSdl: string): Map<string, string> {
  for (const { index } of supergraphSdl.matchAll(start)) {
    const graphs = readEnum(supergraphSdl.slice(index))
    const entries = graphs?.values?.flatMap(({ directives = [] }) => {
      const graph = directives.find(({ name }) => name.value === 'join__graph')
      const { name, url } = graph ? argumentsOf(graph) : {}
      return typeof name === 'string' && typeof url === 'string' ? [[name, url] as const] : []
    })
    if (entries && entries.length > 0) return new Map(entries)
  }
  throw new Error('The supergraph does not say which subgraphs it has.')
}

const ends = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.EOF])

/** Undefined where the words are no enum, as within a description. */
function readEnum(text: string): EnumTypeDefinitionNode | undefined {
  try {
    const lexer = new Lexer(new Source(text))
    while (!ends.has(lexer.advance().kind));
    const [node] = parse(text.slice(0, lexer.token.end), { noLocation: true }).definitions
    return node?.kind === Kind.ENUM_TYPE_DEFINITION ? node : undefined
  } catch {
    return undefined
  }
}
