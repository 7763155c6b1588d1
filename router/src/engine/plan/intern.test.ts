import { describe, expect, it } from '@jest/globals'
import { OperationTypeNode } from 'graphql'
import { openEngine } from '../testing/engine.ts'
import type { Data } from '../data.ts'
import { compileFind } from '../call/find.ts'
import type { FetchedShape } from '../merge/shape.ts'
import { internRules, pathKey } from './intern.ts'
import type { FetchUnit, GraphNode } from './graph.ts'
import { execute } from '../testing/request.ts'
import { startSubgraphs } from '../testing/subgraphs.ts'

const path = ['rooms', '@', 'books', '@']
const rule = { names: ['__typename', 'id', 'mark'], keys: ['id'] }

const rooms = [
  {
    __typename: 'Hall',
    books: [
      { id: '1', mark: 'A' },
      { id: '2', mark: 'B' },
      { id: '1', mark: 'A' },
    ],
  },
  {
    __typename: 'Cell',
    books: [
      { id: '2', mark: 'C' },
      { id: '1', mark: 'A' },
    ],
  },
]

const subgraphs = {
  shelf: {
    sdl: `type Query { rooms: [Room!] } interface Room { books: [Book] }
      type Hall implements Room { books: [Book] } type Cell implements Room { books: [Book] }
      type Book @key(fields: "id") { id: ID! mark: String @shareable }`,
    resolvers: { Query: { rooms: () => rooms } },
  },
  notes: {
    sdl: `type Book @key(fields: "id") { id: ID! note: String pages: [Page!] } type Page { number: Int }`,
    resolvers: {
      Book: {
        note: ({ id }: { id: string }) => {
          if (id === '2') throw new Error('Torn.')
          return `book ${id}`
        },
        pages: () => [{ number: 1 }, { number: 2 }],
      },
    },
  },
}

async function open() {
  const world = startSubgraphs(subgraphs)
  const { supergraphSdl, transport } = world
  return { world, engine: await openEngine({ supergraphSdl, transport }) }
}

describe('an answer with the same objects at several positions', () => {
  it('shows each whole at every position, and what differs stays apart', async () => {
    const { engine } = await open()
    const { data } = await execute(engine, {
      query: '{ rooms { books { id mark note pages { number } } } }',
    })
    const pages = [{ number: 1 }, { number: 2 }]
    const book = (mark: string) => ({ id: '1', mark, note: 'book 1', pages })
    const torn = (mark: string) => ({ id: '2', mark, note: null, pages })
    expect(data).toEqual({
      rooms: [{ books: [book('A'), torn('B'), book('A')] }, { books: [torn('C'), book('A')] }],
    })
  })

  it('shows the selected fields of one object at each position', async () => {
    const { engine } = await open()
    const { data } = await execute(engine, {
      query: '{ rooms { ... on Hall { books { id note } } ... on Cell { books { note } } } }',
    })
    const hall = [
      { id: '1', note: 'book 1' },
      { id: '2', note: null },
      { id: '1', note: 'book 1' },
    ]
    const cell = [{ note: null }, { note: 'book 1' }]
    expect(data).toEqual({ rooms: [{ books: hall }, { books: cell }] })
  })

  it('has the error of an entity at every position that shows it', async () => {
    const { engine } = await open()
    const { errors } = await execute(engine, { query: '{ rooms { books { note } } }' })
    expect(errors?.map((error) => error.path)).toEqual([
      ['rooms', 0, 'books', 1, 'note'],
      ['rooms', 1, 'books', 0, 'note'],
    ])
  })

  it('has the failure of a call at every position', async () => {
    const { world, engine } = await open()
    world.down.add('notes')
    const { errors } = await execute(engine, { query: '{ rooms { books { note } } }' })
    expect(errors?.map((error) => error.path?.join('.')).sort()).toEqual([
      'rooms.0.books.0.note',
      'rooms.0.books.1.note',
      'rooms.0.books.2.note',
      'rooms.1.books.0.note',
      'rooms.1.books.1.note',
    ])
  })
})

