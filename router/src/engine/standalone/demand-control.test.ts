/**
 * The cost of operations. The figures are those that the documentation of Apollo's router works out (a book for 4, with
 * an expensive address 8, five bestsellers 40, three and seven additions 24 and 56), and sums of documented weights.
 */
import { composeServices } from '@apollo/composition'
import { describe, expect, it } from '@jest/globals'
import { buildSchema, getOperationAST, parse } from 'graphql'
import { readLimitRules } from '../../guard/limit-rules.ts'
import { measureCost } from '../../guard/operation-cost.ts'
import { variablesOf } from '../../guard/operation-program.ts'
import { rememberPrograms } from '../../guard/programs.ts'
import { openTurns } from '../turns.ts'
import { measureAnswer } from './actual-cost.ts'

const plainImports = 'import: ["@cost", "@listSize"]'
const sdl = `
  type Query {
    book(id: ID): Book
    bestsellers: [Book] @listSize(assumedSize: 5)
    newestAdditions(after: ID, limit: Int!): [Book] @listSize(slicingArguments: ["limit"])
    pages(first: Int, last: Int = 4): [Book] @listSize(slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
    chosen(first: Int, last: Int): [Book] @listSize(slicingArguments: ["first", "last"])
    shelf(first: Int = 10): Shelf @listSize(slicingArguments: ["first"], sizedFields: ["books"])
    stored: Shelf @listSize(assumedSize: 7, sizedFields: ["books"])
    weighed: Int @cost(weight: 5)
    argument(arg: Int @cost(weight: 10)): Int
    level: Level
    input(some: Some, many: [Some!], level: Level): Int
    precise: Precise
    heavy: Heavy
    heavies: [Heavy] @cost(weight: 3) @listSize(assumedSize: 2)
    named: Named
    anything: [Anything!]
    refund: Int @cost(weight: -100)
  }
  type Mutation { rename: Book }
  type Book { title: String author: Author publisher: Publisher }
  type Author { name: String }
  type Publisher { name: String address: Address }
  type Address @cost(weight: 5) { zipCode: Int! }
  type Shelf { books: [Book] label: String }
  enum Level @cost(weight: 15) { A B }
  scalar Precise @cost(weight: 30)
  type Heavy @cost(weight: 40) { id: ID }
  input Some { weight: Int @cost(weight: 20) inner: Some others: [Some!] }
  interface Named { name: String }
  type One implements Named { name: String @cost(weight: 2) }
  type Two implements Named { name: String @cost(weight: 9) other: Int @cost(weight: 1) }
  union Anything = Heavy | Author`

function open(typeDefs: string, imports = plainImports, unknownSize = 10) {
  const { supergraphSdl = '', schema } = composeServices([
    {
      name: 'one',
      url: 'http://one.invalid',
      typeDefs: parse(
        `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", ${imports}) ${typeDefs}`,
      ),
    },
  ])
  if (!schema) throw new Error('The types do not compose.')
  const api = buildSchema(typeDefs.replaceAll(/@\w+(\([^)]*\))?/g, ''))
  const model = { unknownSize, isWeightOfEntries: true, inputObjectWeight: 1 }
  const caps = { byField: new Map<string, number>(), others: Infinity, model }
  const read = rememberPrograms(readLimitRules(supergraphSdl), caps)
  return (text: string, sent = {}) => {
    const document = parse(text)
    const definition = getOperationAST(document)
    if (!definition) throw new Error('There is no operation.')
    const program = read({ schema: api, document, definition, variables: sent })
    return { costs: program.costs, variables: variablesOf(program, { variables: sent }) }
  }
}

const programOf = open(sdl)

function costOf(text: string, sent = {}) {
  const { costs, variables } = programOf(text, sent)
  return measureCost(costs, variables)
}

const book = '{ title author { name } publisher { name address { zipCode } } }'

