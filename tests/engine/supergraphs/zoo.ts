/** Unions and interfaces, of entities and of value types, completed by other services; conflicting field types. */
export const zoo = {
  animals: `
    type Query { animals: [Animal!] animal(name: String): Animal things: [Thing] everything: [[Thing!]]! }
    interface Animal { id: ID! name: String keeper: Keeper }
    type Cat implements Animal @key(fields: "id") { id: ID! name: String keeper: Keeper lives: Int! size: Int }
    type Dog implements Animal @key(fields: "id") { id: ID! name: String keeper: Keeper tricks: [String!]! size: String }
    type Fish implements Animal @key(fields: "id") { id: ID! name: String keeper: Keeper tank: Tank size: Float! }
    type Tank { litres: Float! label: String @shareable }
    type Keeper @key(fields: "id") { id: ID! favourite: Animal }
    union Thing = Cat | Tank | Keeper`,
  keepers: `
    type Query { keepers(ids: [ID!]): [Keeper] }
    type Keeper @key(fields: "id") { id: ID! fullName: String! since: Int mood: Mood pets: [Pet!] }
    enum Mood { CALM CROSS }
    interface Pet { id: ID! }
    type Cat implements Pet @key(fields: "id") { id: ID! diet: [Meal] }
    type Dog implements Pet @key(fields: "id") { id: ID! diet: [Meal] walks: Int }
    type Meal { food: String! grams: Int }`,
  health: `
    type Cat @key(fields: "id") { id: ID! name: String @external checkups: [Checkup!]! greeting: String @requires(fields: "name") }
    type Fish @key(fields: "id") { id: ID! checkups: [Checkup!]! }
    type Dog @key(fields: "id") { id: ID! size: String @external coat: String @requires(fields: "size") }
    union Checkup = Vaccination | Visit
    type Vaccination { vaccine: String! cost: Int }
    type Visit { cost: Float! patient: Patient }
    union Patient = Cat | Fish`,
}
