import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  buildSchema,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  validate,
  visit,
} from 'graphql'
import { apiSchema, type ManifestName } from './read.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Where the documents of each manifest are written. */
export const documentFolders: Readonly<Record<ManifestName, string>> = {
  web: 'web/src',
  rest: 'router/operations',
  demo: 'ops/demo/operations',
  tools: 'tests/operations',
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** All documents of a manifest as one, or undefined when there are none. */
export function readDocuments(name: ManifestName): DocumentNode | undefined {
  const text = listDocuments(name)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
  return text.trim() === '' ? undefined : parse(text)
}

function listDocuments(name: ManifestName): readonly string[] {
  const folder = join(root, documentFolders[name])
  if (!existsSync(folder)) return []
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return paths
    .filter((path) => path.endsWith('.graphql'))
    .sort()
    .map((path) => join(folder, path))
}

/** The fragments that an operation uses, directly or through other fragments, in order of name. */
function usedFragments(
  operation: OperationDefinitionNode,
  all: ReadonlyMap<string, FragmentDefinitionNode>,
) {
  const used = new Map<string, FragmentDefinitionNode>()
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread: ({ name: { value } }) => {
        const fragment = all.get(value)
        if (!fragment || used.has(value)) return
        used.set(value, fragment)
        collect(fragment)
      },
    })
  }
  collect(operation)
  return [...used.values()].sort((a, b) => a.name.value.localeCompare(b.name.value))
}

function assertValid(schema: GraphQLSchema, name: string, document: DocumentNode): void {
  const errors = validate(schema, document)
  if (errors.length > 0) {
    throw new Error(
      `An operation of ${name} does not fit the schema: ${errors.map(String).join('\n')}`,
    )
  }
}

/** The manifest of a set of documents: plain sha256 of each operation's text, with its fragments, to that text. */
export function buildManifest(name: ManifestName): Record<string, string> {
  const document = readDocuments(name)
  if (!document) return {}
  assertValid(buildSchema(apiSchema()), name, document)
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  )
  const texts = document.definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION
      ? [print({ kind: Kind.DOCUMENT, definitions: [node, ...usedFragments(node, fragments)] })]
      : [],
  )
  return Object.fromEntries(texts.map((text) => [sha256(text), text]))
}
