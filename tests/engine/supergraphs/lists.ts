/** Nested lists with every nullability of a list, with entities inside. */
export const lists = {
  grids: `
    type Query { grid: [[Cell!]!]! loose: [[Cell]] cube: [[[Cell!]]!] row: [Cell!] numbers: [[Int!]] board: Board! }
    type Board @key(fields: "id") { id: ID! rows: [[Cell!]!] corners: [Cell]! names: [[String]!]! }
    type Cell @key(fields: "id") { id: ID! board: Board neighbours: [[Cell!]] }`,
  paint: `
    type Cell @key(fields: "id") { id: ID! colour: String! shades: [[String!]] }
    type Board @key(fields: "id") { id: ID! title: String palette: [Paint!]! }
    type Paint { name: String! mixes: [[Paint]!] }`,
  owners: `
    type Cell @key(fields: "id") { id: ID! owner: Owner! colour: String! @external contrast: String @requires(fields: "colour") }
    type Owner @key(fields: "id") { id: ID! cells: [[Cell!]!]! level: Int }
    type Query { owners: [Owner!]! }`,
}
