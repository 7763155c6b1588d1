/** Non-null fields of other services at every level: one missing leaf can null the whole response. */
export const ladder = {
  base: `
    type Query { top: Step! maybe: Step steps: [Step!]! loose: [Step] tight: [Step!] }
    type Step @key(fields: "id") { id: ID! next: Step! soft: Step children: [Step!]! label: String! }`,
  firm: `
    type Step @key(fields: "id") { id: ID! weight: Int! partner: Step! partners: [Step!]! gentle: Step }`,
  soft: `
    type Step @key(fields: "id") { id: ID! note: String friends: [Step] strict: [Step!]! depth: Depth! }
    type Depth { metres: Float! inner: Depth owner: Step! }`,
}
