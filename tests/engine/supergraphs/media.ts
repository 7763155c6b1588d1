/**
 * Interface objects: one service defines an interface as an object, others define its types. There are two such graphs,
 * because the planner does not terminate when a service with the interface as an object returns it (`Loan.item`) and
 * another such service's `@requires` is selected on one of its types (`headline`).
 */
const library = `
    type Query { shelf: [Media!]! pick: Media book(id: ID!): Book }
    interface Media @key(fields: "id") { id: ID! title: String! }
    type Book implements Media @key(fields: "id") { id: ID! title: String! pages: Int author: Person }
    type Film implements Media @key(fields: "id") { id: ID! title: String! minutes: Int! }
    type Song implements Media @key(fields: "id") { id: ID! title: String! lyrics: String }
    type Person @key(fields: "id") { id: ID! name: String }`

export const media = {
  library,
  ratings: `
    type Query { best: [Media] }
    type Media @key(fields: "id") @interfaceObject { id: ID! score: Float! raters: [Person!] title: String! @external headline: String @requires(fields: "title") }
    type Person @key(fields: "id") { id: ID! rated: [Media!] }`,
  loans: `
    type Media @key(fields: "id") @interfaceObject { id: ID! loan: Loan }
    type Loan { due: String! borrower: Person }
    type Person @key(fields: "id") { id: ID! loans(open: Boolean = true): [Loan!]! }`,
}

export const lending = {
  library,
  ratings: `
    type Query { best: [Media] }
    type Media @key(fields: "id") @interfaceObject { id: ID! score: Float! raters: [Person!] }
    type Person @key(fields: "id") { id: ID! rated: [Media!] }`,
  loans: `
    type Media @key(fields: "id") @interfaceObject { id: ID! loan: Loan }
    type Loan { due: String! borrower: Person item: Media }
    type Person @key(fields: "id") { id: ID! loans(open: Boolean = true): [Loan!]! }`,
}
