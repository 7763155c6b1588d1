/**
 * The only place that makes functions from text. Only GraphQL names and constants reach the text, always as JSON string
 * literals (see `literal`), so a name chosen by a client cannot become code. Where the process forbids code generation,
 * `canGenerate` is false and the plain versions run.
 */

/** A JavaScript literal of a string; also escapes the two line separators that JSON allows in strings. */
export function literal(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

/** Whether this process may make functions from text. */
export function canGenerate(): boolean {
  try {
    return generate<() => boolean>('nothing', [], 'return () => true')([])()
  } catch {
    return false
  }
}

/** Makes a value when it is first needed: many operations are executed once, and need few of their functions. */
export function whenNeeded<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** The text of a generated function, for `engine:explain`. */
export interface GeneratedSource {
  readonly title: string
  readonly text: string
}

let collected: GeneratedSource[] | undefined

/** Collects the sources that are generated during some work. */
export function collectSources(work: () => void): readonly GeneratedSource[] {
  const sources: GeneratedSource[] = []
  collected = sources
  try {
    work()
  } finally {
    collected = undefined
  }
  return sources
}

/** Makes a function of the named values, whose body returns the generated function. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what its text returns.
export function generate<T>(
  title: string,
  names: readonly string[],
  body: string,
): (values: unknown[]) => T {
  collected?.push({ title, text: `(${names.join(', ')}) => {\n${body}\n}` })
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- see the head comment.
  const make = new Function(...names, `'use strict'\n${body}`) as (...values: unknown[]) => T
  return (values) => make(...values)
}
