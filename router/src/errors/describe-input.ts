import type { GraphQLFormattedError, SourceLocation } from 'graphql'

/** The input that a request error is about, and why it is refused. */
interface InputDetails {
  readonly field: string
  readonly reason: string
}

/** Messages of graphql-js for an invalid variable: the variable, the path below it, and the reason. */
const badVariable =
  /^Variable "\$([^"]+)" got invalid value (?:"(?:[^"\\]|\\.)*"|[^";])*?(?: at "[^".]+(?:\.([^"]+))?")?; (.+)$/s
/** The same, cut within a value that is too long to be repeated in a message. */
const cutVariable = /^Variable "\$([^"]+)" got invalid value /
const lackingVariable = /^Variable "\$([^"]+)" (of (?:required|non-null) type .+)$/s

/** Messages of graphql-js that name the input themselves. */
const namedInputs = [
  /^Field "([^".]+)" is not defined by type /,
  /^Field "(?:[^".]+\.)?([^"]+)" of required type /,
  /^(?:Field|Directive) "[^"]+" argument "([^"]+)" of type /,
  /^Unknown argument "([^"]+)" on /,
]

const nameIn = (message: string): string | undefined =>
  namedInputs.map((form) => form.exec(message)?.[1]).find((name) => name !== undefined)

const tooLong = 'is too long'

/** Ends the messages of graphql-js that repeat a value. It may be a secret in the wrong place. */
const repeatedValue = /(cannot represent [^:"{[]*value): .*$/s

/** How graphql-js names a string or number of a document that cannot be parsed. */
const writtenValue = /\b(String|BlockString|Int|Float) ".*"/s

/** The message for a document that cannot be parsed, without the values that are written in it. */
export const withoutWritten = (message: string): string => message.replace(writtenValue, '$1')

/** The message for an invalid variable, without its value. */
export function withoutValue(message: string): string {
  const [, variable, path, reason = ''] = badVariable.exec(message) ?? []
  if (variable === undefined) {
    const [, cut] = cutVariable.exec(message) ?? []
    if (cut !== undefined) return `Variable "$${cut}" has an invalid value: ${tooLong}`
    return message.replace(repeatedValue, '$1')
  }
  const place = path === undefined ? '' : ` at "${variable}.${path}"`
  return `Variable "$${variable}" has an invalid value${place}: ${reason.replace(repeatedValue, '$1')}`
}

export function describeVariable(message: string): InputDetails | undefined {
  const [, lacking, why = ''] = lackingVariable.exec(message) ?? []
  if (lacking !== undefined) return { field: lacking, reason: why }
  const [, variable, path, reason = ''] = badVariable.exec(message) ?? []
  if (variable === undefined) {
    const [, cut] = cutVariable.exec(message) ?? []
    return cut === undefined ? undefined : { field: cut, reason: tooLong }
  }
  const field = [path, nameIn(reason)].filter((name) => name !== undefined).join('.')
  return { field: field || variable, reason: reason.replace(repeatedValue, '$1') }
}

/** The argument or input field whose value begins at a place in a document. */
function fieldAt(document: string, { line, column }: SourceLocation): string | undefined {
  const lines = document.split(/\r\n|[\n\r]/).slice(0, line)
  const before = [...lines.slice(0, -1), lines.at(-1)?.slice(0, column - 1)].join('\n')
  return /(?:^|[^$\w])([_A-Za-z]\w*)\s*:[\s[,]*$/.exec(before)?.[1]
}

/** What is wrong with a value that is written in the document. */
export function describeLiteral(
  { message, locations }: GraphQLFormattedError,
  document: string | undefined,
): InputDetails | undefined {
  const [place] = locations ?? []
  const field = nameIn(message) ?? (place && document ? fieldAt(document, place) : undefined)
  return field === undefined ? undefined : { field, reason: withoutValue(message) }
}
