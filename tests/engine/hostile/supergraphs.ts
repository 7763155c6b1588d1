/**
 * Hostile supergraphs: the program refuses to start with a message, or it starts and answers. Each has a process of its
 * own.
 */
import assert from 'node:assert/strict'
import { expectData, type Target } from './case.ts'
import { ask, isProgram, startProgram } from './program.ts'

export interface HostileSupergraph {
  readonly name: string
  readonly text: (good: string) => string | Buffer
  readonly expected: 'refused' | 'served' | 'either'
  readonly isShort?: boolean
}

const header = (good: string) => good.slice(0, good.indexOf('\nenum Mood'))
const withType = (type: string) => (good: string) => `${good}\n${type}`
const books = '@join__type(graph: BOOKS)'

export const hostileSupergraphs: readonly HostileSupergraph[] = [
  { name: 'nothing', text: () => '', expected: 'refused' },
  {
    name: 'a page',
    text: () => '<!doctype html><html></html>',
    expected: 'refused',
    isShort: true,
  },
  { name: 'bytes that are not UTF-8', text: () => Buffer.alloc(10_000, 0xff), expected: 'refused' },
  {
    name: 'half a supergraph',
    text: (good) => good.slice(0, good.length / 2),
    expected: 'refused',
  },
  { name: 'a schema without joins', text: () => 'type Query { a: Int }', expected: 'refused' },
  { name: 'only the header', text: header, expected: 'refused' },
  {
    name: 'a field of a graph that does not exist',
    text: (good) => good.replaceAll('graph: NOTES', 'graph: NOWHERE'),
    expected: 'refused',
  },
  {
    name: 'a graph without a definition of the join',
    text: (good) => good.replace(/directive @join__field[^\n]*\n/, ''),
    expected: 'refused',
  },
  {
    name: 'interfaces that implement each other',
    text: withType(
      `interface A implements B ${books} { a: Int } interface B implements A ${books} { a: Int }`,
    ),
    expected: 'either',
  },
  {
    name: 'inputs that require each other',
    text: withType(`input A ${books} { b: B! } input B ${books} { a: A! }`),
    expected: 'either',
  },
  {
    name: 'a key that does not exist',
    text: (good) => good.replaceAll('key: "id"', 'key: "id { id { id } }"'),
    expected: 'refused',
    isShort: true,
  },
  {
    name: 'a requirement in a circle',
    text: withType(
      `type Loop ${books} @join__type(graph: NOTES, key: "id") { id: ID! a: Int @join__field(graph: NOTES, requires: "b") b: Int @join__field(graph: NOTES, requires: "a") }`,
    ),
    expected: 'either',
  },
  {
    name: 'an enum of thirty thousand values',
    text: withType(
      `enum Huge ${books} { ${Array.from({ length: 30_000 }, (_, index) => `V${index} @join__enumValue(graph: BOOKS)`).join(' ')} }`,
    ),
    expected: 'served',
  },
  {
    name: 'two thousand types',
    text: withType(
      Array.from(
        { length: 2_000 },
        (_, index) => `type Made${index} ${books} { next: Made${(index + 1) % 2_000} }`,
      ).join('\n'),
    ),
    expected: 'served',
  },
  {
    name: 'types and fields named like members of every object',
    text: withType(
      `type constructor ${books} { toString: String hasOwnProperty: constructor valueOf: Int }`,
    ),
    expected: 'served',
    isShort: true,
  },
  {
    name: 'a type with a reserved name',
    text: withType(`type __proto__ ${books} { a: Int }`),
    expected: 'either',
  },
  {
    name: 'a service at an address that is none',
    text: (good) => good.replace(/url: "http[^"]*"/, 'url: "file:///etc/passwd"'),
    expected: 'refused',
  },
  {
    name: 'a service without an address',
    text: (good) => good.replace(/(name: "exploding", url: )"[^"]*"/, '$1""'),
    expected: 'either',
  },
  {
    name: 'an unknown feature that it must understand',
    text: (good) =>
      good.replace(
        /^schema/m,
        'schema @link(url: "https://example.com/unknown/v1.0", for: SECURITY)',
      ),
    expected: 'refused',
  },
  {
    name: 'a description of ten megabytes',
    text: withType(`"""\n${'text '.repeat(2_000_000)}\n"""\ntype Described ${books} { a: Int }`),
    expected: 'served',
  },
  {
    name: 'a type that is defined twice',
    text: withType(`type Book ${books} { id: ID! }`),
    expected: 'refused',
  },
]

/** Starts the program with the supergraph; resolves to whether it crashed instead of refusing. */
export async function tryHostileSupergraph(
  { name, text, expected }: HostileSupergraph,
  { world }: Pick<Target, 'world'>,
): Promise<{ readonly hasCrashed: boolean }> {
  const file = world.writeSupergraph(name.replaceAll(/\W/g, '-'), text(world.supergraphSdl))
  const started = await startProgram(file)
  if (!isProgram(started)) {
    assert.ok(expected !== 'served', `refused: ${started.complaints}`)
    // One line that says why, and no stack.
    assert.match(started.complaints, /supergraph/i)
    assert.doesNotMatch(started.complaints, /\n\s+at /)
    return { hasCrashed: started.code !== 1 }
  }
  try {
    assert.ok(expected !== 'refused', 'it was served')
    const books = ['1', '2', '3'].map((id) => ({ title: `title ${id}`, note: `note ${id}` }))
    expectData(await ask(started.url, '{ books { title note } }'), { books })
    return { hasCrashed: started.hasEnded() }
  } finally {
    await started.stop()
  }
}
