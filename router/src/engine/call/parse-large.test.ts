import { expect, it } from '@jest/globals'
import { openEngine } from '../testing/engine.ts'
import { executeRaw } from '../testing/request.ts'
import { composeSubgraphs } from '../testing/subgraphs.ts'
import { stringifyResult } from '../write/body.ts'
import { parseInTurns } from './parse-large.ts'

const filler = 'x'.repeat(1_000)
const list = (count: number, item: (index: number) => unknown) =>
  Array.from({ length: count }, (_, index) => item(index))

const values: readonly (readonly [string, unknown])[] = [
  ['a list', list(1_000, (index) => ({ index, filler }))],
  ['a list of large lists', list(5, () => list(300, () => filler))],
  ['large members beside small ones', { a: 1, b: list(300, () => filler), c: { d: filler }, e: 2 }],
  [
    'many members',
    Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`name ${index}`, filler])),
  ],
  ['strings with quotes, brackets and backslashes', list(500, () => `${filler}"]}[{,:\\\\"\\`)],
  ['one string', { text: '\\"'.repeat(200_000) }],
  ['strings of all widths', list(3, () => 'a\u00e9\u6f22\ud83d\ude00\n"'.repeat(40_000))],
  ['members of every object', { ['__proto__']: list(300, () => filler), constructor: { filler } }],
  ['nothing large', { a: [1, 2, null, true, 'é'] }],
]

it.each(values)('parses %s like JSON.parse', async (_name, value) => {
  for (const space of [0, 2]) {
    const text = JSON.stringify(value, null, space)
    expect(await parseInTurns(Buffer.from(text))).toEqual(JSON.parse(text))
  }
})

it('leaves long white space out, but not within a value', async () => {
  const blank = ' '.repeat(200_000)
  const text = `${blank}{"a":${blank}[1,${blank}2],${blank}"b":"${blank}"}${blank}`
  expect(await parseInTurns(Buffer.from(text))).toEqual(JSON.parse(text))
  await expect(parseInTurns(Buffer.from(`[1${blank}2]`))).rejects.toThrow(SyntaxError)
})

it('reads escapes of all kinds in a long string', async () => {
  const text = `["${'\\u00fc\\ud83d\\ude00\\/\\n\\\\'.repeat(20_000)}"]`
  expect(await parseInTurns(Buffer.from(text))).toEqual(JSON.parse(text))
})

it('keeps long integers wherever they are', async () => {
  const text = `{"a":[${list(300, () => `"${filler}"`).join()},9007199254740993],"b":-12345678901234567890}`
  const parsed = (await parseInTurns(Buffer.from(text))) as { a: unknown[]; b: unknown }
  expect([parsed.a.at(-1), parsed.b]).toEqual([9007199254740993n, -12345678901234567890n])
})

const large = `"${'x'.repeat(300_000)}"`

it.each([
  ['a missing comma', `[[${large}] 1]`],
  ['a missing comma before', `[1 [${large}]]`],
  ['a missing value', `[${large},,1]`],
  ['a comma at the end', `[${large},]`],
  ['a member without a name', `{[${large}]}`],
  ['a name that is no text', `{1:[${large}]}`],
  ['brackets that do not match', `[[${large}}]`],
  ['an end within a value', `[[${large}]`],
  ['an end within a string', `[${large},"x]`],
  ['something after the value', `[[${large}]] 1`],
  ['a name that is long', `{"${'x'.repeat(300_000)}":[${large}]}`],
  ['an unknown escape in a long string', `["${'x'.repeat(200_000)}\\x"]`],
  ['half an escape in a long string', `["${'x'.repeat(200_000)}\\u00"]`],
  ['a second list', `[${large}][]`],
  ['a text alone', large],
  ['two thousand levels', `[${large},${'['.repeat(2_000)}${']'.repeat(2_000)}]`],
])('refuses %s', async (_name, text) => {
  await expect(parseInTurns(Buffer.from(text))).rejects.toThrow(SyntaxError)
})

it.each([
  ['', '{"__typename":"Item","id":"0","tags":["a","b"]}'],
  [', with one that is invalid', '{"__typename":"Item","id":{},"tags":null}'],
])('writes a large result as it writes a small one%s', async (_name, last) => {
  const sdl = `type Query { items: [Item] any: Any } scalar Any
    type Item @key(fields: "id") { id: ID tags: [String!] parts: [Item] }`
  const item = (index: number) => ({
    __typename: 'Item',
    id: String(index),
    tags: list(index % 5, String),
    parts: list(index % 3, () => ({ __typename: 'Item', id: 'part', tags: ['"é"'] })),
  })
  const wide = Object.fromEntries(
    list(30_000, (index) => [`name ${index}`, index]) as [string, unknown][],
  )
  const small = JSON.stringify({
    data: {
      items: list(9_000, item),
      any: { deep: list(5_000, item), wide, long: 'é😀'.repeat(50_000) },
    },
  })
  const text = small.replace('"items":[', `"items":[${last},`)
  const query = '{ items { id tags parts { id tags } } any }'
  const answers = await Promise.all(
    // Beyond a megabyte it is written in turns; a value has no size.
    [{ text: text.padEnd(1_100_000) }, { value: JSON.parse(text) as unknown }].map(
      async (reply) => {
        const engine = await openEngine({
          supergraphSdl: composeSubgraphs(new Map([['items', sdl]])),
          transport: { send: () => Promise.resolve(reply) },
        })
        return stringifyResult({ ...(await executeRaw(engine, { query })) })
      },
    ),
  )
  expect(answers[0]).toBe(answers[1])
})
