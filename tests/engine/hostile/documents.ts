/** Hostile documents: they try to make reading, validating, planning or compiling them expensive. */
import assert from 'node:assert/strict'
import { expectData, expectRefusal, type HostileCase } from './case.ts'
import { ask, exchangeRaw, get, type Answer } from './program.ts'

const repeat = (count: number, make: (index: number) => string, between = ' ') =>
  Array.from({ length: count }, (_, index) => make(index)).join(between)

/** Each fragment spreads the next one twice. */
function doubling(levels: number): string {
  const inner = (level: number) => (level === levels ? 'title' : `...F${level + 1}`)
  const fragments = repeat(
    levels + 1,
    (level) =>
      `fragment F${level} on Book { a: sequel { ${inner(level)} } b: sequel { ${inner(level)} } }`,
  )
  return `{ books { ...F0 } } ${fragments}`
}

interface Refusable {
  readonly name: string
  readonly document: () => string
  readonly codes: readonly string[]
  readonly isShort?: boolean
}

const tooComplex = ['QUERY_TOO_COMPLEX']
const invalid = ['GRAPHQL_VALIDATION_FAILED']
const unreadable = ['GRAPHQL_PARSE_FAILED']

const refusable: readonly Refusable[] = [
  {
    name: 'fragments that double twelve deep',
    document: () => doubling(12),
    codes: tooComplex,
    isShort: true,
  },
  {
    name: 'fragments that double two hundred deep',
    document: () => doubling(200),
    codes: tooComplex,
  },
  {
    name: 'fragments in a circle',
    document: () => '{ books { ...A } } fragment A on Book { ...B } fragment B on Book { ...A }',
    codes: invalid,
  },
  {
    name: 'a selection two thousand levels deep',
    document: () => `{ books ${'{ sequel '.repeat(2_000)} { title } ${'}'.repeat(2_000)} }`,
    codes: tooComplex,
    isShort: true,
  },
  {
    name: 'a list two hundred thousand levels deep',
    document: () => `{ echo(any: ${'['.repeat(200_000)}1${']'.repeat(200_000)}) }`,
    codes: tooComplex,
    isShort: true,
  },
  {
    name: 'an input object two thousand levels deep',
    document: () => `{ echo(input: ${'{next:'.repeat(2_000)}{text:"x"}${'}'.repeat(2_000)}) }`,
    codes: tooComplex,
  },
  {
    name: 'twenty thousand aliases',
    document: () => `{ ${repeat(20_000, (index) => `a${index}: books { title }`)} }`,
    codes: tooComplex,
  },
  {
    name: 'a field twenty thousand times',
    document: () => `{ books { ${'title '.repeat(20_000)} } }`,
    codes: tooComplex,
  },
  {
    name: 'a field four thousand times',
    document: () => `{ books { ${'title '.repeat(4_000)} } }`,
    codes: [...tooComplex, ...invalid],
  },
  {
    name: 'a field with an argument a thousand times',
    document: () => `{ ${'echo(text: "a") '.repeat(700)} }`,
    codes: [...tooComplex, ...invalid],
  },
  {
    name: 'hundreds of fragments side by side',
    document: () =>
      `{ books { ${repeat(400, (index) => `...F${index}`)} } } ${repeat(400, (index) => `fragment F${index} on Book { a${index}: title }`)}`,
    codes: [...tooComplex, ...invalid],
  },
  {
    name: 'hundreds of operations over a chain of fragments',
    document: () =>
      `${repeat(300, (index) => `query Q${index}($v: Boolean!) { books { ...F0 } }`)} ${repeat(100, (index) => `fragment F${index} on Book { a${index}: title @skip(if: $v) ${index < 99 ? `...F${index + 1}` : ''} }`)}`,
    codes: [...tooComplex, ...invalid],
  },
  {
    name: 'a thousand unknown fields of a long name',
    document: () => `{ ${repeat(900, (index) => `${'book'.repeat(20)}${index}`)} }`,
    codes: [...tooComplex, ...invalid],
    isShort: true,
  },
  {
    name: 'a thousand near misses of an enormous enum',
    document: () => `{ echo(moods: [${repeat(900, (index) => `MOOD_NUMBE_${index}`, ',')}]) }`,
    codes: [...tooComplex, ...invalid],
    isShort: true,
  },
  {
    name: 'a directive five hundred times on a field',
    document: () => `{ books { title ${'@skip(if: false) '.repeat(500)} } }`,
    codes: invalid,
  },
  {
    name: 'a directive with a hundred thousand arguments',
    document: () => `{ books @x(${repeat(100_000, (index) => `a${index}: 1`)}) { title } }`,
    codes: tooComplex,
  },
  {
    name: 'a plan that explodes',
    document: () => '{ f { state { label deep { state { label own0 } } } } }',
    codes: ['PLAN_TOO_COMPLEX'],
    isShort: true,
  },
  {
    name: 'a character that is no token, after a megabyte of spaces',
    document: () => `${' '.repeat(900_000)}\u0000`,
    codes: unreadable,
  },
  {
    name: 'an escape beyond Unicode',
    document: () => '{ echo(text: "\\u{110000}") }',
    codes: unreadable,
  },
  {
    name: 'a string that does not end',
    document: () => `{ echo(text: """${'x'.repeat(900_000)}`,
    codes: unreadable,
  },
  {
    name: 'a subscription',
    document: () => 'subscription { books { title } }',
    codes: [...invalid, 'INVALID_GRAPHQL'],
  },
  {
    name: 'numbers that no type holds',
    document: () => '{ echo(numbers: [9007199254740993], float: 1e400) }',
    codes: invalid,
  },
  {
    name: 'types of types of types of the schema',
    document: () =>
      `{ __schema { types ${'{ fields { type '.repeat(8)} { name } ${'} }'.repeat(8)} } }`,
    codes: invalid,
  },
  {
    name: 'the schema five hundred times',
    document: () =>
      `{ ${repeat(300, (index) => `a${index}: __schema { types { fields { name } enumValues { name description } } }`)} }`,
    codes: tooComplex,
    isShort: true,
  },
  {
    name: 'the types of the schema hundreds of times',
    document: () =>
      `{ __schema { ${repeat(300, (index) => `a${index}: types { fields { name } enumValues { name description } }`)} } }`,
    codes: tooComplex,
  },
]

