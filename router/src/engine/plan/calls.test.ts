import { expect, it } from '@jest/globals'
import { openEngine } from '../testing/engine.ts'
import { execute } from '../testing/request.ts'
import { startSubgraphs } from '../testing/subgraphs.ts'

const subgraphs = {
  shelf: {
    sdl: `type Query { books: [Book!] films: [Film!] }
      type Book @key(fields: "id") { id: ID! }
      type Film @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: { books: () => [{ id: 1 }, { id: 2 }], films: () => [{ id: 7 }] },
    },
  },
  notes: {
    sdl: `type Book @key(fields: "id") { id: ID! note(loud: Boolean): String }
      type Film @key(fields: "id") { id: ID! note: String!  }`,
    resolvers: {
      Book: {
        note: ({ id }: { id: string }) => {
          if (id === '2') throw new Error('Torn.')
          return `book ${id}`
        },
      },
      Film: { note: ({ id }: { id: string }) => `film ${id}` },
    },
  },
}

const query = 'query Both($loud: Boolean) { books { note(loud: $loud) } films { note } }'

async function open() {
  const world = startSubgraphs(subgraphs)
  const { supergraphSdl, transport } = world
  return { world, engine: await openEngine({ supergraphSdl, transport }) }
}

it('calls a service once per level, with one aliased list per kind of entity', async () => {
  const { world, engine } = await open()
  const { data } = await execute(engine, { query, variables: { loud: true } })
  expect(data).toEqual({ books: [{ note: 'book 1' }, { note: null }], films: [{ note: 'film 7' }] })
  expect(world.calls.map((call) => call.service)).toEqual(['shelf', 'notes'])
  expect(world.calls[1]?.variables).toEqual({
    loud: true,
    _r0: [
      { __typename: 'Book', id: '1' },
      { __typename: 'Book', id: '2' },
    ],
    _r1: [{ __typename: 'Film', id: '7' }],
  })
})

it.each(['representations', '_r0', '_e0'])(
  'keeps a variable of the client named $%s apart from its own',
  async (name) => {
    const { world, engine } = await open()
    const asked = `query($${name}: Boolean!, $representations__client: Boolean) {
      books @include(if: $${name}) { note(loud: $${name}) again: note(loud: $representations__client) }
      films @skip(if: $${name}) { note }
    }`
    const variables = { [name]: true, representations__client: false }
    const { data } = await execute(engine, { query: asked, variables })
    const notes = ['book 1', null].map((note) => ({ note, again: note }))
    expect(data).toEqual({ books: notes })
    expect(Object.values(world.calls[1]?.variables ?? {})).toEqual(
      expect.arrayContaining([
        true,
        false,
        expect.arrayContaining([{ __typename: 'Book', id: '1' }]),
      ]),
    )
    const hidden = { [name]: false }
    expect((await execute(engine, { query: asked, variables: hidden })).data).toEqual({
      films: [{ note: 'film 7' }],
    })
  },
)

it('puts the error of an aliased list at the entity that it belongs to', async () => {
  const { engine } = await open()
  const { errors } = await execute(engine, { query })
  expect(errors?.map(({ message, path }) => ({ message, path }))).toEqual([
    { message: 'Torn.', path: ['books', 1, 'note'] },
  ])
})

it('calls each list separately when one of them fails the whole call', async () => {
  const { world, engine } = await open()
  const send = world.transport.send.bind(world.transport)
  world.transport.send = (call) =>
    call.body.includes('"_r0"')
      ? Promise.resolve({
          text: '{"data":null,"errors":[{"message":"All is lost.","path":["_e0"]}]}',
        })
      : send(call)
  const { data, errors } = await execute(engine, { query })
  expect(data).toEqual({ books: [{ note: 'book 1' }, { note: null }], films: [{ note: 'film 7' }] })
  expect(errors?.map((error) => error.message)).toEqual(['Torn.'])
})

it('shows the calls of a plan', async () => {
  const { engine } = await open()
  const { calls, text } = await engine.plan(query)
  expect(text).toContain('QueryPlan')
  expect(calls.map(({ service, after, paths }) => ({ service, after, paths }))).toEqual([
    { service: 'shelf', after: [], paths: [''] },
    { service: 'notes', after: [0], paths: ['books.@', 'films.@'] },
  ])
})
