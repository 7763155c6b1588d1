/** Where the stock gateway violates the specification and the compiled executor does not: one test each. */
import { describe, expect, it } from '@jest/globals'
import { askSubgraphs as ask, type Subgraphs } from './testing/ask-subgraphs.ts'
import { openEngine } from './testing/engine.ts'
import { execute } from './testing/request.ts'
import { startSubgraphs } from './testing/subgraphs.ts'

it('keeps a client alias apart from the key that it is named like', async () => {
  const subgraphs: Subgraphs = {
    users: {
      sdl: 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String }',
      resolvers: { Query: { me: () => ({ id: 'u1', name: 'Ada' }) } },
    },
    reviews: {
      sdl: 'type User @key(fields: "id") { id: ID! reviews: Int }',
      resolvers: { User: { reviews: ({ id }: { id: string }) => (id === 'u1' ? 7 : 0) } },
    },
  }
  const { data } = await ask(subgraphs, { query: '{ me { id: name reviews } }' })
  expect(data).toEqual({ me: { id: 'Ada', reviews: 7 } })
})

it('keeps empty values under an alias of the planner', async () => {
  const subgraphs: Subgraphs = {
    zoo: {
      sdl: `type Query { animals: [Animal!] } union Animal = Cat | Dog
        type Cat @key(fields: "id") { id: ID! size: Int! }
        type Dog @key(fields: "id") { id: ID! size: String! }`,
      resolvers: {
        Query: {
          animals: () => [
            { __typename: 'Cat', id: 1, size: 0 },
            { __typename: 'Dog', id: 2, size: '' },
          ],
        },
      },
    },
    groomer: {
      sdl: `type Dog @key(fields: "id") { id: ID! size: String! @external
        coat: String @requires(fields: "size") }`,
      resolvers: { Dog: { coat: ({ size }: { size: string }) => `coat of "${size}"` } },
    },
  }
  const { data } = await ask(subgraphs, {
    query: '{ animals { ... on Cat { size } ... on Dog { coat } } }',
  })
  expect(data).toEqual({ animals: [{ size: 0 }, { coat: 'coat of ""' }] })
})

