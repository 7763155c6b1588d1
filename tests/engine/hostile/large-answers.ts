/** Answers as large as the engine takes, of which some part would take long if it were read or written at once. */
import assert from 'node:assert/strict'
import { expectData, expectFailure, type HostileCase } from './case.ts'
import { ask, type Answer } from './program.ts'

interface LargeAnswer {
  readonly name: string
  readonly query: string
  readonly body: () => string | Buffer
  /** What the second service says about the books of the first. */
  readonly entities?: () => string
  readonly check: (answer: Answer) => void
  readonly isShort?: boolean
}

const unavailable = 'SUBGRAPH_UNAVAILABLE'
const invalid = 'INVALID_GRAPHQL'
const joined = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(',')
const same = (count: number, item: string) => `${item},`.repeat(count).slice(0, -1)
const anyOf = (value: string) => `{"data":{"rogue":{"any":${value}}}}`
const textOf = (text: string) => `{"data":{"rogue":{"text":"${text}"}}}`
const askAny = '{ rogue { any } }'
const askText = '{ rogue { text } }'
const rogueOf = ({ data }: Answer) => data?.['rogue'] as Record<string, unknown>
const hasText = (text: string) => (answer: Answer) =>
  assert.ok(rogueOf(answer)['text'] === text && answer.errors.length === 0)
const hasAny = (value: string) => (answer: Answer) =>
  assert.ok(answer.text === `{"data":{"rogue":{"any":${value}}}}\n`, answer.text.slice(0, 300))
const isNull = (answer: Answer) => expectFailure(answer, answer.data, unavailable, invalid)

const names = (count: number) => `{${joined(count, (index) => `"name ${index}":${index}`)}}`
const books = (count: number, id: (index: number) => number) =>
  `{"data":{"hoard":[${joined(count, (index) => `{"__typename":"Book","id":"${id(index)}","mark":${index}}`)}]}}`
const failures = (count: number) =>
  joined(count, (index) => `{"message":"m","path":["_entities",${index},"gossip"]}`)
const hoardOf = ({ data }: Answer) => data?.['hoard'] as Record<string, unknown>[]

const values: readonly LargeAnswer[] = [
  ...([200_000, 700_000] as const).map((count) => ({
    name: `an object of ${count} names`,
    query: askAny,
    body: () => anyOf(names(count)),
    check: hasAny(names(count)),
    isShort: count === 200_000,
  })),
  {
    name: 'an object of very many names where a type has fields',
    query: '{ rogue { self { text } int } }',
    body: () => `{"data":{"rogue":{"self":${names(200_000)},"int":1}}}`,
    check: ({ data }) => assert.deepEqual(data, { rogue: { self: null, int: 1 } }),
  },
  {
    name: 'a hundred thousand objects in objects',
    query: askAny,
    body: () => anyOf(`{"a":[${same(100_000, '{"a":{"b":[{"c":"d"}]}}')}],"z":"é"}`),
    check: hasAny(`{"a":[${same(100_000, '{"a":{"b":[{"c":"d"}]}}')}],"z":"é"}`),
  },
  {
    name: 'nine hundred levels above a large list',
    query: askAny,
    body: () => anyOf(`${'[[],'.repeat(900)}[${same(1_000_000, '1')}]${']'.repeat(900)}`),
    check: ({ data, errors }) => assert.ok(data !== undefined && errors.length === 0),
  },
  {
    name: 'five million numbers',
    query: askAny,
    body: () => anyOf(`[${same(5_000_000, '1')}]`),
    check: ({ text }) => assert.equal(text.length, 10_000_000 + 29),
  },
  {
    name: 'half a million objects where texts belong',
    query: '{ rogue { list } }',
    body: () => `{"data":{"rogue":{"list":[${same(500_000, '{"a":1}')}]}}}`,
    check: ({ data }) =>
      assert.ok((rogueOf({ data } as Answer)['list'] as unknown[]).every((item) => item === null)),
    isShort: true,
  },
  {
    name: 'two million empty objects of which five hundred fields are asked',
    query: `{ rogues { ${Array.from({ length: 500 }, (_, index) => `a${index}: text`).join(' ')} } }`,
    body: () => `{"data":{"rogues":[${same(2_000_000, '{}')}]}}`,
    check: isNull,
  },
  {
    name: 'two hundred kilobytes of objects of which a thousand fields are wrong',
    query: `{ rogues { k: kind { name } ${Array.from({ length: 900 }, (_, index) => `a${index}: text`).join(' ')} } }`,
    body: () => `{"data":{"rogues":[${same(15_000, '{"k":1}')}]}}`,
    check: isNull,
  },
]

