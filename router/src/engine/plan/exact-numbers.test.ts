import { expect, it } from '@jest/globals'
import { parse, visit } from 'graphql'
import { openEngine } from '../testing/engine.ts'
import { execute } from '../testing/request.ts'
import { startSubgraphs } from '../testing/subgraphs.ts'

const sdl = `scalar Any scalar Long input In { long: Long any: Any next: In list: [Long!] }
  type Query { echo(any: Any, long: Long, id: ID, float: Float, int: Int, text: String, in: In, list: [Long]): String }`

it.each([
  ['{ echo(long: 9007199254740993) }', ['9007199254740993']],
  ['{ echo(long: -12345678901234567890123) }', ['-12345678901234567890123']],
  [
    '{ echo(any: { a: 9007199254740993, b: [1e400, -0, -0.0, 0.12345678901234567890], c: "x" }) }',
    ['9007199254740993', '1e400', '-0', '-0.0', '0.12345678901234567890'],
  ],
  [
    '{ echo(in: { long: 9007199254740993, any: { x: 1e400 }, list: 9007199254740995, next: { list: [9007199254740997] } }) }',
    ['9007199254740993', '1e400', '9007199254740995', '9007199254740997'],
  ],
  ['query ($v: Long = 9007199254740993) { echo(long: $v) }', ['9007199254740993']],
  [
    'query ($v: Any) { echo(any: { a: 9007199254740993, v: $v }, list: [9007199254740995]) }',
    ['9007199254740993', '9007199254740995'],
  ],
  ['{ echo(id: 9007199254740993, int: 7, float: 0.5) }', ['9007199254740993', '7', '0.5']],
])('sends the numbers of %s as the client wrote them', async (query, expected) => {
  const { supergraphSdl, transport, calls } = startSubgraphs({ a: { sdl } })
  const engine = await openEngine({ supergraphSdl, transport })
  await execute(engine, { query, variables: { v: 'x' } })
  const sent: string[] = []
  const note = ({ value }: { value: string }) => void sent.push(value)
  visit(parse(calls[0]?.query ?? ''), { IntValue: note, FloatValue: note })
  expect(sent.sort()).toEqual([...expected].sort())
})

it('sends long integers in variables as their types take them', async () => {
  const { supergraphSdl, transport, calls } = startSubgraphs({ a: { sdl } })
  const engine = await openEngine({ supergraphSdl, transport })
  const long = 9007199254740993n
  const query =
    'query ($id: ID, $in: In, $any: Any, $float: Float, $list: [Long]) { echo(id: $id, in: $in, any: $any, float: $float, list: $list) }'
  const variables = {
    id: long,
    in: { long, next: { list: [long] } },
    any: { a: long },
    float: long,
    list: long,
  }
  expect((await execute(engine, { query, variables })).errors).toBeUndefined()
  expect(calls[0]?.call.body).toContain(
    `"id":"${long}","in":{"long":${long},"next":{"list":[${long}]}},"any":{"a":${long}},"float":${Number(long)},"list":${long}`,
  )
  const wrong = await execute(engine, {
    query: 'query ($v: Int) { echo(int: $v) }',
    variables: { v: long },
  })
  expect(wrong.errors?.[0]?.message).toMatch(/^Variable "\$v" got invalid value/)
})

it('names the place of a value that is too long to be repeated', async () => {
  const { supergraphSdl, transport } = startSubgraphs({ a: { sdl } })
  const engine = await openEngine({ supergraphSdl, transport })
  const query = 'query ($i: In) { echo(in: $i) }'
  const { errors } = await execute(engine, {
    query,
    variables: { i: { next: 'x'.repeat(20_000) } },
  })
  expect(errors?.[0]?.message).toMatch(
    /^Variable "\$i" got invalid value of \d+ characters at "i\.next"; Expected type "In" to be an object\.$/,
  )
  const infinite = await execute(engine, { query, variables: { i: { list: [1, Infinity] } } })
  expect(infinite.errors?.[0]?.message).toBe(
    'Variable "$i" got invalid value Infinity at "i.list[1]"; The number is too large.',
  )
})
