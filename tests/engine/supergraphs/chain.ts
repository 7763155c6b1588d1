/** `@requires` on fields that another service computes by `@requires`, compound keys, entities inside requirements. */
export const chain = {
  origin: `
    type Query { parts: [Part!] part(id: ID!): Part }
    type Part @key(fields: "id") @key(fields: "code maker { id }") { id: ID! code: String! maker: Maker! cost: Int material: Material }
    type Maker @key(fields: "id") { id: ID! country: String }
    type Material { kind: String density: Float layers: [Layer!] }
    type Layer { thickness: Int colour: String }`,
  duty: `
    type Part @key(fields: "id") { id: ID! cost: Int @external maker: Maker! @external material: Material @external
      duty: Int @requires(fields: "cost maker { id country }")
      handling: String @requires(fields: "material { kind layers { thickness } }") }
    type Maker @key(fields: "id") { id: ID! country: String @external licence: String @requires(fields: "country") }
    type Material { kind: String @external layers: [Layer!] @external }
    type Layer { thickness: Int @external }`,
  price: `
    type Part @key(fields: "id") { id: ID! duty: Int @external cost: Int @external
      price: Int @requires(fields: "cost duty") }`,
  offers: `
    type Part @key(fields: "code maker { id }") { code: String! maker: Maker! price: Int @external
      offer: Offer @requires(fields: "price") }
    type Maker @key(fields: "id") { id: ID! }
    type Offer { total: Int! part: Part bundle: [Part!] }
    type Query { offers: [Offer] }`,
}
