import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { composeSubgraphs } from '@cnop/router/engine/testing/subgraphs'

const run = promisify(execFile)
const repository = new URL('../..', import.meta.url).pathname
const program = join(repository, 'router/src/engine/standalone/explain.ts')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explain-'))
})
afterAll(() => rm(folder, { recursive: true }))

const explain = (...args: string[]) =>
  run(process.execPath, ['--import', 'tsx', program, ...args], { cwd: repository })

it('prints plan, calls and generated source of a query to the platform', async () => {
  const { stdout } = await explain(
    'query Mine { me { firstName portfolio { holdings { asset { id name } } } } }',
  )
  expect(stdout).toMatch(/^# Plan \([\d.]+ ms\)\nQueryPlan \{/)
  expect(stdout).toMatch(/\n0: user · at the root\nquery Mine__user__0/)
  expect(stdout).toMatch(/\n\d: inventory · at me\.portfolio\.holdings\.@\.asset · after 0/)
  // Formatted: one statement per line, indented.
  expect(stdout).toMatch(/\n {2}return function find\(v0, out\) \{\n {4}if \(/)
  expect(stdout).toContain('"holdings"')
}, 120_000)

it('explains a query on another supergraph, and reports an invalid one', async () => {
  const file = join(folder, 'supergraph.graphql')
  const sdls = new Map([
    ['shops', 'type Query{shop:Shop} type Shop @key(fields:"id"){id:ID! name:String}'],
    ['stock', 'type Shop @key(fields:"id"){id:ID! stock:Int}'],
  ])
  await writeFile(file, composeSubgraphs(sdls))
  const { stdout } = await explain('{ shop { name stock } }', '--supergraph', file)
  expect(stdout).toMatch(/1: stock · at shop · after 0/)
  await expect(explain('{ nothing }', '--supergraph', file)).rejects.toMatchObject({
    code: 1,
    stderr: 'Cannot query field "nothing" on type "Query".\n',
  })
}, 120_000)
