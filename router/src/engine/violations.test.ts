/** Where the stock gateway violates the specification and the compiled executor does not: one test each. */
import { describe, expect, it } from '@jest/globals'
import { createEngine } from './engine.ts'
import { execute, type TestAnswer, type TestRequest } from './testing/request.ts'
import { startSubgraphs, type TestSubgraph, type TestSubgraphs } from './testing/subgraphs.ts'

type Subgraphs = Record<string, TestSubgraph>

async function ask(
  subgraphs: Subgraphs,
  request: TestRequest,
  executor: 'stock' | 'compiled' = 'compiled',
  change: (world: TestSubgraphs) => void = () => undefined,
): Promise<TestAnswer> {
  const world = startSubgraphs(subgraphs)
  change(world)
  const { supergraphSdl, transport } = world
  const engine = await createEngine({ supergraphSdl, transport, executor })
  return execute(engine, request)
}

describe('a client field beside a @requires of the same field with other arguments', () => {
  const subgraphs: Subgraphs = {
    posts: {
      sdl: 'type Query { feed: [Post] } type Post @key(fields: "id") { id: ID! }',
      resolvers: { Query: { feed: () => [{ id: 1 }] } },
    },
    comments: {
      sdl: `type Post @key(fields: "id") { id: ID! comments(limit: Int!): [Comment] }
        type Comment { id: ID! authorId: ID @shareable }`,
      resolvers: {
        Post: {
          comments: (_post: unknown, { limit }: { limit: number }) =>
            Array.from({ length: limit }, (_, index) => ({
              id: `c${index}`,
              authorId: `a${index}`,
            })),
        },
      },
    },
    authors: {
      sdl: `type Post @key(fields: "id") { id: ID! comments(limit: Int!): [Comment] @external
          author: String @requires(fields: "comments(limit: 3) { authorId }") }
        type Comment { authorId: ID @external }`,
      resolvers: {
        Post: {
          author: ({ comments }: { comments: { authorId: string }[] }) =>
            comments.map((comment) => comment.authorId).join('+'),
        },
      },
    },
  }

  it.each([
    ['{ feed { author comments(limit: 1) { id } } }', 'comments'],
    ['{ feed { comments(limit: 1) { id } author } }', 'comments'],
    [
      'query($n: Int!) { feed { author ...F } } fragment F on Post { comments(limit: $n) { id } }',
      'comments',
    ],
  ])('keeps both values apart in %s', async (query, name) => {
    const { data, errors } = await ask(subgraphs, { query, variables: { n: 1 } })
    expect(errors).toBeUndefined()
    expect(data).toEqual({ feed: [{ author: 'a0+a1+a2', [name]: [{ id: 'c0' }] }] })
  })

  it('shows the client’s name in error paths', async () => {
    const failing: Subgraphs = {
      ...subgraphs,
      comments: {
        sdl: String(subgraphs['comments']?.sdl),
        resolvers: {
          Post: {
            comments: (_post: unknown, { limit }: { limit: number }) => {
              if (limit === 1) throw new Error('Too few.')
              return []
            },
          },
        },
      },
    }
    const { errors } = await ask(failing, {
      query: '{ feed { author comments(limit: 1) { id } } }',
    })
    expect(errors?.map((error) => error.path)).toEqual([['feed', 0, 'comments']])
  })
})

describe('two @requires of one type that select a field with different arguments', () => {
  const subgraphs: Subgraphs = {
    products: {
      sdl: `type Query { products: [Product!] }
        type Product @key(fields: "upc") { upc: ID! weight: Int price(currency: String!): Int }`,
      resolvers: {
        Query: {
          products: () => [
            { upc: 'a', weight: 2 },
            { upc: 'b', weight: 3 },
          ],
        },
        Product: {
          price: (_product: unknown, { currency }: { currency: string }) =>
            currency === 'USD' ? 100 : 90,
        },
      },
    },
    shipping: {
      sdl: `type Product @key(fields: "upc") { upc: ID! weight: Int @external price(currency: String!): Int @external
        estimate: Int @requires(fields: "price(currency: \\"USD\\") weight")
        estimateEuro: Int @requires(fields: "price(currency: \\"EUR\\") weight") }`,
      resolvers: {
        Product: {
          estimate: (p: { price: number; weight: number }) => p.price * p.weight,
          estimateEuro: (p: { price: number; weight: number }) => p.price * p.weight,
        },
      },
    },
  }

  it('gives each its own value', async () => {
    const query = `{ products { upc estimate ...Euro price(currency: "GBP") } }
      fragment Euro on Product { estimateEuro }`
    const { data, errors } = await ask(subgraphs, { query })
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      products: [
        { upc: 'a', estimate: 200, estimateEuro: 180, price: 90 },
        { upc: 'b', estimate: 300, estimateEuro: 270, price: 90 },
      ],
    })
  })
})

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