const books = ['1', '2', '3'].map((id) => ({ title: `title ${id}` }))

const answerable: readonly HostileCase[] = [
  {
    name: 'three hundred aliases',
    isShort: true,
    attack: async ({ url }) => {
      const names = Array.from({ length: 300 }, (_, index) => `a${index}`)
      const answer = await ask(
        url,
        `{ ${names.map((name) => `${name}: books { title }`).join(' ')} }`,
      )
      expectData(answer, Object.fromEntries(names.map((name) => [name, books])))
    },
  },
  {
    name: 'objects in objects of one name',
    attack: async ({ url }) => {
      const inner = repeat(30, () => 'sequel { title }')
      const answer = await ask(url, `{ ${repeat(30, () => `books { ${inner} }`)} }`)
      if (answer.data) expectData(answer, { books: books.map((sequel) => ({ sequel })) })
      else expectRefusal(answer, ...tooComplex, ...invalid)
    },
  },
  {
    name: 'names of every object as aliases',
    isShort: true,
    attack: async ({ url }) => {
      const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'then']
      const answer = await ask(
        url,
        `{ books { ${names.map((name) => `${name}: title`).join(' ')} note } }`,
      )
      assert.deepEqual(answer.errors, [])
      const own = names.map((name) => `"${name}":"title 1"`).join(',')
      assert.ok(answer.text.startsWith(`{"data":{"books":[{${own},"note":"note 1"}`), answer.text)
    },
  },
  {
    name: 'an alias of half a megabyte',
    attack: async ({ url }) => {
      const name = 'a'.repeat(500_000)
      expectData(await ask(url, `{ ${name}: books { title } }`), { [name]: books })
    },
  },
  {
    name: 'a string of half a megabyte',
    attack: async ({ url }) => {
      expectData(await ask(url, `{ echo(text: "${'x'.repeat(500_000)}") }`), { echo: 'heard' })
    },
  },
  {
    name: 'a megabyte of commas',
    attack: async ({ url }) => {
      expectData(await ask(url, `{ books {${','.repeat(900_000)}title } }`), { books })
    },
  },
  {
    name: 'forty conditions',
    attack: async ({ url }) => {
      const names = Array.from({ length: 40 }, (_, index) => `v${index}`)
      const declared = names.map((name) => `$${name}: Boolean!`).join(' ')
      const fields = names.map((name) => `${name}: title @include(if: $${name})`).join(' ')
      for (let bits = 0; bits < 40; bits += 1) {
        const variables = Object.fromEntries(names.map((name, index) => [name, index === bits]))
        const answer = await ask(url, `query (${declared}) { books { ${fields} } }`, variables)
        expectData(answer, { books: books.map(({ title }) => ({ [`v${bits}`]: title })) })
      }
    },
  },
  {
    name: 'hundreds of different documents at once',
    attack: async ({ url }) => {
      const answers = await Promise.all(
        Array.from({ length: 230 }, (_, index) => ask(url, `{ a${index}: books { title } }`)),
      )
      answers.forEach((answer, index) => {
        if (answer.data) expectData(answer, { [`a${index}`]: books })
        else expectRefusal(answer, 'OVERLOADED')
      })
    },
  },
  {
    name: 'a document in the address that is too long for a header',
    attack: async ({ url }) => {
      const answer = await get(`${url}?query=${'{books{title}}'.padEnd(60_000, '+')}`)
      assert.equal(answer.status, 431)
    },
  },
  {
    name: 'a thousand requests down one connection at once',
    attack: async ({ url }) => {
      const body = '{"query":"{ books { title } }"}'
      const one = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
      const count = (received: string) => received.split('"title 3"').length - 1
      const received = await exchangeRaw(url, [one.repeat(1_000)], (text) => count(text) >= 1_000)
      assert.equal(count(received), 1_000)
    },
  },
]

const toCase = ({ name, document, codes, isShort = false }: Refusable): HostileCase => ({
  name,
  isShort,
  attack: async ({ url }) => {
    const answers: readonly Answer[] = await Promise.all([
      ask(url, document()),
      ask(url, document()),
    ])
    for (const answer of answers) expectRefusal(answer, ...codes)
  },
})

export const hostileDocuments: readonly HostileCase[] = [...refusable.map(toCase), ...answerable]
