/** Overridden and inaccessible fields, renamed root types, shared value types, custom scalars. */
export const moves = {
  old: `
    schema { query: OldQuery mutation: OldMutation }
    type OldQuery { account(id: ID!): Account accounts: [Account!] now: Instant @shareable }
    type OldMutation { close(id: ID!): Account touch: Instant! }
    scalar Instant
    scalar Blob
    type Account @key(fields: "id") { id: ID! label: String balance: Float status: Status secret: String @inaccessible settings: Settings @shareable }
    type Settings @shareable { theme: String locale: String! }
    enum Status { OPEN CLOSED FROZEN @inaccessible }`,
  next: `
    schema { query: NextQuery mutation: NextMutation }
    type NextQuery { now: Instant @shareable newest: Account }
    type NextMutation { open(blob: Blob): Account! }
    scalar Instant
    scalar Blob
    type Account @key(fields: "id") { id: ID! balance: Float @override(from: "old") history: [Change!] blob: Blob settings: Settings @shareable
      secret: String @external digest: String! @requires(fields: "secret") }
    type Settings @shareable { theme: String locale: String! }
    type Change { at: Instant! amount: Float by: Account }`,
}
