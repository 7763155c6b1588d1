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
import { apiSchema, type ManifestName, streamSdl } from './read.ts'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Where the documents of each manifest are written. */
export const documentFolders: Readonly<Record<ManifestName, string>> = {
  web: 'web/src',
  client: 'schema/client',
  rest: 'router/operations',
  demo: 'ops/demo/operations',
  tools: 'tests/operations',
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The ending of files whose operations are subscriptions. */
const streamEnding = '.stream.graphql'

/** The public schema with everything that can be followed. */
export const fullSchema = (): string => `${apiSchema()}\n${streamSdl()}`

const listQueries = (name: ManifestName): string[] =>
  listDocuments(name).filter((path) => !path.endsWith(streamEnding))

const listSubscriptions = (name: ManifestName): string[] =>
  listDocuments(name).filter((path) => path.endsWith(streamEnding))

/** All documents of a client as one, or undefined when there are none. */
export const readDocuments = (name: ManifestName): DocumentNode | undefined =>
  parseFiles(listDocuments(name))

function parseFiles(paths: readonly string[]): DocumentNode | undefined {
  const text = paths.map((path) => readFileSync(path, 'utf8')).join('\n')
  return text.trim() === '' ? undefined : parse(text)
}

function listDocuments(name: ManifestName): string[] {
  const folder = join(root, documentFolders[name])
  if (!existsSync(folder)) return []
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return paths
    .filter((path) => path.endsWith('.graphql'))
    .sort()
    .map((path) => join(folder, path))
}

/** Parts what a client asks from what it follows. */
export function partManifest(all: Readonly<Record<string, string>>) {
  const entries = Object.entries(all)
  const isSubscription = ([, text]: [string, string]): boolean => text.startsWith('subscription')
  return {
    queries: Object.fromEntries(entries.filter((entry) => !isSubscription(entry))),
    subscriptions: Object.fromEntries(entries.filter(isSubscription)),
  }
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

/** The manifest of what a client asks: plain sha256 of each operation's text, with its fragments, to that text. */
export const buildManifest = (name: ManifestName): Record<string, string> =>
  hashDocuments(name, parseFiles(listQueries(name)), apiSchema())

/** The same of what it follows. */
export const buildStreamManifest = (name: ManifestName): Record<string, string> =>
  hashDocuments(name, parseFiles(listSubscriptions(name)), fullSchema())

function hashDocuments(
  name: ManifestName,
  document: DocumentNode | undefined,
  schemaSdl: string,
): Record<string, string> {
  if (!document) return {}
  assertValid(buildSchema(schemaSdl), name, document)
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
