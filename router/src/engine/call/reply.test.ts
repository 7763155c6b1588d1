import { expect, it } from '@jest/globals'
import { openEngine } from '../testing/engine.ts'
import { execute } from '../testing/request.ts'
import { startSubgraphs } from '../testing/subgraphs.ts'

it.each([
  ['["boom"]', 'boom'],
  ['"boom"', 'boom'],
  ['[null]', 'Error while fetching subquery from service "a"'],
  ['{"message":"boom"}', 'boom'],
])('reports the malformed errors %s', async (malformed, message) => {
  const { supergraphSdl } = startSubgraphs({ a: { sdl: 'type Query { one: Int }' } })
  const text = `{"data":{"one":1},"errors":${malformed}}`
  const engine = await openEngine({
    supergraphSdl,
    transport: { send: () => Promise.resolve({ text }) },
  })
  const { data, errors } = await execute(engine, { query: '{ one }' })
  expect(data).toEqual({ one: 1 })
  expect(errors?.map((error) => error.message)).toEqual([message])
})

it.each(['{}', '{"data":null}', '{"errors":[]}', '{"data":[1],"errors":null}'])(
  'reports a reply that has neither data nor errors: %s',
  async (text) => {
    const { supergraphSdl } = startSubgraphs({ a: { sdl: 'type Query { one: Int }' } })
    const transport = { send: () => Promise.resolve({ text }) }
    const engine = await openEngine({ supergraphSdl, transport })
    const { data, errors } = await execute(engine, { query: '{ one }' })
    expect(data).toEqual({ one: null })
    expect(errors).toMatchObject([
      { path: ['one'], extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'a' } },
    ])
  },
)

it('reads a reply that begins with the mark of UTF-8', async () => {
  const { supergraphSdl } = startSubgraphs({ a: { sdl: 'type Query { one: Int two: Int }' } })
  const bytes = (space: string) => Buffer.from(`\ufeff{"data":{"one":1,"two":2}${space}}`)
  for (const space of ['', ' '.repeat(600_000)]) {
    const engine = await openEngine({
      supergraphSdl,
      transport: { send: () => Promise.resolve({ bytes: bytes(space) }) },
    })
    expect(await execute(engine, { query: '{ one two }' })).toEqual({ data: { one: 1, two: 2 } })
  }
})

it('keeps what is essential of errors that hold too much', async () => {
  const { supergraphSdl } = startSubgraphs({ a: { sdl: 'type Query { one: Int }' } })
  const many = Array.from({ length: 30_000 }, () => ({ a: 1 }))
  const error = { message: 'm', path: ['one'], extensions: { code: 'OWN', many } }
  const text = JSON.stringify({ data: { one: null }, errors: [error, { ...error, message: 'n' }] })
  const engine = await openEngine({
    supergraphSdl,
    transport: { send: () => Promise.resolve({ text }) },
  })
  const { errors } = await execute(engine, { query: '{ one }' })
  const kept = { path: ['one'], extensions: { code: 'OWN', serviceName: 'a' } }
  expect(errors).toEqual([
    { message: 'm', ...kept },
    { message: 'n', ...kept },
  ])
})

it('leaves out what would decide the status and the headers of the response', async () => {
  const { supergraphSdl } = startSubgraphs({ a: { sdl: 'type Query { one: Int }' } })
  const extensions = { code: 'OWN', http: { status: 1000, headers: { 'set-cookie': 'a' } } }
  const text = JSON.stringify({ data: { one: 1 }, errors: [{ message: 'm', extensions }] })
  const engine = await openEngine({
    supergraphSdl,
    transport: { send: () => Promise.resolve({ text }) },
  })
  const { errors } = await execute(engine, { query: '{ one }' })
  expect(errors).toEqual([{ message: 'm', extensions: { code: 'OWN', serviceName: 'a' } }])
})
