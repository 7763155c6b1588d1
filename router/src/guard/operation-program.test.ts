import { QueryPlanner } from '@apollo/query-planner'
import { operationFromDocument, Supergraph } from '@apollo/federation-internals'
import { describe, expect, it } from '@jest/globals'
import { apiSchema, manifest, manifestNames, supergraph } from '@cnop/schema/read'
import { buildSchema, getOperationAST, parse } from 'graphql'
import { readLimitRules } from './limit-rules.ts'
import { measureCost } from './operation-cost.ts'
import { compileProgram } from './operation-program.ts'

const schema = buildSchema(apiSchema())
const rules = readLimitRules(supergraph())
const caps = { byField: new Map([['Query.assets', 250]]), others: 100 }

function programOf(text: string) {
  const document = parse(text)
  return compileProgram({ schema, rules, caps }, document, getOperationAST(document)!)
}

const measure = (text: string, variables = {}) => measureCost(programOf(text).costs, variables)

const everyClientDocument = manifestNames.flatMap((name) =>
  Object.values(manifest(name)).map((text) => [/\w+ \w+/.exec(text)?.[0] ?? 'anonymous', text]),
)

describe('the cost of an operation', () => {
  it.each([
    ['{ __typename }', {}, 0],
    ['{ market { feed } }', {}, 1],
    // One for the connection, and two for each entry: itself and its quote.
    ['{ assets(first: 10) { nodes { id quote { price } } } }', {}, 21],
    ['query ($n: Int) { assets(first: $n) { nodes { id } } }', { n: 30 }, 31],
    ['query ($n: Int) { assets(first: $n) { nodes { id } } }', {}, 51],
    ['{ assets { nodes { id } } }', {}, 51],
    ['{ a: market { feed } b: market { feed } }', {}, 2],
    // Fields with one response name are merged.
    ['{ market { feed } ...F } fragment F on Query { market { isOpen } }', {}, 1],
  ])('of %s with %p is %i', (text, variables, cost) => {
    expect(measure(text, variables).cost).toBe(cost)
  })

  it('multiplies a page inside a page, however it is given', () => {
    const text = `query ($a: Int, $b: Int) {
      assets(first: $a) { nodes { myOrders(first: $b) { nodes { id } } } }
    }`
    expect(measure(text, { a: 60, b: 60 }).cost).toBe(1 + 60 * (1 + 1 + 60))
  })

  it('names a page size that is not allowed', () => {
    const text = 'query ($n: Int) { assets(first: $n) { nodes { id } } }'
    const badPage = { place: 'Query.assets', argument: 'first', cap: 250 }
    for (const n of [251, 0, -1]) expect(measure(text, { n })).toMatchObject({ badPage })
    for (const n of [1, 250, '9999']) expect(measure(text, { n }).badPage).toBeUndefined()
  })

  it.each(everyClientDocument)('lets our own %s pass', (_name, text) => {
    const { cost, badPage } = measure(text)
    expect(badPage).toBeUndefined()
    expect(cost).toBeLessThanOrEqual(1_000)
  })
})

describe('what an operation touches', () => {
  const planner = new QueryPlanner(Supergraph.build(supergraph()))
  const api = planner.supergraph.apiSchema()

  /** The names of all subgraphs in a plan. */
  function servicesIn(plan: unknown): string[] {
    if (typeof plan !== 'object' || plan === null) return []
    const inner = Object.values(plan).flatMap(servicesIn)
    return 'serviceName' in plan ? [String(plan.serviceName), ...inner] : inner
  }

  it.each(everyClientDocument)('matches the planner for %s', (_name, text) => {
    const plan = planner.buildQueryPlan(operationFromDocument(api, parse(text)))
    expect([...programOf(text).services].sort()).toEqual([...new Set(servicesIn(plan))].sort())
  })

  it('counts each use of a limited field, and fields of one budget together', () => {
    const { fieldUses } = programOf(`mutation {
      a: placeOrder(input: {}) { order { id } }
      b: replaceOrder(input: {}) { order { id } }
    }`)
    expect(fieldUses.get('placeOrder')).toMatchObject({ uses: 2, limit: { per: 'USER' } })
  })

  it('finds sign-ins under their response names, by call', () => {
    const signIn = 'signIn(input: {}) { username }'
    const order = 'placeOrder(input: {}) { order { id } }'
    const text = `mutation { ${signIn} ...F } fragment F on Mutation {
      __typename signOut { signedOutAt } b: ${signIn} x: ${order} c: ${signIn} y: ${order} z: ${order} }`
    expect(programOf(text).signIns).toEqual([['signIn', 'b'], ['c']])
    expect(programOf(`mutation { ${order} }`).signIns).toEqual([])
  })
})
