/** Hostile content of answers: JSON and GraphQL results that are malformed, enormous or poisoned. */
import assert from 'node:assert/strict'
import { expectData, expectFailure, type HostileCase } from './case.ts'
import { ask, type Answer } from './program.ts'

const unavailable = 'SUBGRAPH_UNAVAILABLE'
const noRogue = { rogue: null }
const query = '{ rogue { text int float any list self { text } } }'

interface Answered {
  readonly name: string
  readonly body: () => string | Buffer
  /** The query that is asked; that for all fields of the rogue object by default. */
  readonly query?: string
  readonly check: (answer: Answer) => void
  readonly isShort?: boolean
}

const isUnavailable = (answer: Answer) => expectFailure(answer, noRogue, unavailable)
const hasData = (data: unknown) => (answer: Answer) => assert.deepEqual(answer.data, data)

/** Bodies that are no GraphQL result. */
const unreadable = [
  '',
  '{',
  '{"data":',
  'null',
  '[]',
  '"text"',
  '42',
  '{}',
  '{"data":null}',
  '{"data":[]}',
  '{"data":1}',
  '{"data":{"rogue":{}}}}',
  '<html>hello</html>',
  '\ufeff',
].map((body): Answered => ({
  name: `the body ${JSON.stringify(body)}`,
  body: () => body,
  check: isUnavailable,
}))

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const many = (count: number, item: string) => `[${`${item},`.repeat(count).slice(0, -1)}]`
const anyOf = (value: string) => `{"data":{"rogue":{"any":${value}}}}`
const askAny = '{ rogue { any } }'

