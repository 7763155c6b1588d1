import { expect, it } from '@jest/globals'
import { openEngine } from './testing/engine.ts'
import { canGenerate, generate, literal } from './generate.ts'
import { execute } from './testing/request.ts'
import { startSubgraphs } from './testing/subgraphs.ts'

it.each([
  'plain',
  '"',
  '\\',
  '\n',
  '\u2028\u2029',
  '${1}',
  '`',
  "'];globalThis.evil=1;['",
  '</script>',
])('writes %j as a literal that is that text and nothing else', (text) => {
  expect(generate<string>('text', [], `return ${literal(text)}`)([])).toBe(text)
  expect('evil' in globalThis).toBe(false)
})

it('may generate in this process', () => {
  expect(canGenerate()).toBe(true)
})

it.each(['"];globalThis.evil=1;["', "'+(globalThis.evil=1)+'", 'constructor', '__proto__'])(
  'nulls an object whose type a subgraph calls %j, and runs none of it',
  async (typename) => {
    const world = startSubgraphs({
      a: {
        sdl: `type Query { nodes: [Node] } interface Node { id: ID! }
          type Leaf implements Node @key(fields: "id") { id: ID! }`,
      },
      b: { sdl: 'type Leaf @key(fields: "id") { id: ID! size: Int }' },
    })
    const send = world.transport.send.bind(world.transport)
    const engine = await openEngine({
      supergraphSdl: world.supergraphSdl,
      transport: {
        send: (call) =>
          call.service === 'a'
            ? Promise.resolve({
                text: JSON.stringify({ data: { nodes: [{ __typename: typename, id: 'x' }] } }),
              })
            : send(call),
      },
    })
    const { data } = await execute(engine, { query: '{ nodes { id ... on Leaf { size } } }' })
    expect(data).toEqual({ nodes: [null] })
    expect('evil' in globalThis).toBe(false)
  },
)
