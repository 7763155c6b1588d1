import { expect, it } from '@jest/globals'
import { buildSchema, getVariableValues, Kind, parse } from 'graphql'
import { describeVariable, withoutValue, withoutWritten } from './describe-input.ts'

const schema = buildSchema(`
  input Nested { level: Int! }
  input SignIn { username: String!, password: String!, nested: [Nested!] }
  type Query { signIn(i: SignIn!): Int }
`)

/** The message of graphql-js for these variables. */
function messageFor(value: unknown): string {
  const [operation] = parse('query($i: SignIn!) { signIn(i: $i) }').definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('This is not an operation.')
  const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], { i: value })
  return errors?.[0]?.message ?? ''
}

const secret = 'Secret; at "i.x"; "1'

it.each([
  ['an unknown field', { username: 'ada', password: secret, code: 1 }, 'code', /not defined/],
  ['a missing field', { password: secret }, 'username', /was not provided/],
  ['another type', { username: 'ada', password: [secret] }, 'password', /non string value$/],
  ['no object', secret, 'i', /to be an object/],
  [
    'a nested value',
    { username: 'a', password: secret, nested: [{ level: 'x' }] },
    'nested[0].level',
    /Int/,
  ],
])('names the input and the reason of %s, and repeats no value', (_what, value, field, reason) => {
  const message = messageFor(value)
  expect(message).toContain('got invalid value')
  expect(describeVariable(message)).toMatchObject({ field, reason: expect.stringMatching(reason) })
  expect(withoutValue(message)).toMatch(/^Variable "\$i" has an invalid value/)
  expect(JSON.stringify([withoutValue(message), describeVariable(message)])).not.toContain('Secret')
})

it('names the input of a message that was cut within its value, and repeats none of it', () => {
  const message = messageFor({ username: 'ada', password: [secret.repeat(200)] }).slice(0, 2000)
  expect(describeVariable(message)).toEqual({ field: 'i', reason: 'is too long' })
  expect(withoutValue(message)).toBe('Variable "$i" has an invalid value: is too long')
})

it.each([
  ['{ signIn(i: "a" "Secret") }', /Expected Name, found String\.$/],
  ['{ signIn(i: {password: "Secret }', /Unterminated string\.$/],
])('repeats no value of %s, which cannot be parsed', (text, expected) => {
  const read = () => parse(text)
  expect(read).toThrow()
  try {
    read()
  } catch (error) {
    expect(withoutWritten((error as Error).message)).toMatch(expected)
  }
})
