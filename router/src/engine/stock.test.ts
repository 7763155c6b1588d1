import { expect, it } from '@jest/globals'
import { getIntrospectionQuery } from 'graphql'
import { openEngine } from './testing/engine.ts'
import { execute } from './testing/request.ts'
import { startSubgraphs } from './testing/subgraphs.ts'

const open = (executor: 'stock' | 'compiled') =>
  openEngine({
    ...startSubgraphs({
      a: {
        sdl: 'type Query { name: String shy: String }',
        resolvers: { Query: { name: () => 'a' } },
      },
    }),
    executor,
  })

it.each([
  ['the standard introspection query', getIntrospectionQuery({ oneOf: true }), {}],
  ['isOneOf', '{ __schema { types { name isOneOf } } }', {}],
  ['introspection beside data', '{ first: name __type(name: "Query") { isOneOf } last: name }', {}],
  [
    'introspection in a fragment',
    '{ ...F name } fragment F on Query { t: __type(name: "Query") { ...T } } fragment T on __Type { isOneOf name }',
    {},
  ],
  ['a variable', 'query ($n: String!) { __type(name: $n) { isOneOf } name }', { n: 'Query' }],
  [
    'a false condition',
    'query ($i: Boolean!) { __type(name: "Query") @include(if: $i) { name } name }',
    { i: false },
  ],
])(
  'introspects with the stock executor as with the compiled one: %s',
  async (_what, query, variables) => {
    const [stock, compiled] = [await open('stock'), await open('compiled')]
    const answer = await execute(stock, { query, variables })
    expect(answer.errors).toBeUndefined()
    expect(answer).toEqual(await execute(compiled, { query, variables }))
  },
)