const texts: readonly LargeAnswer[] = [
  ...(
    [
      ['letters as escapes', '\\u00fc', 'ü', 2_000_000],
      ['quotes and backslashes', '\\\\\\"', '\\"', 3_000_000],
      ['letters of three bytes', '漢', '漢', 4_000_000],
      ['pairs of surrogates as escapes', '\\ud83d\\ude00', '😀', 1_000_000],
      ['plain letters', 'x', 'x', 14_000_000],
    ] as const
  ).map(([name, given, text, count]) => ({
    name: `a text of ${count} ${name}`,
    query: askText,
    body: () => textOf(given.repeat(count)),
    check: hasText(text.repeat(count)),
  })),
  {
    name: 'a name of ten megabytes',
    query: askText,
    body: () => `{"data":{"rogue":{"text":"x","${'n'.repeat(10_000_000)}":1}}}`,
    check: (answer) => {
      if (answer.errors.length > 0) expectFailure(answer, { rogue: null }, unavailable)
      else expectData(answer, { rogue: { text: 'x' } })
    },
  },
  {
    name: 'fourteen megabytes of white space',
    query: '{ rogue { text int } }',
    body: () =>
      `{"data":{"rogue":{"text":"x",${' '.repeat(7_000_000)}"int":${'\n'.repeat(7_000_000)}1}}}`,
    check: (answer) => expectData(answer, { rogue: { text: 'x', int: 1 } }),
    isShort: true,
  },
  {
    name: 'a number of ten million digits',
    query: askAny,
    body: () => anyOf(`0.${'3'.repeat(10_000_000)}`),
    check: (answer) => {
      if (answer.errors.length > 0) isNull(answer)
      else assert.ok(Math.abs((rogueOf(answer)['any'] as number) - 1 / 3) < 0.001)
    },
  },
]

const errors: readonly LargeAnswer[] = [
  {
    name: 'extensions of an error of ten megabytes',
    query: askText,
    body: () =>
      `{"data":{"rogue":null},"errors":[{"message":"m","extensions":{"code":"C","many":[${same(1_000_000, '{"a":1}')}]}}]}`,
    check: (answer) => expectFailure(answer, { rogue: null }, 'C'),
  },
  {
    name: 'a thousand errors of fourteen kilobytes each',
    query: askText,
    body: () =>
      `{"data":{"rogue":null},"errors":[${same(1_000, `{"message":"${'m'.repeat(14_000)}"}`)}]}`,
    check: (answer) => {
      expectFailure(answer, { rogue: null }, 'DOWNSTREAM_SERVICE_ERROR')
      assert.equal(answer.errors.length, 1_000)
      assert.ok(answer.text.length < 2_000_000)
    },
  },
  {
    name: 'an error beside twelve megabytes of data',
    query: askText,
    body: () => `{"errors":[{"message":"m"}],"data":{"rogue":{"text":"${'é'.repeat(6_000_000)}"}}}`,
    check: (answer) => {
      assert.equal(answer.errors.length, 1)
      assert.equal(rogueOf(answer)['text'], 'é'.repeat(6_000_000))
    },
  },
]

const entities: readonly LargeAnswer[] = [
  {
    name: 'two hundred thousand books',
    query: '{ hoard { mark gossip } }',
    body: () => books(200_000, (index) => index),
    entities: () => `[${same(200_000, '{"gossip":"g"}')}]`,
    check: (answer) => {
      assert.equal(answer.errors.length, 0)
      assert.equal(hoardOf(answer).at(-1)?.['gossip'], 'g')
    },
  },
  {
    name: 'more books than a call may hold',
    query: '{ hoard { gossip } }',
    body: () => books(260_000, (index) => index),
    entities: () => '[]',
    check: (answer) => expectFailure(answer, answer.data, unavailable),
  },
  {
    name: 'a thousand errors at a hundred thousand books',
    query: '{ hoard { mark gossip } }',
    body: () => books(100_000, (index) => index),
    entities: () => `[${same(100_000, 'null')}]},"errors":[${failures(1_000)}],"extensions":{`,
    check: (answer) => {
      expectFailure(answer, answer.data, 'DOWNSTREAM_SERVICE_ERROR')
      assert.deepEqual(answer.errors[999]?.path, ['hoard', 999, 'gossip'])
    },
    isShort: true,
  },
  {
    name: 'a failed call for a hundred thousand books',
    query: '{ hoard { mark gossip } }',
    body: () => books(100_000, (index) => index),
    entities: () => 'no',
    check: (answer) => expectFailure(answer, answer.data, unavailable),
  },
  {
    name: 'one large entity at fifty thousand positions',
    query: '{ hoard { mark gossips { text } } }',
    body: () => books(50_000, () => 1),
    entities: () => `[{"gossips":[${same(20_000, '{"text":"g"}')}]}]`,
    check: (answer) => expectFailure(answer, answer.data, invalid),
    isShort: true,
  },
  {
    name: 'one large entity at three thousand positions of a small answer',
    query: '{ hoard { mark said } }',
    body: () => books(3_000, () => 1),
    entities: () => `[{"said":[${same(50_000, '1')}]}]`,
    check: (answer) => expectFailure(answer, answer.data, invalid),
  },
  {
    name: 'one long text at three thousand positions',
    query: '{ hoard { gossip } }',
    body: () => books(3_000, () => 1),
    entities: () => `[{"gossip":"${'g'.repeat(100_000)}"}]`,
    check: (answer) => expectFailure(answer, answer.data, invalid),
    isShort: true,
  },
]

const toCase = (each: LargeAnswer): HostileCase => ({
  name: `a large answer: ${each.name}`,
  isShort: each.isShort ?? false,
  attack: async ({ url, world }) => {
    const first = Buffer.from(each.body())
    const second = Buffer.from(`{"data":{"_entities":${each.entities?.() ?? '[]'}}}`)
    world.answerBy(({ body, response }) =>
      response
        .setHeader('content-type', 'application/json')
        .end(body.includes('_entities') ? second : first),
    )
    each.check(await ask(url, each.query))
  },
})

export const hostileLargeAnswers: readonly HostileCase[] = [
  ...values,
  ...texts,
  ...errors,
  ...entities,
].map(toCase)
