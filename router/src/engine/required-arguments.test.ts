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

describe('every way to ask for a field that is required with other arguments', () => {
  const types =
    'enum Unit { METRIC IMPERIAL } input Box { unit: Unit = METRIC list: [Int!] deep: Box }'
  const node = 'interface Node { id: ID! len(unit: Unit, scale: Int = 1): Int }'
  interface Len {
    unit?: string | null
    scale?: number | null
  }
  const lenOf = (args: Len) => {
    const unit = args.unit === undefined ? 1 : args.unit === null ? 1000 : 10
    return (args.unit === 'IMPERIAL' ? 100 : unit) * (args.scale ?? 7)
  }
  interface Size {
    unit?: string | null
    list?: readonly number[]
    deep?: Size
  }
  const sizeOf = ({ unit, list = [], deep }: Size): number =>
    lenOf({ unit: unit ?? null, scale: 1 }) +
    list.reduce((sum, each) => sum + each, 0) +
    (deep ? sizeOf(deep) : 0)
  const len = (_source: unknown, args: Len) => lenOf(args)
  const size = (_source: unknown, { box }: { box?: Size | null }) => (box ? sizeOf(box) : 0)
  const q = () => ({ id: 'q' })
  const subgraphs: Subgraphs = {
    base: {
      sdl: `${types} ${node} type Query { grid: [[Node]] }
        type Ship implements Node @key(fields: "id") { id: ID! len(unit: Unit, scale: Int = 1): Int size(box: Box): Int q: Q }
        type Boat implements Node @key(fields: "id") { id: ID! len(unit: Unit, scale: Int = 1): Int }
        type Q @key(fields: "id") { id: ID! v(unit: Unit): Int }`,
      resolvers: {
        Query: {
          grid: () => [
            [
              { __typename: 'Ship', id: 's' },
              { __typename: 'Boat', id: 'b' },
            ],
            [null],
          ],
        },
        Ship: { len, size, q },
        Boat: { len },
        Q: { v: (_source: unknown, args: Len) => lenOf({ ...args, scale: 1 }) },
      },
    },
    calc: {
      sdl: `${types} interface Node { id: ID! plain: Int }
        type Ship implements Node @key(fields: "id") { id: ID! len(unit: Unit, scale: Int = 1): Int @external
          size(box: Box): Int @external q: Q @external plain: Int @requires(fields: "len")
          twice: Int @requires(fields: "len(unit: IMPERIAL, scale: 2)") none: Int @requires(fields: "len(unit: null)")
          sized: Int @requires(fields: "size(box: { unit: IMPERIAL, list: [1, 2], deep: {} })")
          far: Int @requires(fields: "q { v(unit: IMPERIAL) }") }
        type Boat implements Node @key(fields: "id") { id: ID! len(unit: Unit, scale: Int = 1): Int @external plain: Int @requires(fields: "len(unit: METRIC)") }
        type Q @key(fields: "id") { id: ID! v(unit: Unit): Int @external qv: Int @requires(fields: "v(unit: METRIC)") }`,
      resolvers: {
        Ship: {
          plain: (ship: { len: number }) => ship.len,
          twice: (ship: { len: number }) => ship.len,
          none: (ship: { len: number }) => ship.len,
          sized: (ship: { size: number }) => ship.size,
          far: (ship: { q: { v: number } }) => ship.q.v,
        },
        Boat: { plain: (boat: { len: number }) => boat.len },
        Q: { qv: ({ v }: { v: number }) => v },
      },
    },
  }
  const all = { plain: 1, twice: 200, none: 1000, sized: 113, far: 100 }

  it.each<[string, Record<string, unknown>, number, number, number]>([
    ['', {}, 1, 10, 1],
    ['', { unit: null }, 1000, 1000, 1000],
    ['', { unit: 'IMPERIAL', scale: 2 }, 200, 100, 100],
    [' = IMPERIAL', {}, 100, 100, 100],
    [' = IMPERIAL', { unit: null, scale: null }, 7000, 1000, 1000],
  ])(
    'with variables of the default "%s" and the values %j',
    async (given, variables, x, box, v) => {
      const query = `query ($unit: Unit${given}, $scale: Int = 1, $no: Boolean = false) { grid { len(scale: $scale, unit: $unit) plain ... on Ship {
      size(box: { unit: $unit, list: [] }) twice none sized far q { v(unit: $unit) qv w: v @skip(if: $no) u: v @include(if: $no) } } } }`
      const { data, errors } = await ask(subgraphs, { query, variables })
      expect(errors).toBeUndefined()
      const ship = { len: x, ...all, size: box, q: { v, qv: 10, w: 1 } }
      expect(data).toEqual({ grid: [[ship, { len: x, plain: 10 }], [null]] })
    },
  )
})
