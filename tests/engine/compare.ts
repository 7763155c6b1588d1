/**
 * Compares two responses: data must be equal, and errors the same set of path, code and service. A failed call counts
 * once per service, because the engine reports it at the fields of that call and makes fewer calls. Where the stock
 * gateway is known to violate the specification, the verdict names the violation.
 */
import type { TestAnswer } from '@cnop/router/engine/testing/request'

export type Verdict =
  | { readonly kind: 'same' }
  | { readonly kind: 'known'; readonly violation: string }
  | { readonly kind: 'different'; readonly what: string }

type AnswerError = NonNullable<TestAnswer['errors']>[number]

export function compareAnswers(stock: TestAnswer, compiled: TestAnswer): Verdict {
  const [stockData, compiledData] = [sorted(stock.data), sorted(compiled.data)]
  if (JSON.stringify(stockData) !== JSON.stringify(compiledData)) {
    return { kind: 'different', what: 'data' }
  }
  if (isSilentNull(stock) && compiled.errors?.every(isNote)) {
    return { kind: 'known', violation: 'null data without an error' }
  }
  const errors = compareErrors(stock.errors ?? [], compiled.errors ?? [])
  if (errors.kind !== 'same') return errors
  return compareNotes(stock, compiled)
}

function compareNotes(stock: TestAnswer, compiled: TestAnswer): Verdict {
  const [stockNotes, compiledNotes] = [notes(stock), notes(compiled)]
  if (!sameSet(stockNotes, compiledNotes)) {
    // The first null that is reported for an object depends on the order of its fields.
    return stockNotes.length > 0 && compiledNotes.length > 0
      ? { kind: 'known', violation: 'order of fields' }
      : { kind: 'different', what: 'valueCompletion' }
  }
  const isSameText = JSON.stringify(stock.data) === JSON.stringify(compiled.data)
  return isSameText ? { kind: 'same' } : { kind: 'known', violation: 'order of fields' }
}

function isSilentNull({ data, errors }: TestAnswer): boolean {
  return data === null && errors === undefined
}

function isNote({ extensions }: AnswerError): boolean {
  return extensions?.['code'] === 'INVALID_GRAPHQL'
}

/** Whether one value equals the other with parts missing or null. */
export function hasLess(less: unknown, more: unknown): boolean {
  if (less === null || less === undefined) return true
  if (Array.isArray(less)) {
    return (
      Array.isArray(more) &&
      less.length === more.length &&
      less.every((item, index) => hasLess(item, more[index]))
    )
  }
  if (typeof less !== 'object') return less === more
  if (typeof more !== 'object' || more === null) return false
  const fields = new Map(Object.entries(more))
  return Object.entries(less).every(([name, value]) => hasLess(value, fields.get(name)))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)])
}

function compareErrors(stock: readonly AnswerError[], compiled: readonly AnswerError[]): Verdict {
  if (sameSet(stock.map(exactly), compiled.map(exactly))) return { kind: 'same' }
  if (sameSet(stock.map(loosely), compiled.map(loosely))) {
    return { kind: 'known', violation: 'error path names another entity' }
  }
  return { kind: 'different', what: 'errors' }
}

function exactly(error: AnswerError): string {
  return describe(error, (path) => path)
}

/** Without list indexes: the stock gateway counts entities that were not requested. */
function loosely(error: AnswerError): string {
  return describe(error, (path) => path.filter((step) => typeof step === 'string'))
}

function describe(
  { path, extensions = {}, message }: AnswerError,
  shorten: (path: readonly (string | number)[]) => readonly (string | number)[],
): string {
  const { code, serviceName } = extensions
  if (code === 'SUBGRAPH_UNAVAILABLE') return JSON.stringify([code, serviceName])
  // For an error of a whole fetch, the stock gateway returns a path that does not exist.
  if (path?.includes('_entities')) return JSON.stringify([code, serviceName, message])
  // The stock gateway returns the planner's own aliases.
  const plain = (path ?? []).map((step) =>
    typeof step === 'string' ? step.replace(/__alias_\d+$/, '') : step,
  )
  return JSON.stringify([code, serviceName, message, shorten(plain)])
}

function notes({ extensions = {} }: TestAnswer): string[] {
  const found = extensions['valueCompletion']
  return Array.isArray(found) ? found.map((note: unknown) => JSON.stringify(note)) : []
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  const [leftSet, rightSet] = [new Set(left), new Set(right)]
  return leftSet.size === rightSet.size && [...leftSet].every((each) => rightSet.has(each))
}
