/** `@requires` of fields with arguments, where the stock gateway lets different arguments share one value. */
import { describe, expect, it } from '@jest/globals'
import { askSubgraphs as ask, type Subgraphs } from './testing/ask-subgraphs.ts'

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
