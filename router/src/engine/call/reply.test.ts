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
