import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { composeServices } from '@apollo/composition'
import {
  buildSchema,
  isObjectType,
  findBreakingChanges,
  type GraphQLSchema,
  lexicographicSortSchema,
  parse,
  printSchema,
} from 'graphql'
import { type AccessRules, listUnrefusable, readAccessRules } from './access.ts'
import { sdl, streamSdl, subgraphNames } from './read.ts'
import { renderReference } from './reference.ts'

/**
 * Composes the five SDL files into supergraph.graphql and api.graphql.
 * `--check` writes nothing: it fails when the committed files are stale, and when the public schema breaks
 * a client of the last committed one.
 */
const isCheck = process.argv.includes('--check')

/** The router takes every subgraph's address from its own configuration. */
const placeholder = (name: string): string => `http://${name}.subgraph.invalid/graphql`

interface Composed {
  readonly supergraph: string
  readonly api: string
}

function compose(): Composed {
  const services = subgraphNames.map((name) => ({
    name,
    url: placeholder(name),
    typeDefs: parse(sdl(name)),
  }))
  const { errors, schema, supergraphSdl } = composeServices(services)
  if (errors) {
    const lines = errors.map(
      ({ message, extensions }) => `${String(extensions['code'])}: ${message}`,
    )
    throw new Error(`The subgraphs do not compose:\n${lines.join('\n')}`)
  }
  const api = lexicographicSortSchema(schema.toAPISchema().toGraphQLJSSchema())
  return { supergraph: `${supergraphSdl.trim()}\n`, api: `${printSchema(api)}\n` }
}

/** The configuration of `rover supergraph compose` for the same subgraphs. */
const roverConfig = (): string =>
  [
    '# Written by `npm run generate`. The addresses are placeholders.',
    `federation_version: =${(JSON.parse(readFileSync(file('package.json'), 'utf8')) as Manifest).devDependencies['@apollo/composition']}`,
    'subgraphs:',
    ...subgraphNames.flatMap((name) => [
      `  ${name}:`,
      `    routing_url: ${placeholder(name)}`,
      '    schema:',
      `      file: ./subgraphs/${name}.graphql`,
    ]),
    '',
  ].join('\n')

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>
}

const file = (name: string): URL => new URL(name, import.meta.url)

function assertFresh(name: string, text: string): void {
  if (readFileSync(file(name), 'utf8') !== text) {
    throw new Error(`schema/${name} is stale: run npm run generate and commit the result.`)
  }
}

function readCommitted(name: string): string | undefined {
  try {
    const options = {
      cwd: file('.'),
      encoding: 'utf8',
      stdio: 'pipe',
    } as const
    return execFileSync('git', ['show', `HEAD:./${name}`], options)
  } catch {
    return undefined
  }
}

/** The public schema with its streams at the last commit; undefined before the first one. */
function committedApi(): GraphQLSchema | undefined {
  const api = readCommitted('api.graphql')
  return api === undefined
    ? undefined
    : buildSchema(`${api}\n${readCommitted('stream.graphql') ?? ''}`)
}

function assertCompatible(api: string): void {
  const before = committedApi()
  if (!before) return
  const breaking = findBreakingChanges(before, buildSchema(api))
  if (breaking.length === 0 || process.env['ALLOW_BREAKING_SCHEMA'] === 'true') return
  const lines = breaking.map(({ type, description }) => `${type}: ${description}`)
  throw new Error(
    `The public schema breaks its clients (ALLOW_BREAKING_SCHEMA=true to accept):\n${lines.join('\n')}`,
  )
}

/** A field without an access rule or a description fails the build. */
function assertRuled(api: string, access: AccessRules): void {
  const schema = buildSchema(api)
  const problems = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith('__')) return []
    return Object.values(type.getFields()).flatMap((field) => [
      ...(access.has(`${type.name}.${field.name}`)
        ? []
        : [`${type.name}.${field.name} has no @access rule`]),
      ...(field.description ? [] : [`${type.name}.${field.name} has no description`]),
    ])
  })
  const unrefusable = listUnrefusable(schema, access).map(
    (field) => `${field} can be refused in a query and must be nullable`,
  )
  if (problems.length + unrefusable.length > 0) {
    throw new Error([...problems, ...unrefusable].join('\n'))
  }
}

try {
  const { supergraph, api } = compose()
  const stream = streamSdl()
  const full = `${api}\n${stream}`
  const access = new Map([...readAccessRules(supergraph), ...readAccessRules(stream)])
  assertCompatible(full)
  assertRuled(full, access)
  const outputs = {
    'supergraph.graphql': supergraph,
    'api.graphql': api,
    'REFERENCE.md': renderReference(full, access),
    'supergraph.yaml': roverConfig(),
  }
  for (const [name, text] of Object.entries(outputs)) {
    if (isCheck) assertFresh(name, text)
    else writeFileSync(file(name), text)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