const contents: readonly Answered[] = [
  ...unreadable,
  {
    name: 'objects where scalars belong, and scalars where objects belong',
    body: () =>
      '{"data":{"rogue":{"text":{"a":1},"int":"1","float":[],"any":1,"list":{"0":"a"},"self":"self"}}}',
    check: hasData({
      rogue: { text: null, int: null, float: null, any: 1, list: null, self: null },
    }),
    isShort: true,
  },
  {
    name: 'a list where an object belongs',
    body: () => '{"data":{"rogue":[{"text":"a"}]}}',
    check: hasData(noRogue),
  },
  {
    name: 'numbers that no type holds',
    body: () =>
      '{"data":{"rogue":{"text":"a","int":9007199254740993,"float":1e400,"any":[-0,1e-400,123456789012345678901234567890],"list":null,"self":null}}}',
    check: ({ text }) =>
      assert.match(
        text,
        /"int":9007199254740993,"float":null,"any":\[-?0,0,123456789012345678901234567890\]/,
      ),
    isShort: true,
  },
  {
    name: 'an integer of two million digits',
    body: () => anyOf('9'.repeat(2_000_000)),
    query: askAny,
    check: ({ data, errors }) => assert.ok(data !== undefined || errors.length > 0),
    isShort: true,
  },
  {
    name: 'a megabyte of long integers',
    body: () => anyOf(many(50_000, '12345678901234567890')),
    query: askAny,
    check: ({ text }) => assert.ok(text.includes('12345678901234567890,12345678901234567890')),
  },
  {
    name: 'one long integer in nine megabytes',
    body: () => anyOf(`[9007199254740993,${many(300_000, '{"name":"some text"}')}]`),
    query: askAny,
    check: ({ text }) => assert.ok(text.includes('[9007199254740993,[{"name":"some text"}')),
    isShort: true,
  },
  {
    name: 'lists half a million levels deep',
    body: () => anyOf(nested(500_000)),
    query: askAny,
    check: (answer) => expectFailure(answer, answer.data, unavailable, 'INVALID_GRAPHQL'),
    isShort: true,
  },
  {
    name: 'objects a hundred thousand levels deep, in a field that is selected twice',
    body: () =>
      `{"data":{"rogue":${'{"text":"x","self":'.repeat(100_000)}null${'}'.repeat(100_001)}`,
    query: '{ rogue { text self { text self { text } } } }',
    check: isUnavailable,
  },
  {
    name: 'three hundred thousand objects',
    body: () => `{"data":{"rogues":${many(300_000, '{"text":"x","int":1}')}}}`,
    query: '{ rogues { text int } }',
    check: ({ data }) => assert.equal((data?.['rogues'] as unknown[]).length, 300_000),
    isShort: true,
  },
  {
    name: 'fifteen megabytes that nobody asked for',
    body: () =>
      `{"data":{"rogue":{"text":"x"}},"extensions":${many(750_000, '{"name":"some text"}')}}`,
    query: '{ rogue { text } }',
    check: (answer) => {
      if (answer.errors.length > 0) isUnavailable(answer)
      else expectData(answer, { rogue: { text: 'x' } })
    },
    isShort: true,
  },
  {
    name: 'three hundred thousand objects of which one is wrong',
    body: () =>
      `{"data":{"rogues":${many(300_000, '{"text":"x","int":1}').replace(/1}]$/, '{}}]')}}}`,
    query: '{ rogues { text int } }',
    check: ({ data }) => assert.equal((data?.['rogues'] as unknown[]).length, 300_000),
  },
  {
    name: 'two lists of a million nulls',
    body: () => {
      const list = many(1_000_000, 'null')
      return `{"data":{"rogue":{"list":${list},"self":{"list":${list}}}}}`
    },
    query: '{ rogue { list self { list } } }',
    check: ({ data }) =>
      assert.equal((data?.['rogue'] as { list: unknown[] }).list.length, 1_000_000),
  },
  {
    name: 'eight megabytes in one text that must be escaped',
    body: () => `{"data":{"rogue":{"text":${JSON.stringify('\\"ü'.repeat(1_000_000))}}}}`,
    query: '{ rogue { text } }',
    check: ({ data }) => assert.equal((data?.['rogue'] as { text: string }).text.length, 3_000_000),
  },
  {
    name: 'a fraction of a million digits',
    body: () => `{"data":{"rogue":{"float":0.${'1'.repeat(1_000_000)}}}}`,
    query: '{ rogue { float } }',
    check: ({ data }) =>
      assert.ok(Math.abs((data?.['rogue'] as { float: number }).float - 0.1111) < 0.001),
  },
  {
    name: 'a name half a million times',
    body: () => `{"data":{"rogue":{${'"text":"x",'.repeat(500_000)}"text":"last"}}}`,
    query: '{ rogue { text } }',
    check: (answer) => expectData(answer, { rogue: { text: 'last' } }),
  },
  {
    name: 'an error of ten megabytes',
    body: () => `{"data":{"rogue":null},"errors":[{"message":"${'m'.repeat(10_000_000)}"}]}`,
    query: '{ rogue { text } }',
    check: ({ data, errors }) => assert.ok(data?.['rogue'] === null && errors.length === 1),
  },
  {
    name: 'keys of a prototype in data and errors',
    body: () =>
      '{"data":{"__proto__":{"rogue":{"text":"polluted"}},"constructor":{"prototype":{"text":"polluted"}},"rogue":{"__proto__":{"text":"polluted"},"int":1}},"errors":[{"__proto__":{"message":"polluted"},"message":"Some.","extensions":{"__proto__":{"code":"POLLUTED"},"constructor":1}}]}',
    query: '{ rogue { text int } }',
    check: (answer) =>
      expectFailure(answer, { rogue: { text: null, int: 1 } }, 'DOWNSTREAM_SERVICE_ERROR'),
    isShort: true,
  },
  {
    name: 'duplicate keys',
    body: () =>
      '{"data":{"rogue":{"text":"one","text":"two"}},"data":{"rogue":{"text":"three","text":"four"}}}',
    query: '{ rogue { text } }',
    check: (answer) => expectData(answer, { rogue: { text: 'four' } }),
  },
  {
    name: 'text that is not UTF-8',
    body: () =>
      Buffer.concat([
        Buffer.from('{"data":{"rogue":{"text":"'),
        Buffer.from([0xc3, 0x28, 0xff]),
        Buffer.from('"}}}'),
      ]),
    query: '{ rogue { text } }',
    check: (answer) =>
      answer.errors.length > 0
        ? isUnavailable(answer)
        : expectData(answer, { rogue: { text: '\ufffd(\ufffd' } }),
  },
  {
    name: 'UTF-16',
    body: () => Buffer.from('\ufeff{"data":{"rogue":{"text":"x"}}}', 'utf16le'),
    check: isUnavailable,
  },
  ...[
    '"boom"',
    '42',
    '{}',
    '{"message":{}}',
    '[1,null,{"message":{"toString":1}},"boom",[[]]]',
    '[{"message":"m","extensions":{"http":{"status":1000}}}]',
    '[{"message":"m","extensions":{"http":{"status":204,"headers":{"a b":"c\\nd"}}}}]',
    '[{"message":"m","path":{"0":1}},{"path":[{}]},{"extensions":[]},{"extensions":{"code":{}}}]',
  ].map((errors): Answered => ({
    name: `the errors ${errors}`,
    body: () => `{"data":null,"errors":${errors}}`,
    check: ({ data, errors }) => assert.ok(data?.['rogue'] === null && errors.length > 0),
  })),
  {
    name: 'a hundred thousand errors',
    body: () =>
      `{"data":{"rogue":null},"errors":${many(100_000, '{"message":"m","path":["rogue","text"]}')}}`,
    check: ({ data, errors }) => assert.ok(data?.['rogue'] === null && errors.length > 0),
    isShort: true,
  },
  {
    name: 'an error with a path of a hundred thousand steps',
    body: () =>
      `{"data":{"rogue":null},"errors":[{"message":"m","path":["rogue"${',"self",0'.repeat(50_000)}]}]}`,
    check: ({ data, errors }) => assert.ok(data?.['rogue'] === null && errors.length === 1),
  },
  {
    name: 'extensions of an error a hundred thousand levels deep',
    body: () =>
      `{"data":{"rogue":null},"errors":[{"message":"m","extensions":{"deep":${nested(100_000)}}}]}`,
    check: ({ data, errors }) => assert.ok(data?.['rogue'] === null && errors.length > 0),
    isShort: true,
  },
]

const toCase = ({
  name,
  body,
  query: own = query,
  check,
  isShort = false,
}: Answered): HostileCase => ({
  name: `an answer with ${name}`,
  isShort,
  attack: async ({ url, world }) => {
    const bytes = body()
    world.answerBy(({ response }) =>
      response.setHeader('content-type', 'application/json').end(bytes),
    )
    check(await ask(url, own))
  },
})

export const hostileContents: readonly HostileCase[] = [...contents.map(toCase)]
