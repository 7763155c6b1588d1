import { expect, it } from '@jest/globals'
import { openEngine } from './testing/engine.ts'
import { execute } from './testing/request.ts'
import { startSubgraphs } from './testing/subgraphs.ts'

interface Sent {
  readonly id: string
  readonly place?: { readonly two: string }
  readonly name: string
}

/** `shelf` lends books whose name another service knows; a reference back has to say where the book stands. */
const openLibrary = (keys: string) =>
  startSubgraphs({
    names: {
      sdl: 'type Book @key(fields: "id") { id: ID! name: String! }',
      resolvers: { Book: { name: ({ id }: Sent) => `book ${id}` } },
    },
    shelf: {
      sdl: `type Query { lent: [Book!]! } type Place { two: ID! three: ID! }
        type Book ${keys} { id: ID! place: Place! name: String! @external label: String @requires(fields: "name") }`,
      resolvers: {
        Query: { lent: () => [{ id: '1', place: { two: 'a', three: 'b' } }] },
        Book: {
          label: ({ name, place }: Sent) => `${name} in ${place?.two ?? 'nowhere'}`,
        },
      },
    },
  })

const query = '{ lent { label } }'

async function labelOf(keys: string, executor: 'stock' | 'compiled'): Promise<unknown> {
  const { supergraphSdl, transport } = openLibrary(keys)
  const engine = await openEngine({ supergraphSdl, transport, executor })
  const { data } = await execute(engine, { query })
  return (data as { lent: { label: string }[] }).lent[0]?.label
}

const overlapping = `@key(fields: "id", resolvable: false) @key(fields: "id place { two three }")`

it('comes back to a service by a key that may be resolved', async () => {
  expect(await labelOf(overlapping, 'compiled')).toBe('book 1 in a')
})

it('is a repair: the stock executor comes back by the other key', async () => {
  expect(await labelOf(overlapping, 'stock')).toBe('book 1 in nowhere')
})

it('leaves the only key of a type, whatever is said of it', async () => {
  expect(await labelOf('@key(fields: "id", resolvable: false)', 'compiled')).toBe(
    'book 1 in nowhere',
  )
})
