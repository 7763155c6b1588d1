/**
 * Explains how a query is executed: `npm run engine:explain -- '<query>' [--supergraph FILE] [--operation NAME]`
 * prints the plan, the calls with their operations, and the source that is generated for them. Nothing is sent.
 */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { GraphQLError, parse, print } from 'graphql'
import { format } from 'prettier'
import { supergraph } from '@cnop/schema/read'
import { createEngine } from '../engine.ts'
import type { Explanation, PlannedCall } from '../explain.ts'

const usage = "engine:explain -- '<query>' [--supergraph FILE] [--operation NAME]\n"

async function explain(query: string, file: string | undefined, operationName?: string) {
  const supergraphSdl = file === undefined ? supergraph() : await readFile(file, 'utf8')
  const send = () => Promise.reject(new Error('Nothing is sent to explain a query.'))
  const engine = await createEngine({ supergraphSdl, transport: { send } })
  try {
    return await report(await engine.explain(query, operationName))
  } finally {
    await engine.stop()
  }
}

async function report({ text, calls, planningMs, sources }: Explanation): Promise<string> {
  const generated = await Promise.all(
    sources.map(
      async ({ title, text }) =>
        `// ${title}\n${await format(text, { parser: 'babel', semi: false, singleQuote: true, printWidth: 100 })}`,
    ),
  )
  return [
    `# Plan (${planningMs.toFixed(1)} ms)\n${text}`,
    '# Calls',
    ...calls.map(describeCall),
    '# Generated source',
    ...generated,
  ].join('\n\n')
}

function describeCall({ service, after, isPublic, paths, operation }: PlannedCall, index: number) {
  const facts = [
    `${index}: ${service}`,
    paths.every((path) => path === '') ? 'at the root' : `at ${paths.join(', ')}`,
    ...(after.length > 0 ? [`after ${after.join(', ')}`] : []),
    ...(isPublic ? ['without identity'] : []),
  ]
  return `${facts.join(' · ')}\n${print(parse(operation))}`
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { supergraph: { type: 'string' }, operation: { type: 'string' } },
})
const [query] = positionals
if (query === undefined || positionals.length > 1) {
  process.stderr.write(usage)
  process.exitCode = 2
} else {
  try {
    process.stdout.write(`${await explain(query, values.supergraph, values.operation)}\n`)
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