describe('finding with a rule', () => {
  const root = () => JSON.parse(JSON.stringify({ rooms })) as { rooms: { books: Data[] }[] }

  it('interns equal objects and finds each once', () => {
    const data = root()
    const found: Data[] = []
    compileFind(path, true, rule)(data, found)
    expect(found.map(({ id, mark }) => `${String(id)}${String(mark)}`)).toEqual(['1A', '2B', '2C'])
    const [first, second] = data.rooms
    expect(first?.books[2]).toBe(first?.books[0])
    expect(second?.books[1]).toBe(first?.books[0])
    expect(second?.books[0]).not.toBe(first?.books[1])
  })

  it('finds every object without one', () => {
    const found: Data[] = []
    compileFind(path, true)(root(), found)
    expect(new Set(found).size).toBe(5)
  })

  it('does not intern objects whose key is neither text nor number', () => {
    const books = [{ id: null }, { id: null }, { id: { a: 1 } }]
    const found: Data[] = []
    compileFind(path, true, rule)({ rooms: [{ books }] }, found)
    expect(found).toHaveLength(3)
    expect(new Set(books).size).toBe(3)
  })
})

describe('internRules', () => {
  const selection = { kind: 'Field', name: 'id' } as const
  const unit = (change: Partial<FetchUnit> = {}): FetchUnit => ({
    service: 'notes',
    operationName: undefined,
    kind: OperationTypeNode.QUERY,
    text: '',
    variables: [],
    path,
    conditions: [],
    requires: [{ kind: 'InlineFragment', typeCondition: 'Book', selections: [selection] }],
    inputRewrites: [],
    outputRewrites: [],
    ...change,
  })
  const rootUnit = unit({ path: [], requires: undefined })
  const leaves = new Map([
    ['__typename', undefined],
    ['id', undefined],
    ['mark', undefined],
  ])
  const broughtByRoot = (book: FetchedShape['shape']): FetchedShape => ({
    path: [],
    shape: new Map([['rooms', new Map([['books', book]])]]),
  })
  const note: FetchedShape = { path, shape: new Map([['note', undefined]]) }
  const node = (of: FetchUnit, after: readonly number[] = []): GraphNode => ({
    unit: of,
    after: new Set(after),
  })
  const chain = [node(rootUnit), node(unit(), [0])]

  it('interns objects that differ in leaves only', () => {
    expect([...internRules(chain, [broughtByRoot(leaves), note])]).toEqual([[pathKey(path), rule]])
  })

  it('ignores other fetches at the same path', () => {
    const graph = [...chain, node(unit({ service: 'prices' }), [0])]
    expect(internRules(graph, [broughtByRoot(leaves), note, note]).size).toBe(1)
  })

  it.each<[string, readonly GraphNode[], readonly FetchedShape[]]>([
    [
      'that hold more than leaves',
      chain,
      [broughtByRoot(new Map([...leaves, ['author', new Map()]])), note],
    ],
    [
      'below a single list',
      [node(rootUnit), node(unit({ path: ['rooms', '@'] }), [0])],
      [{ path: [], shape: new Map([['rooms', leaves]]) }, note],
    ],
    [
      'that a fetch further up may still change',
      [...chain, node(unit({ path: ['rooms', '@'] }), [0])],
      [
        broughtByRoot(leaves),
        note,
        { path: ['rooms', '@'], shape: new Map([['books', new Map([['mark', undefined]])]]) },
      ],
    ],
    [
      'that came under other names',
      [
        node({
          ...rootUnit,
          outputRewrites: [{ kind: 'KeyRenamer', path: ['rooms'], renameKeyTo: 'halls' }],
        }),
        node(unit(), [0]),
      ],
      [broughtByRoot(leaves), note],
    ],
    [
      'of which the fetches send nothing that came before',
      chain,
      [broughtByRoot(new Map([['mark', undefined]])), note],
    ],
  ])('keeps objects apart %s', (_which, graph, brought) => {
    expect(internRules(graph, brought).size).toBe(0)
  })
})
