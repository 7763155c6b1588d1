import { expect, it } from '@jest/globals'
import { openEngine } from '../testing/engine.ts'
import { execute } from '../testing/request.ts'
import { startSubgraphs, type TestSubgraph } from '../testing/subgraphs.ts'

const inUnit: Record<string, number> = { ONE: 1, METRIC: 10, IMPERIAL: 100 }
const unitOf = (_parent: unknown, { unit }: { unit: string }) => inUnit[unit]

/** `len` and `v` say with which argument they were asked; what requires them repeats what it was sent. */
const subgraphs: Record<string, TestSubgraph> = {
  items: {
    sdl: `enum Unit { ONE METRIC IMPERIAL }
      type Query { all: [Item!] q: Q things: [Thing!] any: [Any!] }
      union Any = Item | Q
      interface Thing { id: ID! }
      type Item implements Thing @key(fields: "id") { id: ID! q: Q }
      type Q implements Thing @key(fields: "id") { id: ID! item: Item }
      type Mutation { make: Item }`,
    resolvers: {
      Query: {
        all: () => [{ id: 1, q: { id: 2 } }],
        q: () => ({ id: 2, item: { id: 1, q: { id: 2 } } }),
        things: () => [
          { __typename: 'Item', id: 1, q: { id: 2 } },
          { __typename: 'Q', id: 2 },
        ],
        any: () => [
          { __typename: 'Item', id: 1, q: { id: 2 } },
          { __typename: 'Q', id: 2 },
        ],
      },
      Mutation: { make: () => ({ id: 1, q: { id: 2 } }) },
    },
  },
  sizes: {
    sdl: `enum Unit { ONE METRIC IMPERIAL }
      type Item @key(fields: "id") { id: ID! len(unit: Unit = ONE): Int }
      type Q @key(fields: "id") { id: ID! v(unit: Unit = ONE): Int }`,
    resolvers: { Item: { len: unitOf }, Q: { v: unitOf } },
  },
  shipping: {
    sdl: `enum Unit { ONE METRIC IMPERIAL }
      type Item @key(fields: "id") {
        id: ID! len(unit: Unit = ONE): Int @external q: Q @external
        ship1: Int @requires(fields: "len(unit: METRIC)")
        ship2: Int @requires(fields: "len")
        pv: Int @requires(fields: "q { v(unit: IMPERIAL) }")
      }
      type Q @key(fields: "id") {
        id: ID! v(unit: Unit = ONE): Int @external qv: Int @requires(fields: "v(unit: METRIC)")
      }`,
    resolvers: {
      Item: {
        ship1: ({ len }: { len: number }) => len,
        ship2: ({ len }: { len: number }) => len,
        pv: ({ q }: { q: { v: number } }) => q.v,
      },
      Q: { qv: ({ v }: { v: number }) => v },
    },
  },
}

const item = { len: 100, ship2: 1 }
const passed = { pv: 100, q: { v: 1, qv: 10 } }
it.each<[string, unknown, Record<string, unknown>?]>([
  ['{all{len(unit:IMPERIAL) ship2}}', { all: [item] }],
  ['{all{ship2 len(unit:IMPERIAL)}}', { all: [{ ship2: 1, len: 100 }] }],
  ['{all{len ship1}}', { all: [{ len: 1, ship1: 10 }] }],
  ['{all{ship1 ship2}}', { all: [{ ship1: 10, ship2: 1 }] }],
  [
    '{all{len(unit:METRIC) ship1 ship2 l:len(unit:IMPERIAL)}}',
    { all: [{ len: 10, ship1: 10, ship2: 1, l: 100 }] },
  ],
  ['{all{pv q{v qv}}}', { all: [passed] }],
  ['{all{q{qv v(unit:IMPERIAL)} pv}}', { all: [{ q: { qv: 10, v: 100 }, pv: 100 }] }],
  ['{q{item{...F}}} fragment F on Item{len(unit:IMPERIAL) ship2}', { q: { item: item } }],
  [
    '{things{...on Item{len(unit:IMPERIAL) ship2} ...on Q{v qv}}}',
    { things: [item, { v: 1, qv: 10 }] },
  ],
  [
    '{any{...on Item{pv q{v qv}} ...on Q{v(unit:IMPERIAL) qv}}}',
    { any: [passed, { v: 100, qv: 10 }] },
  ],
  ['query($u:Unit){all{len(unit:$u) ship2}}', { all: [item] }, { u: 'IMPERIAL' }],
  [
    'query($y:Boolean!){all{len(unit:IMPERIAL)@include(if:$y) ship2}}',
    { all: [item] },
    { y: true },
  ],
  [
    'query($y:Boolean!){all{len(unit:IMPERIAL)@skip(if:$y) ship2}}',
    { all: [{ ship2: 1 }] },
    { y: true },
  ],
  [
    'query($y:Boolean!){all{pv@include(if:$y) q{v qv@skip(if:$y)}}}',
    { all: [{ pv: 100, q: { v: 1 } }] },
    { y: true },
  ],
  [
    'query($y:Boolean!){all{pv@include(if:$y) q{v qv}}}',
    { all: [{ q: { v: 1, qv: 10 } }] },
    { y: false },
  ],
  ['mutation{make{len(unit:IMPERIAL) ship2}}', { make: item }],
])(
  'gives each field the arguments that it was asked with: %s',
  async (query, data, variables = {}) => {
    const engine = await openEngine(startSubgraphs(subgraphs))
    expect(await execute(engine, { query, variables })).toEqual({ data })
  },
)

it('refuses a mutation that it would have to run twice', async () => {
  const engine = await openEngine(startSubgraphs(subgraphs))
  await expect(execute(engine, { query: 'mutation{make{ship1 ship2}}' })).rejects.toThrow(
    'cannot be planned',
  )
})