it('puts an error at the entity that it belongs to, though others before it were not asked for', async () => {
  const subgraphs: Subgraphs = {
    zoo: {
      sdl: `type Query { animals: [Animal!] } union Animal = Cat | Dog
        type Cat @key(fields: "id") { id: ID! } type Dog @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          animals: () => [
            { __typename: 'Dog', id: 1 },
            { __typename: 'Cat', id: 2 },
          ],
        },
      },
    },
    health: {
      sdl: 'type Cat @key(fields: "id") { id: ID! lives: Int }',
      resolvers: {
        Cat: {
          lives: () => {
            throw new Error('Lost count.')
          },
        },
      },
    },
  }
  const { errors } = await ask(subgraphs, { query: '{ animals { ... on Cat { lives } } }' })
  expect(errors?.map((error) => error.path)).toEqual([['animals', 1, 'lives']])
})

it('nulls a value of the wrong kind where the stock gateway loses the whole answer', async () => {
  const subgraphs: Subgraphs = {
    a: { sdl: 'type Query { tags: [String!] one: Int }', resolvers: { Query: { one: () => 1 } } },
  }
  const answer = await ask(subgraphs, { query: '{ tags one }' }, 'compiled', (world) => {
    world.transport.send = () => Promise.resolve({ text: '{"data":{"tags":"none","one":1}}' })
  })
  expect(answer.data).toEqual({ tags: null, one: 1 })
})

it('keeps the concrete type that an interface object does not know', async () => {
  const subgraphs: Subgraphs = {
    library: {
      sdl: `type Query { book: Book } interface Media @key(fields: "id") { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }`,
      resolvers: {
        Query: { book: () => ({ __typename: 'Book', id: 1, title: 'T', pages: 9 }) },
      },
    },
    ratings: {
      sdl: `type Media @key(fields: "id") @interfaceObject { id: ID! title: String @external
        score: Int @requires(fields: "title") }`,
      resolvers: { Media: { score: () => 5 } },
    },
  }
  const query = '{ book { score ... on Book { pages } kind: __typename __typename } }'
  expect((await ask(subgraphs, { query })).data).toEqual({
    book: { score: 5, pages: 9, kind: 'Book', __typename: 'Book' },
  })
})

describe('when the whole data is null', () => {
  it('has an error', async () => {
    const subgraphs: Subgraphs = { a: { sdl: 'type Query { one: Int! }' } }
    const answer = await ask(subgraphs, { query: '{ one }' }, 'compiled', (world) => {
      world.transport.send = () => Promise.resolve({ text: '{"data":{"one":null}}' })
    })
    expect(answer.data).toBeNull()
    expect(answer.errors?.map((error) => error.path)).toEqual([['one']])
  })

  it('has an error even where only a type is unknown', async () => {
    const subgraphs: Subgraphs = {
      nodes: {
        sdl: `type Query { a: Node } interface Node @key(fields: "id") { id: ID! }
          type Product implements Node @key(fields: "id") { id: ID! }`,
      },
      fields: {
        sdl: `type Query { b: Node! }
          type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID! }`,
        resolvers: { Query: { b: () => ({ id: 'n1' }) } },
      },
    }
    const answer = await ask(subgraphs, { query: '{ b { id __typename } }' })
    expect(answer.data).toBeNull()
    expect(answer.errors?.length).toBeGreaterThan(0)
  })
})

it('reports a field for which the planner finds no service', async () => {
  const subgraphs: Subgraphs = {
    nodes: { sdl: 'type Query { a: Node } interface Node @key(fields: "id") { id: ID! }' },
    fields: {
      sdl: `type Query { b: Node! }
        type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID! field: String }`,
      resolvers: { Query: { b: () => ({ id: 'n1' }) } },
    },
  }
  const send = (query: string) => ask(subgraphs, { query, variables: { yes: true } })
  const failed = await send('{ x: a { field } b { id } }')
  expect(failed.data).toEqual({ x: null, b: { id: 'n1' } })
  expect(failed.errors?.map(({ path }) => path)).toEqual([['x']])
  const refused = await send('{ a { field } }')
  expect(refused.data).toBeNull()
  expect(refused.errors?.map(({ path }) => path)).toEqual([['a']])
  expect(await send('query($yes: Boolean!) { a @skip(if: $yes) { field } }')).toEqual({ data: {} })
  expect((await send('{ a { field @skip(if: true) } b { id } }')).errors).toBeUndefined()
})

it('answers fields in the order in which the client asked for them', async () => {
  const subgraphs: Subgraphs = {
    a: {
      sdl: 'type Query { one: Int two: Int }',
      resolvers: { Query: { one: () => 1, two: () => 2 } },
    },
  }
  const { data } = await ask(subgraphs, { query: '{ ... { a: one } two ... { b: one } }' })
  expect(Object.keys(data as object)).toEqual(['a', 'two', 'b'])
})

it('knows a root type that a service calls by another name', async () => {
  const subgraphs: Subgraphs = {
    a: {
      sdl: 'schema { query: Reading } type Reading { now: String }',
      resolvers: { Reading: { now: () => 'noon' } },
    },
  }
  const query = `query($all: Boolean! = true) { ...Piece }
    fragment Piece on Query { now ... @include(if: $all) { __typename } }`
  expect((await ask(subgraphs, { query })).data).toEqual({ now: 'noon', __typename: 'Query' })
})

it.each([true, false])(
  'never asks for an entity whose key or required field has no text in JSON; with generated code: %s',
  async (isGenerated) => {
    // As JSON.parse reads 1e400.
    const [key, weight] = [Infinity, -Infinity]
    const { supergraphSdl } = startSubgraphs({
      items: {
        sdl: `scalar Number type Query { items: [Item] }
          type Item @key(fields: "id") { id: Number weight: Number }`,
      },
      prices: {
        sdl: `scalar Number type Item @key(fields: "id") { id: Number price: Int
          weight: Number @external postage: Int @requires(fields: "weight") }`,
      },
    })
    const bodies: string[] = []
    const items = [
      { __typename: 'Item', id: 1, weight: 2 },
      { __typename: 'Item', id: key, weight: 2 },
      { __typename: 'Item', id: 3, weight: { grams: [weight] } },
    ]
    const engine = await openEngine({
      supergraphSdl,
      isGenerated,
      transport: {
        send: ({ service, body }) => {
          if (service === 'items') return Promise.resolve({ value: { data: { items } } })
          bodies.push(body)
          return Promise.resolve({ value: { data: { _entities: [{ price: 5, postage: 6 }] } } })
        },
      },
    })
    const { data, errors } = await execute(engine, { query: '{ items { price postage } }' })
    expect(bodies.join()).not.toContain('null')
    expect(bodies.join()).not.toContain('"id":3,"weight"')
    expect(data).toMatchObject({ items: [{ price: 5, postage: 6 }, { price: null }, {}] })
    for (const path of [
      ['items', 1, 'price'],
      ['items', 1, 'postage'],
      ['items', 2, 'postage'],
    ]) {
      const error = { path, extensions: { code: 'INVALID_GRAPHQL', serviceName: 'prices' } }
      expect(errors).toContainEqual(expect.objectContaining(error))
    }
  },
)
