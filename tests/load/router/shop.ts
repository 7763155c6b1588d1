/**
 * The graph of the public federation gateway benchmark: accounts, products, inventory and reviews, and one deep query
 * with a response of about 90 KB. The data is small and repeats, which shows how gateways handle duplicates.
 */
import { saltLength } from './replay.ts'

const users = [
  ['1', 'Uri Goldshtein', 'urigo'],
  ['2', 'Dotan Simha', 'dotansimha'],
  ['3', 'Kamil Kisiela', 'kamilkisiela'],
  ['4', 'Arda Tanrikulu', 'ardatan'],
  ['5', 'Gil Gardosh', 'gilgardosh'],
  ['6', 'Laurin Quast', 'laurin'],
].map(([id = '', name, username]) => ({ id, name, username, birthday: 1234567890 }))

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
].map(([upc, name, price, weight]) => ({ upc: String(upc), name, price, weight }))

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

interface Salted {
  readonly salt: string
}

/** Every key begins with the salt of its request, so that no two requests make the same call. */
const [saltOf, plain] = [
  (key: string) => key.slice(0, saltLength),
  (key: string) => key.slice(saltLength),
]
const userOf = (salt: string, id: string) => {
  const user = users.find((each) => each.id === id)
  return user && { ...user, id: salt + id }
}
const productOf = (salt: string, upc: string) => {
  const product = products.find((each) => each.upc === upc)
  return product && { ...product, upc: salt + upc }
}
const reviewsOf = (key: string, isOf: (review: (typeof reviews)[number], own: string) => boolean) =>
  reviews
    .filter((review) => isOf(review, plain(key)))
    .map(({ author, product, ...rest }) => ({
      ...rest,
      author: userOf(saltOf(key), author.id),
      product: { upc: saltOf(key) + product.upc },
    }))

export const shop = {
  accounts: {
    sdl: `type Query { me: User user(id: ID!): User users(salt: ID!): [User] }
      type User @key(fields: "id") { id: ID! name: String username: String @shareable birthday: Int }`,
    resolvers: {
      Query: {
        me: () => users[0],
        users: (_root: unknown, { salt }: Salted) => users.map(({ id }) => userOf(salt, id)),
      },
      User: { __resolveReference: ({ id }: Keyed) => userOf(saltOf(id), plain(id)) },
    },
  },
  inventory: {
    sdl: `type Product @key(fields: "upc") { upc: String! weight: Int @external price: Int @external
      inStock: Boolean shippingEstimate: Int @requires(fields: "price weight") }`,
    resolvers: {
      Product: {
        inStock: ({ upc }: Keyed) => plain(upc) !== '3',
        shippingEstimate: ({ price, weight }: { price: number; weight: number }) =>
          price > 1000 ? 0 : Math.round(weight / 2),
      },
    },
  },
  products: {
    sdl: `type Query { topProducts(first: Int = 5, salt: ID!): [Product] }
      type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }`,
    resolvers: {
      Query: {
        topProducts: (_root: unknown, { first, salt }: Salted & { first: number }) =>
          products.slice(0, first).map(({ upc }) => productOf(salt, upc)),
      },
      Product: { __resolveReference: ({ upc }: Keyed) => productOf(saltOf(upc), plain(upc)) },
    },
  },
  reviews: {
    sdl: `type Query { review(id: ID!): Review }
      type Review @key(fields: "id") { id: ID! body: String author: User @provides(fields: "username") product: Product }
      type User @key(fields: "id") { id: ID! username: String @external numberOfReviews: Int reviews: [Review] }
      type Product @key(fields: "upc") { upc: String! reviews: [Review] }`,
    resolvers: {
      User: {
        reviews: ({ id }: Keyed) => reviewsOf(id, ({ author }, own) => author.id === own),
        numberOfReviews: ({ id }: Keyed) =>
          reviewsOf(id, ({ author }, own) => author.id === own).length,
      },
      Product: {
        reviews: ({ upc }: Keyed) => reviewsOf(upc, ({ product }, own) => product.upc === own),
      },
    },
  },
}

export const deepQuery = `
fragment User on User { id username name }
fragment Review on Review { id body }
fragment Product on Product { inStock name price shippingEstimate upc weight }
query TestQuery($salt: ID!) {
  users(salt: $salt) {
    ...User
    reviews { ...Review product { ...Product
      reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } } }
  }
  topProducts(salt: $salt) {
    ...Product
    reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } }
  }
}`
