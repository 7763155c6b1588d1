import { expect, it } from '@jest/globals'
import { composeSubgraphs } from '../testing/subgraphs.ts'
import { subgraphUrls } from './subgraph-urls.ts'

it('finds the addresses, whatever surrounds them', () => {
  const composed = composeSubgraphs(
    new Map([
      ['one', 'type Query { a: Int }'],
      ['two-2', 'type Query { b: Int }'],
    ]),
  )
  const found = new Map([
    ['one', 'http://one.invalid/graphql'],
    ['two-2', 'http://two-2.invalid/graphql'],
  ])
  expect(subgraphUrls(composed)).toEqual(found)
  expect(subgraphUrls(`"""enum join__Graph { A }""" scalar A ${composed}`)).toEqual(found)
  const line =
    'enum join__Graph { A @join__graph(name: "a", url: "http://a/}?b={") B @join__graph(name: "b", url: "") }'
  expect([...subgraphUrls(line)]).toEqual([
    ['a', 'http://a/}?b={'],
    ['b', ''],
  ])
})

it.each(['', 'type Query { a: Int }', 'enum join__Graph { A', 'enum join__Graph { A }', '<html>'])(
  'refuses %j, which names no subgraphs',
  (text) => {
    expect(() => subgraphUrls(text)).toThrow('does not say which subgraphs it has')
  },
)
