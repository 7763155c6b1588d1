/** Products, reviews, users and stock: several keys, `@requires` across two services, `@provides`, mutations. */
export const catalogue = {
  users: `
    type Query { me: User users(first: Int): [User!]! user(id: ID!): User }
    type Mutation { renameUser(id: ID!, name: String!): User }
    type User @key(fields: "id") @key(fields: "email") { id: ID! email: String! name: String @shareable role: Role! tags: [String!] }
    enum Role { READER AUTHOR EDITOR }`,
  reviews: `
    type Query { latest(limit: Int = 2): [Review!] }
    type Mutation { addReview(body: String!): Review! }
    type User @key(fields: "id") { id: ID! name: String @external reviews(limit: Int): [Review!]! reviewCount: Int }
    type Review @key(fields: "id") { id: ID! body: String! rating: Float! author: User @provides(fields: "name") product: Product }
    type Product @key(fields: "upc") { upc: String! reviews: [Review] averageRating: Float }`,
  products: `
    type Query { top(first: Int): [Product!] product(upc: String!): Product }
    type Product @key(fields: "upc") @key(fields: "sku") { upc: String! sku: ID! name: String! price: Int weight: Float size: Size related: [Product] }
    type Size { width: Int! height: Int unit: String }`,
  stock: `
    type Product @key(fields: "upc") {
      upc: String! price: Int @external weight: Float @external size: Size @external
      inStock: Boolean stockLevel: Int!
      shippingEstimate: Int @requires(fields: "price weight")
      parcel: String @requires(fields: "size { width unit }")
    }
    type Size { width: Int! @external unit: String @external }`,
}
