/**
 * The scenarios in which gateways differ most, in the shape of the public benchmarks. Each request differs from every other
 * one, so that nothing can be shared; `deep` and `small` are also measured with equal requests, and `dedup` with these only.
 */
import type { TestSubgraph } from '@cnop/router/engine/testing/subgraphs'
import { type MeasuredGraph, openDeep, openGraph, salted } from './graphs.ts'
import type { Column } from './measure.ts'

export interface Scenario {
  readonly open: () => Promise<MeasuredGraph>
  readonly columns: readonly Column[]
  /** As many as the load has, unless the scenario needs fewer. */
  readonly connections?: number
  /** The kind of ours that is compared. */
  readonly own: 'compiled, calls shared' | 'compiled, requests shared'
  readonly watchesLoop?: boolean
}

interface Salted {
  readonly salt: string
}

const holdingSdl = 'username: ID! assetId: ID!'

/** The flagship query of this platform, on the parts of its schema that it uses. */
const small: Readonly<Record<string, TestSubgraph>> = {
  user: {
    sdl: `type Query { me(salt: ID!): User } type User @key(fields: "username") { username: ID! portfolio: Portfolio }
      type Portfolio @key(fields: "username") { username: ID! cash: Cash! holdings: [Holding!]! }
      type Cash { available: String! held: String! posted: String! }
      type Holding @key(fields: "username assetId") { ${holdingSdl} quantity: String! asset: Asset }
      type Asset @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        me: (_root: unknown, { salt }: Salted) => ({
          username: `${salt}alice`,
          portfolio: {
            username: `${salt}alice`,
            cash: { available: '1250.50', held: '100.00', posted: '1350.50' },
            holdings: Array.from({ length: 8 }, (_, place) => ({
              ...{ username: `${salt}alice`, assetId: `${salt}A${place}`, quantity: '0.50000000' },
              asset: { id: `${salt}A${place}` },
            })),
          },
        }),
      },
    },
  },
  order: {
    sdl: `type Portfolio @key(fields: "username") { username: ID! recentOrders(first: Int = 10): OrderConnection }
      type OrderConnection { nodes: [Order!]! } type Order { id: ID! status: String! }`,
    resolvers: {
      Portfolio: {
        recentOrders: ({ username }: { username: string }, { first }: { first: number }) => ({
          nodes: Array.from({ length: first }, (_, place) => ({
            id: `${username}-${place}`,
            status: 'FILLED',
          })),
        }),
      },
    },
  },
  inventory: {
    sdl: `type Portfolio @key(fields: "username") { username: ID! cash: Cash! @external holdings: [Holding!]! @external
        totalValue: String @requires(fields: "cash { posted } holdings { assetId quantity }") }
      type Cash @external { posted: String! }
      type Holding @key(fields: "username assetId") { ${holdingSdl} quantity: String! @external
        marketValue: String @requires(fields: "quantity") }
      type Asset @key(fields: "id") { id: ID! name: String! quote: Quote } type Quote { price: String! }`,
    resolvers: {
      Portfolio: { totalValue: () => '201350.50' },
      Holding: { marketValue: () => '25000.00' },
      Asset: {
        name: ({ id }: { id: string }) => `Asset ${id}`,
        quote: () => ({ price: '50000.00' }),
      },
    },
  },
  insights: {
    sdl: `type Portfolio @key(fields: "username") { username: ID! insight: Insight } type Insight { summary: String! engine: String! }`,
    resolvers: {
      Portfolio: {
        insight: () => ({ summary: 'Eight assets, one of them large.', engine: 'rules' }),
      },
    },
  },
  cny: {
    sdl: `type Portfolio @key(fields: "username") { username: ID! redPocket: RedPocket } type RedPocket { claimedToday: Boolean! }`,
    resolvers: { Portfolio: { redPocket: () => ({ claimedToday: false }) } },
  },
}

const smallQuery = `query Flagship($salt: ID!) { me(salt: $salt) { portfolio {
  cash { available held } totalValue
  holdings { quantity marketValue asset { name quote { price } } }
  recentOrders(first: 5) { nodes { id status } }
  insight { summary engine } redPocket { claimedToday } } } }`

const itemSdl =
  'id: ID! name: String! price: Float! stock: Int! isNew: Boolean! note: String tags: [String!]! maker: Maker!'
const makeItem = (salt: string, place: number) => ({
  ...{ id: `${salt}${place}`, name: `Item number ${place}`, price: place * 1.25, stock: place },
  ...{ isNew: place % 3 === 0, note: place % 7 === 0 ? null : 'Ships "soon" in a plain box.' },
  tags: ['blue', 'heavy', `t${place % 10}`],
  maker: { name: `Maker ${place % 100}`, city: 'Zürich' },
})

/** So many items in one response; 42,000 are about 8 MB. */
const list = (count: number): TestSubgraph => ({
  sdl: `type Query { items(salt: ID!): [Item!]! } type Item @key(fields: "id") { ${itemSdl} }
    type Maker { name: String! city: String! }`,
  resolvers: {
    Query: {
      // The salt of one item is enough to tell two responses apart.
      items: (_root: unknown, { salt }: Salted) =>
        Array.from({ length: count }, (_, place) => makeItem(place === 0 ? salt : 'item-', place)),
    },
  },
})

const itemsQuery = (fields: string): string =>
  `query Items($salt: ID!) { items(salt: $salt) { id name price stock isNew note tags maker { name city } ${fields} } }`

const ratings: TestSubgraph = {
  sdl: 'type Item @key(fields: "id") { id: ID! rating: Float! votes: Int! }',
  resolvers: { Item: { rating: () => 4.5, votes: () => 12 } },
}

const services = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const plainFields = ['f0', 'f1', 'f2', 'f3', 'f4', 'f5']

/** Seven subgraphs that all know everything. */
const knowing: TestSubgraph = {
  sdl: `type Query { nodes: [Node!]! @shareable }
    type Node @key(fields: "id") { id: ID! next: Node! @shareable ${plainFields.map((name) => `${name}: String! @shareable`).join(' ')} }`,
  resolvers: {
    Query: { nodes: () => [{ id: '1' }, { id: '2' }] },
    Node: {
      next: ({ id }: { id: string }) => ({ id: `${id}n` }),
      ...Object.fromEntries(plainFields.map((name) => [name, () => name])),
    },
  },
}

/** A new operation each time: other fields, and names that no other operation has. */
const newOperation = (request: number): string => {
  const chosen = (shift: number): string =>
    plainFields
      .filter((_name, place) => ((request >> place) + shift) % 3 !== 0)
      .map((name) => `q${request}_${name}: ${name}`)
      .join(' ')
  return JSON.stringify({
    query: `{ nodes { id ${chosen(0)} next { id ${chosen(1)} next { id ${chosen(2)} } } } }`,
  })
}

export const scenarios = {
  deep: { open: openDeep, columns: ['equal', 'different'], own: 'compiled, calls shared' },
  small: {
    open: () => openGraph('small', small, salted(smallQuery)),
    columns: ['equal', 'different'],
    own: 'compiled, calls shared',
  },
  big: {
    open: () => openGraph('big', { items: list(42_000) }, salted(itemsQuery(''))),
    columns: ['different'],
    connections: 4,
    own: 'compiled, calls shared',
  },
  slowBig: {
    open: () =>
      openGraph('slowBig', { items: list(2_000), ratings }, salted(itemsQuery('rating votes')), {
        delayMs: { ratings: 100 },
      }),
    columns: ['different'],
    connections: 10,
    own: 'compiled, calls shared',
  },
  manyPlans: {
    open: () =>
      openGraph(
        'manyPlans',
        Object.fromEntries(services.map((name) => [name, knowing])),
        newOperation,
        { isForgetful: true },
      ),
    columns: ['different'],
    connections: 4,
    own: 'compiled, calls shared',
    watchesLoop: true,
  },
  dedup: { open: openDeep, columns: ['equal'], own: 'compiled, requests shared' },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios
