/**
 * What the process that serves needs of a supergraph, as texts: reading and validating one takes seconds, so that a
 * reload does it in a planner process.
 */
import { Supergraph, type Schema } from '@apollo/federation-internals'
import {
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  print,
  validateSchema,
  type DefinitionNode,
} from 'graphql'
import { readDirectives, withoutDemands, type EngineDirectives } from '../rules/directives.ts'

export interface PreparedSupergraph {
  /** What the engine itself enforces. */
  readonly directives: EngineDirectives
  /** The schema for clients, and the full one, in pieces. */
  readonly api: readonly string[]
  readonly full: readonly string[]
}

/** Throws where the supergraph is invalid. */
export function prepareSupergraph(supergraphSdl: string): PreparedSupergraph {
  const directives = readDirectives(supergraphSdl)
  // Apollo's packages refuse what they cannot enforce; the engine does.
  const supergraph = Supergraph.build(withoutDemands(supergraphSdl))
  const api = supergraph.apiSchema()
  const [problem] = validateSchema(api.toGraphQLJSSchema())
  if (problem) throw problem
  // Finds fields of keys and requirements that do not exist: no operation could be planned.
  supergraph.subgraphs()
  return { directives, api: piecesOf(api), full: piecesOf(supergraph.schema) }
}

/** Short enough to be parsed in a turn of the event loop. */
const pieceLength = 16 * 1024

function piecesOf(schema: Schema): string[] {
  const pieces: string[] = []
  let piece = ''
  for (const node of withDefinitions(schema.toAST().definitions)) {
    if (piece.length > pieceLength) {
      pieces.push(piece)
      piece = ''
    }
    piece += `${print(node)}\n`
  }
  return [...pieces, piece]
}

const definitionKinds = new Map<Kind, Kind>([
  [Kind.SCHEMA_EXTENSION, Kind.SCHEMA_DEFINITION],
  [Kind.SCALAR_TYPE_EXTENSION, Kind.SCALAR_TYPE_DEFINITION],
  [Kind.OBJECT_TYPE_EXTENSION, Kind.OBJECT_TYPE_DEFINITION],
  [Kind.INTERFACE_TYPE_EXTENSION, Kind.INTERFACE_TYPE_DEFINITION],
  [Kind.UNION_TYPE_EXTENSION, Kind.UNION_TYPE_DEFINITION],
  [Kind.ENUM_TYPE_EXTENSION, Kind.ENUM_TYPE_DEFINITION],
  [Kind.INPUT_OBJECT_TYPE_EXTENSION, Kind.INPUT_OBJECT_TYPE_DEFINITION],
])

/** The first extension of what has no definition becomes that. */
function withDefinitions(nodes: readonly DefinitionNode[]): DefinitionNode[] {
  const defined = new Set<string>()
  for (const node of nodes) if (!isTypeSystemExtension(node)) defined.add(nameOf(node))
  return nodes.map((node) => {
    if (!isTypeSystemExtension(node) || defined.has(nameOf(node))) return node
    defined.add(nameOf(node))
    return { ...node, kind: definitionKinds.get(node.kind) } as DefinitionNode
  })
}

/** Types and directives have names of their own; the schema has none. */
function nameOf(node: DefinitionNode): string {
  if (isTypeDefinitionNode(node) || isTypeExtensionNode(node)) return node.name.value
  return node.kind === Kind.DIRECTIVE_DEFINITION ? `@${node.name.value}` : ''
}

const isTypeSystemExtension = (node: DefinitionNode): boolean =>
  node.kind === Kind.SCHEMA_EXTENSION || isTypeExtensionNode(node)
