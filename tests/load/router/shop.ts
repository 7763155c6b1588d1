/**
 * The graph of the public federation gateway benchmark: accounts, products, inventory and reviews, and one deep query
 * with a response of about 90 KB. The data is small and repeats, which shows how gateways handle duplicates.
 */

const users = [
  ['1', 'Uri Goldshtein', 'urigo'],
  ['2', 'Dotan Simha', 'dotansimha'],
  ['3', 'Kamil Kisiela', 'kamilkisiela'],
  ['4', 'Arda Tanrikulu', 'ardatan'],
  ['5', 'Gil Gardosh', 'gilgardosh'],
  ['6', 'Laurin Quast', 'laurin'],
].map(([id, name, username]) => ({ id, name, username, birthday: 1234567890 }))

const products = [
  ['1', 'Table', 899, 100],
  ['2', 'Couch', 1299, 1000],
  ['3', 'Glass', 15, 20],
  ['4', 'Chair', 499, 100],
  ['5', 'TV', 1299, 1000],
  ['6', 'Lamp', 6999, 300],
  ['7', 'Grill', 3999, 2000],
  ['8', 'Fridge', 100000, 6000],
  ['9', 'Sofa', 9999, 800],
].map(([upc, name, price, weight]) => ({ upc, name, price, weight }))

const opinions = [
  'Love it!',
  'Too expensive.',
  'Could be better.',
  'Prefer something else.',
  'Amazing, would buy it again at once.',
]

/** The number of reviews for a response of about 90 KB. */
const reviewCount = 29

const reviews = Array.from({ length: reviewCount }, (_, index) => ({
  id: String(index + 1),
  body: opinions[index % opinions.length],
  author: { id: String((index % users.length) + 1) },
  product: { upc: String(((index * 5) % products.length) + 1) },
}))

interface Keyed {
  readonly id: string
  readonly upc: string
}

const byId = ({ id }: Keyed) => users.find((user) => user.id === id)
const byUpc = ({ upc }: Keyed) => products.find((product) => product.upc === upc)

export const shop = {
  accounts: {
    sdl: `type Query { me: User user(id: ID!): User users: [User] }
      type User @key(fields: "id") { id: ID! name: String username: String @shareable birthday: Int }`,
    resolvers: {
      Query: { me: () => users[0], users: () => users },
      User: { __resolveReference: byId },
    },
  },
  inventory: {
    sdl: `type Product @key(fields: "upc") { upc: String! weight: Int @external price: Int @external
      inStock: Boolean shippingEstimate: Int @requires(fields: "price weight") }`,
    resolvers: {
      Product: {
        inStock: ({ upc }: Keyed) => upc !== '3',
        shippingEstimate: ({ price, weight }: { price: number; weight: number }) =>
          price > 1000 ? 0 : Math.round(weight / 2),
      },
    },
  },
  products: {
    sdl: `type Query { topProducts(first: Int = 5): [Product] }
      type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }`,
    resolvers: {
      Query: {
        topProducts: (_root: unknown, { first }: { first: number }) => products.slice(0, first),
      },
      Product: { __resolveReference: byUpc },
    },
  },
  reviews: {
    sdl: `type Query { review(id: ID!): Review }
      type Review @key(fields: "id") { id: ID! body: String author: User @provides(fields: "username") product: Product }
      type User @key(fields: "id") { id: ID! username: String @external numberOfReviews: Int reviews: [Review] }
      type Product @key(fields: "upc") { upc: String! reviews: [Review] }`,
    resolvers: {
      Review: {
        author: ({ author }: { author: { id: string } }) => ({
          ...author,
          username: users.find((user) => user.id === author.id)?.username,
        }),
      },
      User: {
        reviews: ({ id }: Keyed) => reviews.filter((review) => review.author.id === id),
        numberOfReviews: ({ id }: Keyed) =>
          reviews.filter((review) => review.author.id === id).length,
      },
      Product: {
        reviews: ({ upc }: Keyed) => reviews.filter((review) => review.product.upc === upc),
      },
    },
  },
}

export const deepQuery = `
fragment User on User { id username name }
fragment Review on Review { id body }
fragment Product on Product { inStock name price shippingEstimate upc weight }
query TestQuery {
  users {
    ...User
    reviews { ...Review product { ...Product
      reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } } }
  }
  topProducts {
    ...Product
    reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } }
  }
}`
