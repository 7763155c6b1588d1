/** A message, and the form of the texts that it makes. */
export type Known = { readonly message: string; readonly form: RegExp }

const literal = (text: string): string => text.replace(/[.*+?^$()[\]\\|]/g, String.raw`\$&`)

/** A message as the form of its texts: each value is as short as it can be, and within its sentence. */
const formOf = (message: string): RegExp =>
  new RegExp(`^${literal(message).replace(/\{(\w+)\}/g, String.raw`(?<$1>(?:(?!\. ).)+?)`)}$`, 'su')

/** How much of a message is its own words: “must be {least} to {most}” is also what longer reasons begin with. */
const ownLength = (message: string): number => message.replace(/\{\w+\}/g, '').length

/** The forms of messages, those with the most words of their own first. */
export const known = (messages: readonly string[]): readonly Known[] =>
  messages
    .toSorted((one, other) => ownLength(other) - ownLength(one))
    .map((message) => ({ message, form: formOf(message) }))
