import type { Body } from './read-body.ts'
import { type FieldError, FieldsRefused, type InputPart, readPart } from './field-errors.ts'
import type { Input, Route } from './route.ts'

const missingBody: FieldError = {
  type: 'missing',
  loc: ['body'],
  msg: 'Field required',
  input: null,
}

const notJson: FieldError = {
  type: 'model_attributes_type',
  loc: ['body'],
  msg: 'Input should be a valid JSON object, sent with Content-Type: application/json',
  input: null,
}

/** The first value of every query parameter; later ones are ignored. */
function firstValues(search: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...search.entries()].reverse())
}

interface Given {
  readonly path: Readonly<Record<string, string>>
  readonly search: URLSearchParams
  readonly body: Body
}

/** Parses path, query and body with the row's schemas; all problems are reported together. */
export function readInput({ inputs }: Route, given: Given): Input<unknown, unknown, unknown> {
  const errors: FieldError[] = []
  const read = (schema: Route['inputs']['path'], part: InputPart, input: unknown): unknown => {
    if (!schema) return undefined
    const found = readPart(schema, part, input)
    if (found.errors) errors.push(...found.errors)
    return found.value
  }
  const path = read(inputs.path, 'path', given.path)
  const query = read(inputs.query, 'query', firstValues(given.search))
  const { body } = given
  if (inputs.body && body.kind !== 'json') errors.push(body.kind === 'none' ? missingBody : notJson)
  const value = body.kind === 'json' ? read(inputs.body, 'body', body.value) : undefined
  if (errors.length > 0) throw new FieldsRefused(errors)
  return { path, query, body: value }
}
