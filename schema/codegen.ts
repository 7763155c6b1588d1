import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addTypenameSelectionDocumentTransform, preset } from '@graphql-codegen/client-preset'
import { codegen } from '@graphql-codegen/core'
import * as addPlugin from '@graphql-codegen/add'
import * as typescriptPlugin from '@graphql-codegen/typescript'
import * as resolversPlugin from '@graphql-codegen/typescript-resolvers'
import { buildSchema, parse, print } from 'graphql'
import {
  buildManifest,
  buildStreamManifest,
  documentFolders,
  fullSchema,
  partManifest,
  readDocuments,
  sha256,
} from './manifests.ts'
import { sdl, subgraphNames, type SubgraphName } from './read.ts'

/** Writes typed resolvers for the subgraphs, typed documents for the web app and the client, and the persisted manifests. */
const isCheck = process.argv.includes('--check')
const root = fileURLToPath(new URL('../', import.meta.url))

function write(path: string, text: string): void {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const moneyTypes = { Money: 'Usd', Quantity: 'Quantity', Price: 'Price' } as const

function resolversConfig() {
  return {
    federation: true,
    enumsAsTypes: true,
    immutableTypes: true,
    useTypeImports: true,
    useIndexSignature: false,
    contextType: '../deps.ts#Context',
    scalars: { ID: 'string', DateTime: 'string', Date: 'string', ...moneyTypes },
    defaultMapper: 'any',
    makeResolverTypeCallable: true,
  }
}

const federationDirectives = /* GraphQL */ `
  directive @key(fields: String!, resolvable: Boolean) repeatable on OBJECT
  directive @shareable on OBJECT | FIELD_DEFINITION
  directive @external on OBJECT | FIELD_DEFINITION
  directive @requires(fields: String!) on FIELD_DEFINITION
  directive @inaccessible on OBJECT | FIELD_DEFINITION
  directive @composeDirective(name: String!) repeatable on SCHEMA
  directive @link(url: String!, import: [String]) repeatable on SCHEMA
  directive @cost(weight: Int!) on FIELD_DEFINITION
  directive @listSize(
    assumedSize: Int
    slicingArguments: [String!]
    sizedFields: [String!]
    requireOneSlicingArgument: Boolean
  ) on FIELD_DEFINITION
`

async function generateResolvers(name: SubgraphName): Promise<void> {
  const filename = `subgraphs/${name}/src/generated/resolvers.ts`
  const text = await codegen({
    filename,
    schema: parse(`${sdl(name)}\n${federationDirectives}`),
    documents: [],
    config: resolversConfig(),
    plugins: [
      { add: { content: `import type { Price, Quantity, Usd } from '@cnop/kit/money'` } },
      { typescript: {} },
      { resolvers: {} },
    ],
    pluginMap: { add: addPlugin, typescript: typescriptPlugin, resolvers: resolversPlugin },
  })
  write(filename, text)
}

const typedDocuments = {
  web: { baseOutputDir: 'web/src/generated/', mode: {} },
  client: { baseOutputDir: 'schema/client/generated/', mode: { documentMode: 'string' } },
} as const

/** Writes typed documents, and returns the manifest whose ids they contain. */
async function generateDocuments(
  name: keyof typeof typedDocuments,
): Promise<Record<string, string>> {
  const { baseOutputDir, mode } = typedDocuments[name]
  const document = readDocuments(name)
  if (!document) return {}
  const options = await preset.buildGeneratesSection({
    baseOutputDir,
    schema: parse(fullSchema()),
    schemaAst: buildSchema(fullSchema()),
    documents: [{ document, rawSDL: print(document), location: documentFolders[name] }],
    config: {
      ...mode,
      enumType: 'string-literal',
      immutableTypes: true,
      useTypeImports: true,
      scalars: {
        Money: 'string',
        Quantity: 'string',
        Price: 'string',
        DateTime: 'string',
        Date: 'string',
      },
    },
    plugins: [],
    pluginMap: {},
    presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: sha256 } },
    documentTransforms: [addTypenameSelectionDocumentTransform].map((transformObject) => ({
      name: 'typename',
      transformObject,
    })),
  })
  // The helpers beside the documents import each other without file extensions, which only bundlers accept.
  const used = options.filter(
    ({ filename }) => name === 'web' || !/\/(?:gql|index)\.ts$/.test(filename),
  )
  const outputs = await Promise.all(
    used.map(async (output) => [output.filename, await codegen(output)] as const),
  )
  for (const [filename, text] of outputs)
    write(filename, name === 'client' ? inlineType(text) : text)
  return JSON.parse(
    readFileSync(join(root, baseOutputDir, 'persisted-documents.json'), 'utf8'),
  ) as Record<string, string>
}

/** The client has no dependencies, not even of its types. */
const inlineType = (text: string): string =>
  text.replace(
    /import type \{ DocumentTypeDecoration \} from [^\n]+/,
    `interface DocumentTypeDecoration<TResult, TVariables> {
  __apiType?: (variables: TVariables) => TResult
}`,
  )

function saveManifest(name: string, manifest: Record<string, string>): void {
  const path = `schema/persisted/${name}.json`
  const sorted = Object.fromEntries(
    Object.entries(manifest).sort(([, a], [, b]) => a.localeCompare(b)),
  )
  const text = `${JSON.stringify(sorted, null, 2)}\n`
  if (!isCheck) write(path, text)
  else if (readFileSync(join(root, path), 'utf8') !== text) {
    throw new Error(`${path} is stale: run npm run generate and commit the result.`)
  }
}

try {
  await Promise.all(subgraphNames.map(generateResolvers))
  const streams: Record<string, string>[] = []
  for (const name of ['web', 'client'] as const) {
    const { queries, subscriptions } = partManifest(await generateDocuments(name))
    saveManifest(name, queries)
    streams.push(subscriptions)
  }
  for (const name of ['rest', 'demo', 'tools'] as const) {
    saveManifest(name, buildManifest(name))
    streams.push(buildStreamManifest(name))
  }
  saveManifest('stream', Object.assign({}, ...streams) as Record<string, string>)
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
