import { describe, expect, it } from '@jest/globals'
import { buildSchema, parse } from 'graphql'
import { openWholeReply } from '../../testing/whole-reply.ts'

const schema = buildSchema(`
  scalar Any
  enum Colour { RED BLUE }
  type Query { items: [Item!]! one: Item shape: Shape }
  type Item { id: ID! name: String count: Int! weight: Float! isNew: Boolean colour: Colour tags: [String!] any: Any }
  union Shape = Circle | Square
  type Circle { radius: Int }
  type Square { side: Int }
`)
const open = (query: string) => openWholeReply(schema, parse(query))

const item = '{ one { id count } }'
const shape = '{ shape { __typename ... on Circle { radius } ... on Square { side } } }'

it.each([
  ['as it is', item, '{"data":{"one":{"id":"a","count":1}}}', '{"one":{"id":"a","count":1}}'],
  [
    'without white space',
    item,
    ' { "data" : {\n"one" : { "id" : "a" , "count" : 1 } } } ',
    '{"one":{"id":"a","count":1}}',
  ],
  ['with a null', item, '{"data":{"one":null}}', '{"one":null}'],
  [
    'without a type name that was not selected',
    item,
    '{"data":{"one":{"id":"a","__typename":"Item","count":1}}}',
    '{"one":{"id":"a","count":1}}',
  ],
  [
    'with a type name that is elsewhere in the reply',
    '{ __typename one { id kind: __typename count __typename } }',
    '{"data":{"one":{"__typename":"Item","id":"a","count":1}}}',
    '{"__typename":"Query","one":{"id":"a","kind":"Item","count":1,"__typename":"Item"}}',
  ],
  [
    'with the fields of the concrete type',
    shape,
    '{"data":{"shape":{"__typename":"Square","side":2}}}',
    '{"shape":{"__typename":"Square","side":2}}',
  ],
  [
    'with numbers and strings in the spelling of JSON.stringify',
    '{ one { id name count weight tags } }',
    '{"data":{"one":{"id":7,"name":"\\u00fc\\/\\n","count":1E1,"weight":-0.50,"tags":["a"]}}}',
    '{"one":{"id":7,"name":"ü/\\n","count":10,"weight":-0.5,"tags":["a"]}}',
  ],
  [
    'with extensions left out',
    item,
    '{"data":{"one":null} , "errors":[ ], "extensions":{ "a" : [1,-2.50,{},"\\u00fc",true],"b":{"c":null} } }\n',
    '{"one":null}',
  ],
])('passes a reply on %s', async (_name, query, reply, data) => {
  const { scan, parse: parseReply } = open(query)
  const bytes = Buffer.from(reply)
  expect(String(await scan(bytes, {}))).toBe(`{"data":${data}}\n`)
  expect(String(await parseReply(bytes, {}))).toBe(`{"data":${data}}\n`)
})

describe('a reply must be parsed', () => {
  const one = (members: string) => `{"data":{"one":{${members}}}}`
  it.each([
    ['with errors', item, '{"data":{"one":null},"errors":[{"message":"No."}]}'],
    ['with errors first', item, '{"errors":[],"data":{"one":null}}'],
    ['with other data behind', item, '{"data":{"one":null},"data":{"one":null}}'],
    ['with hidden data behind', item, '{"data":{"one":null},"\\u0064ata":{"one":null}}'],
    ['with a list that does not end', item, '{"data":{"one":null},"errors":[,"x":1}'],
    ['with malformed extensions', item, '{"data":{"one":null},"extensions":{"a":1,}}'],
    ['with half an escape behind', item, '{"data":{"one":null},"extensions":"\\u00"}'],
    ['nested too deeply', item, `{"data":{"one":null},"x":${'['.repeat(2e3)}${']'.repeat(2e3)}}`],
    ['that goes on', item, '{"data":{"one":null}}}'],
    ['with other white space', item, '{"data":{"one":null}}\u00a0'],
    ['that ends early', item, '{"data":{"one":{"id":"a","count":1}'],
    ['in another order', item, one('"count":1,"id":"a"')],
    ['without a field', item, one('"id":"a"')],
    ['with another field', item, one('"id":"a","count":1,"more":1')],
    ['with a field twice', item, one('"id":"a","id":"b","count":1')],
    ['with a comma too many', item, one('"id":"a","count":1,')],
    ['with a comma after its only member', '{ one { __typename } }', one('"__typename":"Item",')],
    ['with a comma too few', item, one('"id":"a""count":1')],
    ['with a null that must not be', item, one('"id":null,"count":1')],
    ['with a fraction for an integer', item, one('"id":"a","count":1.5')],
    ['with a leading zero', item, one('"id":"a","count":01')],
    ['with a long integer', item, one('"id":"a","count":9007199254740993')],
    ['with an infinite number', '{ one { weight } }', one('"weight":1e999')],
    ['with a word of its own', '{ one { isNew } }', one('"isNew":yes')],
    ['with an unknown name', '{ one { colour } }', one('"colour":"GREEN"')],
    ['with a control character', '{ one { name } }', one('"name":"a\nb"')],
    ['with an unknown escape', '{ one { name } }', one('"name":"\\x"')],
    ['with half an escape', '{ one { name } }', one('"name":"\\u00"')],
    ['with an object in a scalar', '{ one { any } }', one('"any":{"a":1}')],
    ['with another type', item, one('"__typename":"Other","id":"a","count":1')],
    ['with an unknown type', shape, '{"data":{"shape":{"__typename":"Line"}}}'],
    ['without the type of a union', shape, '{"data":{"shape":{"side":1}}}'],
    ['of text for a list', '{ one { tags } }', one('"tags":"a"')],
  ])('%s', async (_name, query, reply) => {
    expect(await open(query).scan(Buffer.from(reply), {})).toBeUndefined()
  })

  it('that is no UTF-8', async () => {
    const bytes = Buffer.from(one('"name":"\u00e9"'), 'latin1')
    expect(await open('{ one { name } }').scan(bytes, {})).toBeUndefined()
  })
})

it.each([
  ['alone', '1e400', false],
  ['in a list', '{"a":[null,-1e400]}', false],
  ['behind much else', `[${'{"a":null},'.repeat(30_000)}1e400]`, false],
  ['that a double holds', '{"a":[null,1e300]}', true],
])('refuses a number that JSON.stringify would write as null: %s', async (_name, any, isKept) => {
  const reply = Buffer.from(`{"data":{"one":{"any":${any}}}}`)
  const { scan, parse: parseReply } = open('{ one { any } }')
  expect(await scan(reply, {})).toBeUndefined()
  const written = await parseReply(reply, {})
  expect(written === undefined ? false : String(written).includes('1e+300')).toBe(isKept)
})

it('passes a large reply on', async () => {
  const items = Array.from({ length: 20_000 }, (_, index) => ({
    ...{ id: String(index), name: index % 3 === 0 ? null : 'Ä "quoted" name' },
    ...{ count: index, weight: index / 4, isNew: index % 2 === 0, colour: 'RED', tags: ['a', 'b'] },
  }))
  const bytes = Buffer.from(JSON.stringify({ data: { items } }))
  const { scan } = open('{ items { id name count weight isNew colour tags } }')
  expect((await scan(bytes, {}))?.equals(Buffer.concat([bytes, Buffer.from('\n')]))).toBe(true)
})