describe('the estimated cost', () => {
  it.each([
    ['{ book(id: 1) { title author { name } publisher { name } } }', 3],
    [`{ book(id: 1) ${book} }`, 8],
    [`{ bestsellers ${book} }`, 40],
    [`{ newestAdditions(limit: 3) ${book} }`, 24],
    [`{ newestAdditions(limit: 7) ${book} }`, 56],
    ['{ pages { title } }', 4],
    ['{ pages(first: 9) { title } }', 9],
    ['{ pages(first: 2) { title } }', 4],
    ['{ shelf { books { title } } }', 11],
    ['{ shelf(first: 5) { label books { title } } }', 6],
    ['{ shelf(first: 5) { label } }', 1],
    ['{ stored { ...Books } } fragment Books on Shelf { b: books { title } }', 8],
    ['{ weighed }', 5],
    ['{ argument(arg: 3) }', 10],
    ['{ argument(arg: null) argument2: argument }', 0],
    ['{ level }', 15],
    ['{ input(level: A) }', 15],
    ['{ input(some: { weight: 10 }) }', 21],
    ['{ input(some: {}) }', 1],
    ['{ input(some: { inner: { weight: 1, inner: null } }) }', 22],
    ['{ input(many: [{ weight: 1 }, { weight: 2 }]) }', 42],
    ['{ precise }', 30],
    ['{ heavy { id } }', 40],
    ['{ heavies { id } }', 6],
    // The largest of the types that may answer.
    ['{ named { name } }', 10],
    ['{ named { ... on Two { other } } }', 2],
    ['{ anything { __typename } }', 400],
    ['{ refund heavy { id } }', 40],
    ['{ heavy @skip(if: true) { id } weighed @include(if: true) }', 5],
    ['{ __typename __schema { types { name } } }', 0],
  ])('of %s is %i', (text, cost) => {
    expect(costOf(text).cost).toBe(cost)
  })

  it('counts what variables hold, and their defaults', () => {
    const text = `query ($n: Int! = 2, $s: Some, $w: Int) {
      newestAdditions(limit: $n) { title } input(some: $s, many: [{ weight: $w }]) }`
    expect(costOf(text).cost).toBe(2 + 1)
    expect(costOf(text, { n: 6 }).cost).toBe(6 + 1)
    const s = { weight: 1, others: [{ weight: 2 }, {}], unknown: { weight: 3 } }
    expect(costOf(text, { s }).cost).toBe(2 + (1 + 20 + (1 + 20) + 1) + 1)
    expect(costOf(text, { w: 1 }).cost).toBe(2 + 21)
    for (const odd of [5, 'text', [[[]]], true])
      expect(costOf(text, { s: odd, n: odd }).cost).toBeGreaterThan(0)
  })

  it('is never lowered by a size below zero', () => {
    expect(costOf('{ pages(first: -100, last: -100) { title } heavy { id } }').cost).toBe(40)
  })

  it.each([
    ['{ chosen { title } }', []],
    ['{ chosen(first: 1, last: 1) { title } }', ['first', 'last']],
    ['query ($n: Int) { chosen(first: $n) { title } }', []],
  ])('knows that %s has not exactly one slicing argument', (text, given) => {
    const badSlices = { place: 'Query.chosen', allowed: ['first', 'last'], given }
    expect(costOf(text)).toMatchObject({ badSlices })
  })

  it('lets one slicing argument be, given or by default', () => {
    for (const text of [
      '{ chosen(last: 2) { title } }',
      '{ shelf { label } }',
      '{ pages(first: 1) { title } }',
    ])
      expect(costOf(text).badSlices).toBeUndefined()
  })

  it('knows the directives under other names', () => {
    const renamed = open(
      'type Query { a: Int @expensive(weight: 4) b: [C] @size(assumedSize: 3) } type C { d: Int }',
      'import: [{ name: "@cost", as: "@expensive" }, { name: "@listSize", as: "@size" }]',
    )
    const { costs } = renamed('{ a b { d } }')
    expect(measureCost(costs, {}).cost).toBe(7)
  })
})

it('reads slicing arguments within inputs, lengths of lists, and sized fields further below', () => {
  // Newer compositions allow what the installed one does not.
  const types = `type Query {
      search(input: Search = { page: { first: 3 } }): [A] @listSize(slicingArguments: ["input.page.first"])
      byIds(ids: [ID!]): [A] @listSize(slicingArguments: ["ids"], assumedSize: 50, requireOneSlicingArgument: false)
      deep(first: Int): Deep @listSize(slicingArguments: ["first"], sizedFields: ["results { page }"])
    }
    type A { id: ID } type Deep { page: [A] results: Results } type Results { page: [A] }
    input Search { page: Page } input Page { first: Int = 6 }`
  const rules = readLimitRules(types)
  const schema = buildSchema(types, { assumeValidSDL: true })
  const model = { unknownSize: 100, isWeightOfEntries: true, inputObjectWeight: 1 }
  const read = rememberPrograms(rules, { byField: new Map(), others: Infinity, model })
  const cost = (text: string, variables = {}) => {
    const document = parse(text)
    const definition = getOperationAST(document)!
    return measureCost(read({ schema, document, definition, variables }).costs, variables).cost
  }
  expect(cost('{ search { id } }')).toBe(3)
  expect(cost('{ search(input: { page: { first: 8 } }) { id } }')).toBe(8 + 2)
  expect(cost('{ search(input: { page: {} }) { id } }')).toBe(6 + 2)
  expect(cost('query ($n: Int) { search(input: { page: { first: $n } }) { id } }', { n: 9 })).toBe(
    11,
  )
  expect(cost('{ byIds { id } }')).toBe(50)
  expect(cost('{ byIds(ids: [1, 2]) { id } }')).toBe(2)
  expect(cost('query ($ids: [ID!]) { byIds(ids: $ids) { id } }', { ids: [1, 2, 3] })).toBe(3)
  expect(cost('{ deep(first: 4) { page { id } results { page { id } } } }')).toBe(1 + 100 + 1 + 4)
})

describe('the actual cost', () => {
  const actual = (text: string, data: unknown, sent = {}) =>
    measureAnswer({ base: 0, ...programOf(text, sent) }, data, openTurns())

  it.each([
    ['{ bestsellers { title author { name } } }', { bestsellers: [] }, 0],
    [
      '{ b: bestsellers { title author { name } } }',
      { b: [{ title: 'a', author: { name: 'b' } }, { title: 'c', author: null }, null] },
      3,
    ],
    ['{ shelf(first: 50) { books { title } } }', { shelf: { books: [{}, {}] } }, 3],
    ['{ argument(arg: 3) weighed level }', { argument: null, weighed: 1, level: 'A' }, 30],
    ['{ heavies { id } }', { heavies: [{ id: 1 }, { id: 2 }, { id: 3 }] }, 9],
    [
      '{ named { ... on One { name } ... on Two { name other } } }',
      { named: { name: 'x', other: 1 } },
      1 + 2 + 1,
    ],
    ['{ book { title } }', null, 0],
  ])('of %s with %j is %i', async (text, data, cost) => {
    expect(await actual(text, data)).toBe(cost)
  })
})
